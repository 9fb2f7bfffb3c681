-- Population municipale de l'édition par lieu : la commune, et à Paris, Lyon et Marseille l'arrondissement municipal.
-- Grain : annee, lieu
-- Source : populations légales des communes (INSEE, réexport)
-- Publication : commune
-- Note : ce que d'autres sources donnent par arrondissement municipal se pondère par ces habitants, dont la somme est la population de la commune. Une année que l'INSEE publie d'un bloc se répartit comme l'année la plus proche qui a les arrondissements ; si aucune ne les a, la commune reste entière.
-- Colonnes :
--   annee_repartition [année] : année dont vient la répartition entre arrondissements municipaux ; vide pour une commune entière
WITH publiees AS (
    SELECT
        2000 + p.annee2 AS annee, p.millesime, p.revision, c.commune, c.commune_publiee,
        c.arrondissement_municipal IS NOT NULL AS municipal, p.population
    FROM staging.insee_population_communes AS p
    JOIN core.communes_publiees AS c ON c.commune_publiee = code_commune(p.commune)
    WHERE c.commune IS NOT NULL
),
communes AS (
    SELECT
        annee, max(millesime)::INTEGER AS millesime, max(revision)::INTEGER AS revision, commune,
        sum(population) AS population, statut_somme(population) AS statut
    FROM (
        -- A year is taken whole: two vintages don't have the same communes, nor both the municipal arrondissements.
        SELECT * FROM publiees QUALIFY rank() OVER (PARTITION BY annee ORDER BY millesime DESC, revision DESC) = 1
    )
    GROUP BY annee, commune
),
arrondissements AS (
    SELECT c.annee, c.commune, p.commune_publiee AS lieu, p.annee AS annee_repartition, p.population AS habitants
    FROM communes AS c
    JOIN publiees AS p ON p.commune = c.commune AND p.municipal
    QUALIFY rank() OVER (
        PARTITION BY c.annee, c.commune
        ORDER BY abs(p.annee - c.annee), p.annee DESC, p.millesime DESC, p.revision DESC) = 1
),
cumuls AS (
    SELECT *,
        sum(habitants) OVER (PARTITION BY annee, commune ORDER BY lieu)::BIGINT AS cumul,
        sum(habitants) OVER (PARTITION BY annee, commune)::BIGINT AS total
    FROM arrondissements
    -- Where the inhabitants of one are not known, nobody can say what share the others have.
    QUALIFY count(habitants) OVER (PARTITION BY annee, commune) = count(*) OVER (PARTITION BY annee, commune)
)
SELECT
    c.annee, c.millesime, c.revision, coalesce(a.lieu, c.commune) AS lieu, c.commune,
    -- Differences of rounded running totals add up to the commune.
    CASE
        WHEN a.lieu IS NULL THEN c.population
        ELSE round(c.population * a.cumul / a.total) - round(c.population * (a.cumul - a.habitants) / a.total)
    END::INTEGER AS population,
    c.statut,
    a.annee_repartition::INTEGER AS annee_repartition
FROM communes AS c
LEFT JOIN cumuls AS a ON a.annee = c.annee AND a.commune = c.commune
