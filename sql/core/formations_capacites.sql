-- Capacités d'accueil des universités en médecine, pharmacie, odontologie et maïeutique, telles que déclarées.
-- Grain : millesime, annee, universite, profession, cycle
-- Source : universités et agences régionales de santé (contrat de données)
-- Publication : region
-- Colonnes :
--   uai : code UAI de l'université, s'il est connu
--   universite : université
--   region_publiee : région, code tel que publié
--   cycle : cycle d'études, 2 ou 3
--   capacite [places] : places offertes en première année du cycle
--   capacite_statut : publié, secret, nd, sans objet, vide
SELECT
    f.annee, f.millesime, f.revision, f.reference, f.uai, f.universite, f.region AS region_publiee, d.code AS region,
    f.profession, f.cycle, f.capacite, f.capacite_statut
FROM staging.formations_capacites AS f
LEFT JOIN core.decoupages AS d ON d.niveau = 'region' AND d.code = code_region(f.region)
