-- Entités juridiques membres de chaque GHT, pour chaque exercice de la SAE.
-- Grain : millesime, finess_ej
-- Source : FINESS+ (gcc) et appartenance aux GHT déduite (source ght), de l'année de l'exercice ou, à défaut, de la dernière connue avant lui
-- Publication : ght
-- Note : région par région, l'année la plus récente l'emporte ; de la même année, la liste officielle (FINESS+) l'emporte sur la déduite.
-- Colonnes :
--   appartenance : officielle (FINESS+) ou déduite (source ght)
--   annee_appartenance [année] : année décrite par l'appartenance retenue
WITH exercices AS (
    SELECT DISTINCT millesime FROM staging.sae_sygen
),
officielles AS (
    SELECT
        'officielle' AS appartenance, v.millesime AS annee, g.code_ght, g.nom_ght, g.finess_ej,
        v.millesime AS millesime_ght, v.revision
    FROM (SELECT DISTINCT millesime, revision FROM staging.finess_plus_groupements) AS v
    JOIN core.finess_ght AS g ON v.millesime BETWEEN g.premier_millesime AND g.millesime
    WHERE g.code_ght IS NOT NULL AND g.finess_ej IS NOT NULL AND g.actif
),
deduites AS (
    SELECT 'déduite' AS appartenance, annee, code_ght, nom_ght, finess_ej, millesime AS millesime_ght, revision
    FROM staging.ght
    QUALIFY row_number() OVER (PARTITION BY annee, finess_ej ORDER BY millesime DESC) = 1
),
appartenances AS (
    SELECT * FROM officielles UNION ALL SELECT * FROM deduites
),
retenues AS (
    SELECT
        e.millesime, substr(a.code_ght, 1, 2) AS region_ght,
        max((a.annee, a.appartenance = 'officielle')) AS choix
    FROM exercices AS e
    JOIN appartenances AS a ON a.annee <= e.millesime
    GROUP BY ALL
),
noms AS (
    SELECT code_ght, arg_max(nom_ght, millesime) AS nom_ght FROM staging.sae_ght GROUP BY code_ght
)
SELECT
    r.millesime, a.code_ght,
    coalesce(n.nom_ght, a.nom_ght) AS nom_ght,
    a.finess_ej, a.appartenance, a.annee AS annee_appartenance, a.millesime_ght, a.revision
FROM retenues AS r
JOIN appartenances AS a
    ON substr(a.code_ght, 1, 2) = r.region_ght AND (a.annee, a.appartenance = 'officielle') = r.choix
LEFT JOIN noms AS n ON n.code_ght = a.code_ght
-- An entity that two lists place in two regions is where the newest says.
QUALIFY row_number() OVER (
    PARTITION BY r.millesime, a.finess_ej ORDER BY a.annee DESC, a.appartenance = 'officielle' DESC, a.code_ght
) = 1
