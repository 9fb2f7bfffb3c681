-- Objectifs nationaux pluriannuels de professionnels à former, par formation, région et université, tels qu'arrêtés.
-- Grain : millesime, periode_debut, profession, region_publiee, universite
-- Source : arrêtés fixant les objectifs nationaux pluriannuels (ministères chargés de la santé et de l'enseignement supérieur)
-- Publication : region
-- Colonnes :
--   periode_debut [année] : première année de la période
--   periode_fin [année] : dernière année de la période
--   region_publiee : région, code tel que publié
--   universite : université, telle que l'arrêté la nomme ; vide si l'objectif est celui de la région
--   objectif [personnes] : professionnels à former sur la période
--   seuil_min [personnes] : seuil minimal d'évolution
--   seuil_max [personnes] : seuil maximal d'évolution
--   arrete : arrêté qui fixe l'objectif
SELECT
    m.periode_debut, m.periode_fin, m.millesime, m.revision, m.reference, m.profession,
    m.region AS region_publiee, d.code AS region, m.universite, m.objectif, m.seuil_min, m.seuil_max, m.arrete
FROM staging.mpom AS m
LEFT JOIN core.decoupages AS d ON d.niveau = 'region' AND d.code = code_region(m.region)
