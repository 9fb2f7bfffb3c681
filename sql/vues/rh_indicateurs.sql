-- Indicateurs de ressources humaines de la région, tels que les établissements de santé, publics et privés, les déclarent.
-- Grain : indicateur, annee
-- Source : atlas.ressources_humaines, reference.indicateurs
-- Note : « s » : un nombre si petit, ou si dépendant d'un seul établissement, qu'il dirait ce que celui-ci a répondu. Ce qu'un établissement déclare seul n'est pas publié.
-- Colonnes :
--   indicateur_libelle « Indicateur »
--   annee « Année » year
--   valeur « Valeur » selon : valeur
--   unite « Unité » : unité de la valeur
--   format : comment la valeur s'écrit
--   repondants n0 : établissements qui ont répondu
--   attendus n0 : établissements interrogés
--   couverture pct0 [part] : part des ETP du champ, selon la SAE, des établissements qui ont répondu
--   derniere : dernière année
WITH ici AS (
    SELECT r.*, r.annee = a.annee AS derniere
    FROM atlas.ressources_humaines AS r
    JOIN vues.annees_retenues AS a ON a.objet = 'atlas.ressources_humaines' AND r.annee IN (a.annee, a.annee_precedente)
    WHERE r.niveau = 'region' AND r.code = (SELECT region FROM vues.publication) AND r.categorie = 'ensemble'
)
SELECT
    coalesce(i.libelle, r.indicateur) AS indicateur_libelle, r.annee, r.valeur, coalesce(u.affichage, r.unite) AS unite,
    CASE WHEN u.part THEN 'pct1' ELSE 'n1' END AS format, r.repondants, r.attendus, r.couverture,
    r.derniere, r.indicateur, r.statut, 'enquete_rh' AS source
FROM ici AS r
LEFT JOIN reference.indicateurs AS i USING (indicateur)
LEFT JOIN reference.unites AS u ON u.unite = r.unite
ORDER BY r.annee, r.indicateur
