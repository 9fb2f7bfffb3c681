-- Population municipale par commune de l'édition : pour chaque année, le millésime le plus récent.
-- Grain : annee, commune
-- Source : populations légales des communes (INSEE, réexport)
-- Publication : region
-- Note : le département et la région viennent du code de la commune, jamais de l'extrait, qui porte les régions d'avant 2016.
WITH publiees AS (
    SELECT
        2000 + annee2 AS annee, millesime, revision,
        -- Overseas codes carry the whole département: 971102 is 97102.
        CASE WHEN length(commune) = 6 THEN substr(commune, 1, 2) || substr(commune, 4) ELSE commune END AS commune_publiee,
        population
    FROM staging.insee_population_communes
    -- A year is taken whole: two vintages don't have the same communes, nor both the municipal arrondissements.
    QUALIFY rank() OVER (PARTITION BY annee2 ORDER BY millesime DESC, revision DESC) = 1
)
SELECT
    p.annee, max(p.millesime)::INTEGER AS millesime, max(p.revision)::INTEGER AS revision,
    c.commune, c.departement, r.region, sum(p.population)::INTEGER AS population
FROM publiees AS p
JOIN core.communes_publiees AS c ON c.commune_publiee = p.commune_publiee
JOIN reference.communes AS r ON r.commune = c.commune
GROUP BY p.annee, c.commune, c.departement, r.region
