-- Population au 1er janvier par département, région et France, tous âges et par grande classe d'âge.
-- Grain : annee, niveau, code, sexe, tranche_age
-- Source : estimations de population (INSEE)
-- Publication : territoire
-- Note : région et France sont des sommes de départements ; la France d'avant 2014 est sans Mayotte.
WITH situees AS (
    SELECT 'departement' AS niveau, departement AS code, * FROM core.population_departements
    UNION ALL SELECT 'region', region, * FROM core.population_departements
    UNION ALL SELECT 'france', 'F', * FROM core.population_departements
)
SELECT
    annee, max(millesime)::INTEGER AS millesime, max(revision)::INTEGER AS revision,
    niveau, code, sexe, tranche_age,
    sum(population)::INTEGER AS population
FROM situees
GROUP BY annee, niveau, code, sexe, tranche_age
