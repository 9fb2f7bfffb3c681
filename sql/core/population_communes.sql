-- Population municipale par commune de l'édition : pour chaque année, le millésime le plus récent.
-- Grain : annee, commune
-- Source : populations légales des communes (INSEE, réexport)
-- Publication : region
-- Note : le département et la région viennent du code de la commune, jamais de l'extrait, qui porte les régions d'avant 2016.
SELECT
    p.annee, max(p.millesime)::INTEGER AS millesime, max(p.revision)::INTEGER AS revision,
    p.commune, r.departement, r.region, sum(p.population)::INTEGER AS population,
    statut_somme(p.population, p.statut) AS statut
FROM core.population_lieux AS p
JOIN reference.communes AS r USING (commune)
GROUP BY p.annee, p.commune, r.departement, r.region
