-- Population projetée par département et âge, les deux sexes ensemble, par scénario.
-- Grain : millesime, scenario, annee, departement, age_min
-- Source : projections de population, modèle Omphale (INSEE)
-- Publication : region
-- Note : projections, non prévisions. Le département est reconnu par son nom ; une zone qui n'en est pas un n'entre pas ici. L'âge est ramené à sa tranche de cinq ans.
-- Colonnes :
--   scenario : scénario de l'exercice (Central, Pop_haute, Pop_basse)
--   age_min [années] : âge le plus bas de la tranche de cinq ans
WITH noms AS (
    SELECT code, regions, cle_lieu(libelle) AS cle
    FROM core.decoupages
    WHERE niveau = 'departement'
)
SELECT
    o.millesime, max(o.revision)::INTEGER AS revision, o.scenario, o.annee, n.code AS departement, n.regions AS region,
    (regexp_extract(o.age, '([0-9]+)', 1)::INTEGER // 5 * 5)::INTEGER AS age_min,
    sum(o.population)::DECIMAL(18, 1) AS population, statut_somme(o.population) AS statut
FROM staging.insee_omphale AS o
JOIN noms AS n ON n.cle = cle_lieu(o.zone)
GROUP BY o.millesime, o.scenario, o.annee, n.code, n.regions, age_min
