-- Projets de recrutement par métier et bassin d'emploi, tels que publiés : toutes les enquêtes épinglées.
-- Grain : annee, millesime, fap, bassin, departement_publie
-- Source : Besoins en main-d'œuvre (France Travail)
-- Publication : region
-- Note : la nomenclature change en 2024 (FAP 2009 auparavant, FAP 2021 depuis) : les deux séries ne s'enchaînent pas. Une case secrète est vide, avec le statut « secret » : ni 0 ni 1 ; celle d'une ligne écartée, dont le métier et le bassin se lisent, est « nd ». Le bassin des îles du Nord est celui de Saint-Barthélemy et de Saint-Martin (bassin_emploi.csv), qui ne sont d'aucun département, sous quelque code que le fichier les mette : 971 et 978 en 2024, 971 seul en 2025.
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
WITH projets AS (
    SELECT
        *,
        coalesce(regexp_full_match(cle_lieu(bassin_libelle), '(BASSIN )?ILES DU NORD'), false) AS hors_departement
    FROM staging.bmo_projets
)
SELECT
    b.annee, b.millesime, b.revision, b.reference,
    CASE WHEN b.millesime >= 2024 THEN 'FAP 2021' ELSE 'FAP 2009' END AS nomenclature, b.fap, b.fap_libelle, b.famille,
    b.bassin, b.bassin_libelle, b.departement AS departement_publie,
    d.code AS departement,
    -- A collectivity that is no département is in no region, whatever the cell of the region says.
    CASE
        WHEN d.code IS NOT NULL THEN d.regions
        WHEN code_departement(b.departement) IS NULL AND NOT b.hors_departement THEN r.code
    END AS region,
    b.met, b.met_statut, b.xmet, b.xmet_statut, b.smet, b.smet_statut
FROM projets AS b
LEFT JOIN core.decoupages AS d
    ON d.niveau = 'departement' AND d.code = code_departement(b.departement) AND NOT b.hors_departement
LEFT JOIN core.decoupages AS r ON r.niveau = 'region' AND r.code = code_region(b.region)
