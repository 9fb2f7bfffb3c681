-- Postes ouverts et pourvus de praticiens à diplôme hors Union européenne, tels que déposés.
-- Grain : millesime, annee, voie, profession, specialite, region_publiee
-- Source : arrêtés (ministère chargé de la santé), Centre national de gestion, agence (contrat de données)
-- Publication : region
-- Colonnes :
--   voie : EVC, EVC interne ou attestation (exercice provisoire)
--   specialite : spécialité telle que l'arrêté la nomme
--   region_publiee : région telle que déposée
--   postes [postes] : postes ouverts
--   postes_statut : publié, secret, nd, sans objet, vide
--   affectes [personnes] : praticiens affectés
--   affectes_statut : publié, secret, nd, sans objet, vide
--   arrete : arrêté qui fixe les postes
SELECT
    p.annee, p.millesime, p.revision, p.reference, p.voie, p.profession, p.specialite, p.region AS region_publiee,
    d.code AS region, p.postes, p.postes_statut, p.affectes, p.affectes_statut, p.arrete
FROM staging.postes_padhue AS p
LEFT JOIN core.decoupages AS d ON d.niveau = 'region' AND d.code = code_region(p.region)
