-- Personnels des établissements de santé de la région, selon qui les possède, {annee}.
-- Grain : variable, secteur
-- Source : atlas.hospitaliers
-- Non reçu : La SAE n'a pas été reçue.
-- Note : Effectifs au 31 décembre ; ETP moyens annuels rémunérés. Une ligne « dont » fait partie de la précédente : ne pas l'ajouter.
-- Colonnes :
--   libelle « Personnels » : personnels comptés
--   mesure « Mesure »
--   secteur_libelle « Statut » : qui possède l'établissement
--   valeur « Valeur » n0 : valeur
--   rang_secteur : rang dans les tableaux
SELECT
    v.libelle, v.mesure, upper(left(c.libelle, 1)) || substr(c.libelle, 2) AS secteur_libelle, h.valeur, h.annee,
    h.variable, h.secteur, c.ordre AS rang_secteur, h.niveau, h.code, h.statut, 'sae' AS source
FROM atlas.hospitaliers AS h
JOIN reference.variables_sae AS v USING (variable)
JOIN reference.codes AS c ON c.liste = 'secteur' AND c.code = h.secteur
WHERE h.niveau = 'region' AND h.code = (SELECT region FROM vues.publication)
    AND h.annee = (SELECT annee FROM vues.annees_retenues WHERE objet = 'atlas.hospitaliers')
ORDER BY c.ordre, v.ordre
