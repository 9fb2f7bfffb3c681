-- Population au 1er janvier, tous âges à chaque niveau à partir de l'arrondissement, et par grande classe d'âge par département, région et France.
-- Grain : annee, niveau, code, sexe, tranche_age
-- Source : estimations de population (INSEE) ; populations municipales des communes (INSEE) sous le département
-- Publication : territoire
-- Note : région et France sont des sommes de départements ; la France d'avant 2014 est sans Mayotte, celle d'avant 1990 sans l'outre-mer : où un département manque (core.population_manquante), la somme est partielle. Sous le département, des sommes de populations municipales, sans sexe ni âge : l'INSEE n'en donne pas par commune dans ces sources.
WITH attendus AS (
    SELECT DISTINCT annee, departement, region FROM core.population_departements
    UNION
    SELECT annee, departement, region FROM core.population_manquante WHERE source = 'insee_population_departements'
),
-- What a département lacks of a year is there, without its number.
departements AS (
    SELECT d.departement, d.region, t.annee, t.millesime, t.revision, t.sexe, t.tranche_age, p.population
    FROM (
        SELECT annee, max(millesime) AS millesime, max(revision) AS revision, sexe, tranche_age
        FROM core.population_departements
        GROUP BY annee, sexe, tranche_age
    ) AS t
    JOIN attendus AS d USING (annee)
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
