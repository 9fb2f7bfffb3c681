-- Territoire de vie-santé de chaque commune.
-- Grain : commune_publiee
-- Source : composition des territoires de vie-santé (DREES, contrat de données) ; à défaut, zonages des professionnels de santé libéraux
-- Publication : commune
-- Note : le dépôt l'emporte, car les arrêtés déposés emploient ses codes ; sans lui, ceux du fichier national des zonages.
-- Colonnes :
--   commune_publiee : code de la commune tel que publié, dans la forme que lui donne la macro code_commune
--   tvs : code du territoire de vie-santé
--   tvs_libelle : nom du territoire de vie-santé
--   source : d'où vient la composition
WITH deposes AS (
    SELECT millesime, revision, code_commune(commune) AS commune_publiee, tvs, tvs_libelle, 'tvs' AS source
    FROM staging.tvs
    WHERE reference
),
publies AS (
    SELECT millesime, revision, code_commune(code), tvs, tvs_libelle, 'zonage_professions'
    FROM staging.zonage_professions_zonages
    WHERE reference AND tvs IS NOT NULL AND NOT EXISTS (SELECT 1 FROM deposes)
),
reunis AS (
    SELECT * FROM deposes
    UNION ALL
    SELECT * FROM publies
)
SELECT r.millesime, r.revision, r.commune_publiee, c.commune, r.tvs, r.tvs_libelle, r.source
FROM reunis AS r
LEFT JOIN core.communes_publiees AS c USING (commune_publiee)
QUALIFY row_number() OVER (PARTITION BY r.commune_publiee ORDER BY r.tvs) = 1
