-- Année de population à employer pour chaque année décrite, par niveau de territoire : la plus proche que l'on connaisse.
-- Grain : niveau, annee
-- Source : populations de l'INSEE
-- Publication : nationale
-- Note : à égale distance, la plus récente. Les populations municipales s'arrêtent plus tôt que les estimations par département.
-- Colonnes :
--   annee [année] : année du fait que l'on rapporte à la population, au 1er janvier
--   annee_population [année] : la population est celle du 1er janvier de cette année
WITH connues AS (
    SELECT DISTINCT niveau, annee FROM core.population WHERE sexe = 'ensemble' AND tranche_age = 'ensemble'
)
SELECT
    c.niveau, v.annee::INTEGER AS annee,
    arg_min(c.annee, abs(c.annee - v.annee) * 10000 - c.annee) AS annee_population
FROM connues AS c
CROSS JOIN (SELECT unnest(range(2000, edition + 2)) AS annee FROM reference.edition) AS v
GROUP BY c.niveau, v.annee
