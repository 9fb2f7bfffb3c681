-- Ce que chaque source de personnes laisse voir de ses petits nombres, dans cette publication.
-- Grain : objet, source
-- Source : atlas.effectifs, atlas.ages
-- Publication : interne
-- Colonnes :
--   objet : table
--   petits n0 : cases de 1 à 9
--   secrets n0 : cases secrètes
WITH cases AS (
    SELECT 'atlas.effectifs' AS objet, source, effectif, statut FROM atlas.effectifs
    UNION ALL
    SELECT 'atlas.ages', source, effectif, statut FROM atlas.ages
)
SELECT
    objet, source, count(*) FILTER (effectif BETWEEN 1 AND 9)::INTEGER AS petits,
    count(*) FILTER (statut = 'secret')::INTEGER AS secrets
FROM cases
GROUP BY objet, source
ORDER BY objet, source
