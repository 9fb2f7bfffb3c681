-- Population au 1er janvier par département, sexe et classe d'âge : pour chaque année, le millésime le plus récent.
-- Grain : annee, departement, sexe, tranche_age
-- Source : estimations de population (INSEE)
-- Publication : region
-- Note : les dernières années sont provisoires et seront révisées.
WITH publiees AS (
    SELECT
        annee, millesime, revision,
        departement AS departement_publie,
        CASE sexe WHEN 'Hommes' THEN 'hommes' WHEN 'Femmes' THEN 'femmes' ELSE 'ensemble' END AS sexe,
        CASE WHEN tranche_age = 'Total' THEN 'ensemble' ELSE tranche_age END AS tranche_age,
        population
    FROM staging.insee_population_departements
)
SELECT
    p.annee, p.millesime, p.revision, d.code AS departement, d.regions AS region,
    p.sexe, p.tranche_age, p.population
FROM publiees AS p
JOIN core.decoupages AS d ON d.niveau = 'departement' AND d.code = code_departement(p.departement_publie)
QUALIFY row_number() OVER (
    PARTITION BY p.annee, d.code, p.sexe, p.tranche_age ORDER BY p.millesime DESC, p.revision DESC
) = 1
