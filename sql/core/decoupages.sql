-- Territoires géographiques de l'édition, de la commune à la France.
-- Grain : niveau, code
-- Source : code officiel géographique et zonages (INSEE), bassins d'emploi (France Travail, BMO)
-- Publication : regions
-- Note : une zone d'emploi ou un EPCI peut être à cheval sur plusieurs régions.
WITH territoires AS (
    SELECT
        a.niveau, a.code,
        CASE WHEN count(DISTINCT c.departement) = 1 THEN min(c.departement) END AS departement,
        -- France touches all regions, and is released with each: it lists none.
        CASE WHEN a.niveau <> 'france' THEN string_agg(DISTINCT c.region, ' ' ORDER BY c.region) END AS regions,
        count(*)::INTEGER AS communes
    FROM reference.appartenances AS a
    JOIN reference.communes AS c USING (commune)
    GROUP BY a.niveau, a.code
),
libelles AS (
    SELECT 'commune' AS niveau, commune AS code, libelle FROM reference.communes
    UNION ALL SELECT 'france', 'F', 'France'
    UNION ALL
    SELECT 'bassin_bmo', bassin, min(bassin_libelle)
    FROM staging.bmo_projets
    WHERE reference AND regexp_matches(bassin, '^[0-9]')
    GROUP BY bassin
    UNION ALL
    SELECT
        CASE
            WHEN niveau = 'ARR' THEN 'arrondissement'
            WHEN niveau = 'EPCI' THEN 'epci'
            WHEN niveau LIKE 'ZE%' THEN 'zone_emploi'
            WHEN niveau LIKE 'BV%' THEN 'bassin_vie'
            WHEN niveau = 'DEP' THEN 'departement'
            WHEN niveau = 'REG' THEN 'region'
        END,
        code, libelle
    FROM staging.insee_cog_libelles
    WHERE reference
        AND (niveau IN ('ARR', 'EPCI', 'DEP', 'REG') OR niveau LIKE 'ZE%' OR niveau LIKE 'BV%')
),
-- Basins that the survey names and that the list of communes lacks.
bassins_sans_communes AS (
    SELECT
        'bassin_bmo' AS niveau, bassin AS code,
        CASE WHEN count(DISTINCT departement) = 1 THEN min(departement) END AS departement,
        string_agg(DISTINCT region, ' ' ORDER BY region) AS regions,
        0 AS communes
    FROM staging.bmo_projets
    WHERE reference AND regexp_matches(bassin, '^[0-9]')
        AND bassin NOT IN (SELECT code FROM territoires WHERE niveau = 'bassin_bmo')
    GROUP BY bassin
),
tous AS (
    SELECT * FROM territoires
    UNION ALL
    SELECT * FROM bassins_sans_communes
)
SELECT t.niveau, t.code, l.libelle, t.departement, t.regions, t.communes
FROM tous AS t
LEFT JOIN libelles AS l ON l.niveau = t.niveau AND l.code = t.code
