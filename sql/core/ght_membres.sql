-- Entités juridiques membres de chaque GHT, pour chaque exercice de la SAE.
-- Grain : millesime, finess_ej
-- Source : appartenance aux GHT (source ght), de l'année de l'exercice ou, à défaut, de la dernière connue avant lui
-- Publication : ght
-- Note : `annee_appartenance` dit de quelle année est l'appartenance retenue.
-- Colonnes :
--   annee_appartenance [année] : année décrite par l'appartenance retenue
WITH exercices AS (
    SELECT DISTINCT millesime FROM staging.sae_sygen
),
appartenances AS (
    SELECT annee, code_ght, nom_ght, finess_ej, millesime AS millesime_ght, revision
    FROM staging.ght
    QUALIFY row_number() OVER (PARTITION BY annee, finess_ej ORDER BY millesime DESC) = 1
),
retenues AS (
    SELECT e.millesime, max(a.annee) AS annee
    FROM exercices AS e
    JOIN appartenances AS a ON a.annee <= e.millesime
    GROUP BY e.millesime
),
noms AS (
    SELECT code_ght, arg_max(nom_ght, millesime) AS nom_ght FROM staging.sae_ght GROUP BY code_ght
)
SELECT
    r.millesime, a.code_ght,
    coalesce(n.nom_ght, a.nom_ght) AS nom_ght,
    a.finess_ej, a.annee AS annee_appartenance, a.millesime_ght, a.revision
FROM retenues AS r
JOIN appartenances AS a ON a.annee = r.annee
LEFT JOIN noms AS n ON n.code_ght = a.code_ght
