-- Entités juridiques membres de chaque GHT, pour chaque exercice de la SAE.
-- Grain : millesime, finess_ej
-- Source : FINESS+ (gcc) et appartenance aux GHT déduite (source ght), de l'année de l'exercice, à défaut de la dernière connue avant lui, à défaut encore (FINESS+ seulement) de la première d'après
-- Publication : ght
-- Note : région par région, l'année la plus récente qui n'est pas après l'exercice l'emporte ; de la même année, la liste officielle (FINESS+) l'emporte sur la déduite. Où aucune n'est connue si tôt, la liste officielle d'une année suivante en tient lieu : « dernière connue », que les totaux publiés par GHT vérifient (qualite.rapprochements).
-- Colonnes :
--   appartenance : officielle (FINESS+), déduite (source ght), ou dernière connue (FINESS+ d'une année suivante)
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
possibles AS (
    SELECT
        e.millesime,
        CASE WHEN a.annee > e.millesime THEN 'dernière connue' ELSE a.appartenance END AS appartenance,
        a.annee, a.code_ght, a.nom_ght, a.finess_ej, a.millesime_ght, a.revision
    FROM exercices AS e
    JOIN appartenances AS a ON a.annee <= e.millesime OR a.appartenance = 'officielle'
),
-- The year of the survey or the nearest before it; else the nearest after.
retenues AS (
    SELECT DISTINCT millesime, substr(code_ght, 1, 2) AS region_ght, annee, appartenance FROM possibles
    QUALIFY row_number() OVER (
        PARTITION BY millesime, substr(code_ght, 1, 2)
        ORDER BY appartenance = 'dernière connue', abs(millesime - annee), appartenance = 'officielle' DESC
    ) = 1
),
noms AS (
    SELECT code_ght, arg_max(nom_ght, millesime) AS nom_ght FROM staging.sae_ght GROUP BY code_ght
)
SELECT
    a.millesime, a.code_ght,
    coalesce(n.nom_ght, a.nom_ght) AS nom_ght,
    a.finess_ej, a.appartenance, a.annee AS annee_appartenance, a.millesime_ght, a.revision
FROM possibles AS a
SEMI JOIN retenues AS r
    ON r.millesime = a.millesime AND r.region_ght = substr(a.code_ght, 1, 2) AND r.annee = a.annee
    AND r.appartenance = a.appartenance
LEFT JOIN noms AS n ON n.code_ght = a.code_ght
-- An entity that two lists place in two regions is where the newest of those that aren't later says.
QUALIFY row_number() OVER (
    PARTITION BY a.millesime, a.finess_ej
    ORDER BY a.appartenance = 'dernière connue', a.annee DESC, a.appartenance = 'officielle' DESC, a.code_ght
) = 1
