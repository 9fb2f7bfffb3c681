-- Communes de la géographie de l'édition et les territoires dont chacune fait partie.
-- Grain : commune
-- Source : code officiel géographique et zonages (INSEE), bassins d'emploi (France Travail, BMO)
-- Publication : region
-- Colonnes :
--   libelle : nom de la commune
--   bassin_bmo : bassin d'emploi de l'enquête BMO
WITH bassins AS (
    SELECT code_commune(commune) AS commune, bassin AS bassin_bmo FROM staging.bmo_bassins
    -- A survey without its list of communes keeps the last one published.
    QUALIFY millesime = max(millesime) OVER ()
)
SELECT
    c.commune, c.libelle, c.departement, c.region,
    nullif(c.arrondissement, 'ZZZZ') AS arrondissement,
    nullif(c.epci, 'ZZZZZZZZZ') AS epci,
    c.zone_emploi, c.bassin_vie, b.bassin_bmo,
    c.millesime, c.revision
FROM staging.insee_cog_communes AS c
LEFT JOIN bassins AS b ON b.commune = c.commune
WHERE c.reference
