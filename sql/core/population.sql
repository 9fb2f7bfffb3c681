-- Population au 1er janvier, tous âges à chaque niveau à partir de l'arrondissement, et par grande classe d'âge par département, région et France.
-- Grain : annee, niveau, code, sexe, tranche_age
-- Source : estimations de population (INSEE) ; populations municipales des communes (INSEE) sous le département
-- Publication : territoire
-- Note : région et France sont des sommes de départements ; la France d'avant 2014 est sans Mayotte, celle d'avant 1990 sans l'outre-mer : un département compte à partir de sa première année connue, et s'il manque ensuite, ou toujours, la somme est partielle. Sous le département, des sommes de populations municipales, sans sexe ni âge : l'INSEE n'en donne pas par commune dans ces sources.
WITH premieres AS (
    SELECT d.code AS departement, d.regions AS region, coalesce(min(p.annee), 0) AS premiere
    FROM core.decoupages AS d
    LEFT JOIN core.population_departements AS p ON p.departement = d.code
    WHERE d.niveau = 'departement'
    GROUP BY d.code, d.regions
),
-- A département that has no line of a year after its first one is there, without its number.
departements AS (
    SELECT d.departement, d.region, t.annee, t.millesime, t.revision, t.sexe, t.tranche_age, p.population
    FROM (
        SELECT annee, max(millesime) AS millesime, max(revision) AS revision, sexe, tranche_age
        FROM core.population_departements
        GROUP BY annee, sexe, tranche_age
    ) AS t
    JOIN premieres AS d ON d.premiere <= t.annee
    LEFT JOIN core.population_departements AS p USING (departement, annee, sexe, tranche_age)
),
situees AS (
    SELECT 'departement' AS niveau, departement AS code, *, NULL::VARCHAR AS statut FROM core.population_departements
    UNION ALL BY NAME SELECT 'region' AS niveau, region AS code, * FROM departements
    UNION ALL BY NAME SELECT 'france' AS niveau, 'F' AS code, * FROM departements
    UNION ALL BY NAME
    SELECT
        a.niveau, a.code, p.annee, p.millesime, p.revision, 'ensemble' AS sexe, 'ensemble' AS tranche_age, p.population,
        p.statut
    FROM core.population_communes AS p
    JOIN reference.appartenances AS a USING (commune)
    WHERE a.niveau NOT IN ('commune', 'departement', 'region', 'france')
)
SELECT
    annee, max(millesime)::INTEGER AS millesime, max(revision)::INTEGER AS revision,
    niveau, code, sexe, tranche_age,
    sum(population)::INTEGER AS population, statut_somme(population, statut) AS statut
FROM situees
GROUP BY annee, niveau, code, sexe, tranche_age
