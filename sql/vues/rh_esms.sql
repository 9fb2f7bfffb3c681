-- Ressources humaines des établissements sociaux et médico-sociaux, par catégorie d'établissement et par territoire, {annee}.
-- Grain : indicateur, fonction, categorie, niveau, code
-- Source : atlas.ressources_humaines_esms, reference.questions, reference.categories_esms, reference.indicateurs
-- Vide : Aucun établissement social ou médico-social n'a répondu à la campagne.
-- Note : « s » : un nombre si petit, ou si dépendant d'un seul établissement, qu'il dirait ce que celui-ci a répondu.
-- Colonnes :
--   lieu_libelle « Territoire » : département ou région
--   categorie_libelle « Catégorie » : catégorie d'établissement
--   indicateur_libelle « Indicateur »
--   fonction_libelle « Fonction » : fonction du personnel
--   valeur « Valeur » selon : valeur déclarée, recalculée des sommes
--   valeur_statut : pourquoi elle est vide
--   unite « Unité » : unité de la valeur
--   format : comment la valeur s'écrit
--   repondants « Répondants » n0 [établissements] : établissements qui ont répondu aux deux termes
--   attendus « Interrogés » n0 [établissements] : établissements interrogés
--   couverture pct0 [part] : part des places du champ, là où FINESS en connaît, des établissements qui ont répondu
--   lieu : territoire, tel que dans l'adresse de sa page
--   bloc : ce que la page montre de l'indicateur : territoires, motifs ; vide où il n'y est pas
--   ordre : rang de l'indicateur, dans son bloc
WITH fonctions AS (
    SELECT DISTINCT enquete, annee, modalite, modalite_libelle FROM reference.questions WHERE tableau
)
SELECT
    t.territoire_libelle AS lieu_libelle, coalesce(c.libelle, 'Ensemble') AS categorie_libelle,
    coalesce(i.libelle_court, r.indicateur) AS indicateur_libelle, coalesce(f.modalite_libelle, 'Ensemble')
        AS fonction_libelle,
    r.valeur, r.statut AS valeur_statut, coalesce(u.affichage, r.unite) AS unite,
    CASE WHEN u.part THEN 'pct1' ELSE 'n1' END AS format, r.repondants, r.attendus, r.couverture,
    t.territoire AS lieu, r.niveau, r.code, r.annee, r.indicateur, r.fonction, r.categorie,
    replace(b.bloc, 'ressources_humaines_esms.', '') AS bloc, b.ordre, 'enquete_esms' AS source, r.statut
FROM atlas.ressources_humaines_esms AS r
JOIN vues.annees_retenues AS a ON a.objet = 'atlas.ressources_humaines_esms' AND a.annee = r.annee
JOIN vues.territoires AS t ON t.niveau = r.niveau AND t.code = r.code AND t.niveau IN ('departement', 'region')
LEFT JOIN reference.blocs AS b ON starts_with(b.bloc, 'ressources_humaines_esms.') AND b.code = r.indicateur
LEFT JOIN reference.indicateurs AS i ON i.indicateur = r.indicateur
LEFT JOIN reference.unites AS u ON u.unite = r.unite
LEFT JOIN reference.categories_esms AS c ON c.categorie = r.categorie
LEFT JOIN fonctions AS f ON f.enquete = 'enquete_esms' AND f.annee = r.annee AND f.modalite = r.fonction
ORDER BY r.categorie = 'ensemble', categorie_libelle, t.rang, r.code, b.ordre, r.indicateur, r.fonction = 'ensemble',
    r.fonction
