-- Habitants de chaque population cible au 1er janvier, par département, région et France.
-- Grain : cible, niveau, code, annee
-- Source : estimations de population par âge quinquennal, sinon par grande classe d'âge (INSEE)
-- Publication : territoire
-- Note : une population dont les âges ne tombent pas sur ceux de la source n'y est pas : elle est inconnue, et non approchée. Région et France sont des sommes de départements.
-- Colonnes :
--   cible : population (reference.populations_cibles, reference.publics_esms)
--   source : source de la population
WITH cibles AS (
    SELECT cible, sexe, age_min, age_max FROM reference.populations_cibles
    UNION
    SELECT cible, sexe, age_min, age_max FROM reference.publics_esms
),
ages AS (
    SELECT 1 AS rang, 'insee_population_ages' AS source, annee, millesime, revision, departement, region, sexe,
        age_min, age_max, population
    FROM core.population_ages
    UNION ALL
    SELECT 2, 'insee_population_departements', annee, millesime, revision, departement, region, sexe,
        regexp_extract(tranche_age, '^([0-9]+)', 1)::INTEGER,
        nullif(regexp_extract(tranche_age, '^[0-9]+ à ([0-9]+)', 1), '')::INTEGER, population
    FROM core.population_departements
    WHERE tranche_age <> 'ensemble'
),
-- A band that is partly inside tells that this source can't give this population.
departements AS (
    SELECT
        c.cible, a.rang, a.source, a.annee, max(a.millesime)::INTEGER AS millesime,
        max(a.revision)::INTEGER AS revision, a.departement, a.region,
        CASE WHEN count(a.population) = count(*) THEN sum(a.population)::INTEGER END AS population
    FROM cibles AS c
    JOIN ages AS a
        ON a.sexe = c.sexe AND coalesce(a.age_max, 999) >= c.age_min AND a.age_min <= coalesce(c.age_max, 999)
    GROUP BY c.cible, c.age_min, c.age_max, a.rang, a.source, a.annee, a.departement, a.region
    -- All the ages of the target, without a gap between two classes.
    HAVING min(a.age_min) = c.age_min
        AND sum(coalesce(a.age_max, 999) - a.age_min + 1) = coalesce(c.age_max, 999) - c.age_min + 1
    QUALIFY row_number() OVER (PARTITION BY c.cible, a.annee, a.departement ORDER BY a.rang) = 1
),
-- As in core.population: what a département lacks of a year is there, without its number.
attendus AS (
    SELECT c.cible, c.source, c.annee, c.millesime, c.revision, d.departement, d.region
    FROM (
        SELECT cible, annee, max(millesime) AS millesime, max(revision) AS revision, min(source) AS source
        FROM departements
        GROUP BY cible, annee
    ) AS c
    JOIN (
        SELECT source, annee, departement, region FROM ages
        UNION
        SELECT source, annee, departement, region FROM core.population_manquante
    ) AS d USING (source, annee)
),
situes AS (
    SELECT annee, millesime, revision, source, cible, 'departement' AS niveau, departement AS code, population
    FROM departements
    UNION ALL
    SELECT
        a.annee, coalesce(d.millesime, a.millesime), coalesce(d.revision, a.revision), coalesce(d.source, a.source),
        a.cible, n.niveau, n.code, d.population
    FROM attendus AS a
    LEFT JOIN departements AS d USING (cible, annee, departement)
    CROSS JOIN LATERAL (VALUES ('region', a.region), ('france', 'F')) AS n (niveau, code)
)
SELECT
    annee, max(millesime)::INTEGER AS millesime, max(revision)::INTEGER AS revision, min(source) AS source, cible,
    niveau, code, sum(population)::INTEGER AS population, statut_somme(population) AS statut
FROM situes
GROUP BY annee, cible, niveau, code
