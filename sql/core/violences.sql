-- Signalements de violences envers les professionnels de santé, tels que déposés.
-- Grain : millesime, annee, departement_publie, milieu, nature
-- Source : agence, d'après l'Observatoire national des violences en santé (contrat de données)
-- Publication : region
-- Colonnes :
--   departement_publie : département tel que déposé
--   milieu : établissements de santé, médico-social ou ville
--   nature : atteintes aux personnes, ou aux biens
--   signalements [signalements] : signalements reçus
--   signalements_statut : publié, secret, nd, sans objet, vide
--   graves [signalements] : dont niveaux 3 et 4
--   graves_statut : publié, secret, nd, sans objet, vide
--   declarants [établissements] : établissements, ou professionnels en ville, qui ont signalé
--   declarants_statut : publié, secret, nd, sans objet, vide
SELECT
    v.annee, v.millesime, v.revision, v.reference, v.departement AS departement_publie, d.code AS departement,
    d.regions AS region, v.milieu, v.nature, v.signalements, v.signalements_statut, v.graves, v.graves_statut,
    v.declarants, v.declarants_statut
FROM staging.violences AS v
LEFT JOIN core.decoupages AS d ON d.niveau = 'departement' AND d.code = code_departement(v.departement)
