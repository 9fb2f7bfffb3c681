-- Personnels des groupements hospitaliers de territoire de la région, {millesime}.
-- Grain : code_ght, variable
-- Source : fiches.ght_personnels
-- Vide : Aucun GHT n'a de total connu.
-- Note : Somme des sites publics des membres ; d'un groupement dont les membres ne sont pas connus, le total que la SAE publie.
-- Colonnes :
--   ght_libelle « GHT » : nom du groupement
--   variable_libelle « Personnels » : personnels comptés
--   valeur « Valeur » n0 : valeur
--   rang : rang de la colonne
WITH derniers AS (
    SELECT *
    FROM fiches.ght_personnels
    WHERE millesime = (SELECT millesime FROM vues.annees_retenues WHERE objet = 'fiches.etablissements')
)
SELECT
    coalesce(g.nom_ght, g.code_ght) AS ght_libelle,
    v.libelle_court || CASE WHEN v.unite = 'ETP' THEN ', ETP' ELSE '' END AS variable_libelle,
    g.valeur, g.millesime, g.code_ght, g.variable, b.ordre AS rang, g.statut, 'sae' AS source
FROM derniers AS g
JOIN reference.blocs AS b ON b.bloc = 'hopital.ght' AND b.code = g.variable
JOIN reference.variables_sae AS v USING (variable)
ORDER BY b.ordre, g.code_ght
