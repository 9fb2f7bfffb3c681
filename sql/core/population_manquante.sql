-- Départements dont une source de population ne dit rien d'une année, alors qu'elle les connaissait avant, ou n'en dit jamais rien.
-- Grain : source, scenario, annee, departement
-- Source : estimations et projections de population (INSEE)
-- Publication : interne
-- Note : un département compte à partir de sa première année connue (Mayotte, 2014 ; l'outre-mer, 1990) ; s'il manque ensuite, ou toujours, les sommes de sa région et de la France sont partielles.
-- Vide : aucun département ne manque
-- Colonnes :
--   source : source de la population
--   scenario : observé, ou scénario de la projection
WITH connus AS (
    SELECT 'insee_population_departements' AS source, 'observé' AS scenario, annee, millesime, revision, departement
    FROM core.population_departements
    UNION ALL
    SELECT 'insee_population_ages', 'observé', annee, millesime, revision, departement FROM core.population_ages
    UNION ALL
    SELECT 'insee_omphale', scenario, annee, millesime, revision, departement FROM core.population_projetee
),
annees AS (
    SELECT source, scenario, annee, max(millesime)::INTEGER AS millesime, max(revision)::INTEGER AS revision
    FROM connus
    GROUP BY source, scenario, annee
),
premieres AS (
    SELECT s.source, d.code AS departement, d.regions AS region, coalesce(min(c.annee), 0) AS premiere
    FROM (SELECT DISTINCT source FROM connus) AS s
    CROSS JOIN core.decoupages AS d
    LEFT JOIN connus AS c ON c.source = s.source AND c.departement = d.code
    WHERE d.niveau = 'departement'
    GROUP BY s.source, d.code, d.regions
)
SELECT a.annee, a.millesime, a.revision, a.source, a.scenario, p.departement, p.region
FROM annees AS a
JOIN premieres AS p ON p.source = a.source AND p.premiere <= a.annee
WHERE NOT EXISTS (
    FROM connus AS c
    WHERE c.source = a.source AND c.scenario = a.scenario AND c.annee = a.annee AND c.departement = p.departement
)
