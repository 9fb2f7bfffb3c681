-- Zone de chaque commune, ou arrondissement municipal, selon les arrêtés de zonage, profession par profession, avec ses dates de validité.
-- Grain : millesime, profession, niveau_publie, code_publie, lieu, valide_du
-- Source : arrêtés de zonage des agences régionales de santé (contrat de données) ; composition des territoires de vie-santé (core.territoires_vie_sante)
-- Publication : commune
-- Note : une ligne de territoire de vie-santé donne une ligne par commune du territoire ; une ligne de commune l'emporte sur elle. Un territoire inconnu reste, sans commune. Les quartiers prioritaires n'y sont pas.
-- Colonnes :
--   profession : profession zonée (reference.professions) ; medecin pour les médecins généralistes
--   niveau_publie : commune, ou tvs (territoire de vie-santé)
--   code_publie : code tel que publié
--   zone : ZIP, ZAC, ZAR, ZV, HV, HZ (médecins) ; TSD, SD, INT, TD, SURD, NP (autres professions) ; vide pour une ligne écartée
--   arrete : référence de l'arrêté
--   date_arrete : date de l'arrêté
--   valide_du : premier jour de validité
--   valide_au : dernier jour de validité ; vide tant que l'arrêté est en vigueur
WITH territoires AS (
    SELECT 'tvs' AS niveau, tvs AS code, commune_publiee AS commune FROM core.territoires_vie_sante
    UNION ALL
    SELECT 'commune', commune_publiee, commune_publiee FROM core.communes_publiees
)
SELECT DISTINCT
    z.millesime, z.revision, z.reference, z.profession, z.niveau AS niveau_publie, z.code AS code_publie,
    CASE WHEN c.arrondissement_municipal IS NULL THEN c.commune ELSE c.commune_publiee END AS lieu, c.commune,
    z.zone, z.arrete, z.date_arrete, z.valide_du, z.valide_au
FROM staging.zonage_arretes AS z
LEFT JOIN territoires AS t
    ON t.niveau = z.niveau AND t.code = CASE z.niveau WHEN 'commune' THEN code_commune(z.code) ELSE z.code END
LEFT JOIN core.communes_publiees AS c ON c.commune_publiee = t.commune
