-- Projets de recrutement par métier et bassin d'emploi, tels que publiés : toutes les enquêtes épinglées.
-- Grain : annee, millesime, fap, bassin, departement_publie
-- Source : Besoins en main-d'œuvre (France Travail)
-- Publication : region
-- Note : la nomenclature change en 2024 (FAP 2009 auparavant, FAP 2021 depuis) : les deux séries ne s'enchaînent pas. Une case secrète est vide, avec le statut « secret » : ni 0 ni 1 ; celle d'une ligne écartée, dont le métier et le bassin se lisent, est « nd ».
-- Colonnes :
--   nomenclature : FAP 2009 jusqu'à l'enquête de 2023, FAP 2021 depuis
--   fap : métier, dans cette nomenclature
--   departement_publie : département tel que publié
--   met [projets] : projets de recrutement
--   met_statut : publié, secret ou nd
--   xmet [projets] : projets jugés difficiles
--   xmet_statut : publié, secret ou nd
--   smet [projets] : projets saisonniers
--   smet_statut : publié, secret ou nd
WITH lues AS (
    SELECT
        annee, millesime, revision, reference, fap, fap_libelle, famille, bassin, bassin_libelle, departement, region,
        met, met_statut, xmet, xmet_statut, smet, smet_statut
    FROM staging.bmo_projets
),
-- A line set aside still says which cell is missing.
perdues AS (
    SELECT
        l.millesime AS annee, l.millesime, l.revision, m.reference,
        json_extract_string(l.contenu, '$.fap') AS fap,
        min(json_extract_string(l.contenu, '$.fap_libelle')) AS fap_libelle,
        min(json_extract_string(l.contenu, '$.famille')) AS famille,
        json_extract_string(l.contenu, '$.bassin') AS bassin,
        min(json_extract_string(l.contenu, '$.bassin_libelle')) AS bassin_libelle,
        json_extract_string(l.contenu, '$.departement') AS departement,
        min(json_extract_string(l.contenu, '$.region')) AS region,
        NULL::INTEGER AS met, 'nd' AS met_statut, NULL::INTEGER AS xmet, 'nd' AS xmet_statut, NULL::INTEGER AS smet,
        'nd' AS smet_statut
    FROM core.lignes_ecartees AS l
    JOIN reference.millesimes AS m ON m.source = l.source AND m.millesime = l.millesime AND m.revision = l.revision
    WHERE l.source = 'bmo' AND l.table_source IN ('projets', 'bmo_projets')
    GROUP BY ALL
),
toutes AS (
    SELECT * FROM lues
    UNION ALL
    SELECT p.*
    FROM perdues AS p
    ANTI JOIN lues AS d
        ON d.millesime = p.millesime AND d.fap = p.fap AND d.bassin = p.bassin AND d.departement = p.departement
    WHERE p.fap IS NOT NULL AND p.bassin IS NOT NULL AND p.departement IS NOT NULL
)
SELECT
    b.annee, b.millesime, b.revision, b.reference,
    CASE WHEN b.millesime >= 2024 THEN 'FAP 2021' ELSE 'FAP 2009' END AS nomenclature, b.fap, b.fap_libelle, b.famille,
    b.bassin, b.bassin_libelle, b.departement AS departement_publie,
    d.code AS departement,
    -- A collectivity that is no département is in no region, whatever the cell of the region says.
    CASE
        WHEN d.code IS NOT NULL THEN d.regions
        WHEN code_departement(b.departement) IS NULL THEN r.code
    END AS region,
    b.met, b.met_statut, b.xmet, b.xmet_statut, b.smet, b.smet_statut
FROM toutes AS b
LEFT JOIN core.decoupages AS d ON d.niveau = 'departement' AND d.code = code_departement(b.departement)
LEFT JOIN core.decoupages AS r ON r.niveau = 'region' AND r.code = code_region(b.region)
