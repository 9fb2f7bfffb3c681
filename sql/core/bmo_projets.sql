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
FROM staging.bmo_projets AS b
LEFT JOIN core.decoupages AS d ON d.niveau = 'departement' AND d.code = code_departement(b.departement)
LEFT JOIN core.decoupages AS r ON r.niveau = 'region' AND r.code = code_region(b.region)
