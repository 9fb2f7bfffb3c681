-- Indicateurs de ressources humaines de la région, tels que les établissements publics de santé les déclarent.
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
    SELECT *
    FROM atlas.ressources_humaines
    WHERE niveau = 'region' AND code = (SELECT region FROM vues.publication) AND categorie = 'ensemble'
    QUALIFY dense_rank() OVER (ORDER BY annee DESC) <= 2
)
SELECT
    coalesce(i.libelle, r.indicateur) AS indicateur_libelle, r.annee, r.valeur, coalesce(u.affichage, r.unite) AS unite,
    CASE WHEN u.part THEN 'pct1' ELSE 'n1' END AS format, r.repondants, r.attendus, r.couverture,
    r.annee = max(r.annee) OVER () AS derniere, r.indicateur, r.statut, 'enquete_rh' AS source
FROM ici AS r
LEFT JOIN reference.indicateurs AS i USING (indicateur)
LEFT JOIN reference.unites AS u ON u.unite = r.unite
ORDER BY r.annee, r.indicateur
