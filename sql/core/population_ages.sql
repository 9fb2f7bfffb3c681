-- Population au 1er janvier par département, sexe et âge quinquennal : pour chaque année, le millésime le plus récent.
-- Grain : annee, departement, sexe, age_min
-- Source : estimations de population par âge quinquennal (INSEE)
-- Publication : region
-- Note : les dernières années sont provisoires et seront révisées.
-- Colonnes :
--   tranche_age : âge quinquennal tel que publié
--   age_min [années] : âge le plus bas de la tranche
--   age_max [années] : âge le plus élevé de la tranche ; vide pour la dernière
SELECT
    p.annee, p.millesime, p.revision, d.code AS departement, d.regions AS region,
    CASE p.sexe WHEN 'Hommes' THEN 'hommes' WHEN 'Femmes' THEN 'femmes' ELSE 'ensemble' END AS sexe,
    p.tranche_age,
    regexp_extract(p.tranche_age, '^([0-9]+)', 1)::INTEGER AS age_min,
    nullif(regexp_extract(p.tranche_age, '^[0-9]+ à ([0-9]+)', 1), '')::INTEGER AS age_max,
    p.population
FROM staging.insee_population_ages AS p
JOIN core.decoupages AS d ON d.niveau = 'departement' AND d.code = code_departement(p.departement)
WHERE regexp_matches(p.tranche_age, '^[0-9]')
QUALIFY row_number() OVER (
    PARTITION BY p.annee, d.code, p.sexe, p.tranche_age ORDER BY p.millesime DESC, p.revision DESC
) = 1
