-- Codes de commune rencontrés dans les extraits, et la commune de l'édition à laquelle chacun mène.
-- Grain : commune_publiee
-- Source : code officiel géographique (INSEE), tous les millésimes épinglés ; arrondissements municipaux de Paris, Lyon et Marseille
-- Publication : departement
-- Note : une commune disparue sans descendance connue garde son département, et n'a pas de commune.
-- Colonnes :
--   commune_publiee : code tel qu'un extrait peut le porter
WITH actuelles AS (
    SELECT commune AS commune_publiee, commune, departement FROM reference.communes
),
municipaux AS (
    SELECT lpad((75100 + i)::VARCHAR, 5, '0') AS commune_publiee, '75056' AS commune FROM range(1, 21) AS r (i)
    UNION ALL SELECT (69380 + i)::VARCHAR, '69123' FROM range(1, 10) AS r (i)
    UNION ALL SELECT (13200 + i)::VARCHAR, '13055' FROM range(1, 17) AS r (i)
),
anciennes AS (
    SELECT commune AS commune_publiee, arg_max(departement, millesime) AS departement
    FROM staging.insee_cog_communes
    WHERE commune NOT IN (SELECT a.commune_publiee FROM actuelles AS a)
    GROUP BY commune
)
SELECT commune_publiee, commune, departement FROM actuelles
UNION ALL
SELECT m.commune_publiee, m.commune, a.departement
FROM municipaux AS m
JOIN actuelles AS a ON a.commune = m.commune
UNION ALL
SELECT commune_publiee, NULL, departement FROM anciennes
