-- Métiers en 2030 par famille professionnelle et région : emploi, départs en fin de carrière, débutants, postes à pourvoir.
-- Grain : millesime, fap, code
-- Source : Les métiers en 2030 (DARES, France Stratégie), classeur régional ou son réexport
-- Publication : territoire
-- Note : projections de 2019 à 2030, en milliers de personnes ; les débutants sont comptés négativement. La région est reconnue par son nom.
-- Colonnes :
--   fap : famille professionnelle (FAP 2009, 87 familles ; réunies par « ; » où la source les réunit)
--   region_publiee : région telle que publiée
--   emploi_2019 [milliers de personnes] : emploi en 2019
--   creations [milliers de personnes] : créations nettes d'emploi de 2019 à 2030
--   departs_fin_carriere [milliers de personnes] : départs en fin de carrière de 2019 à 2030
--   jeunes_debutants [milliers de personnes] : jeunes débutants, comptés négativement
--   mobilites [milliers de personnes] : solde des mobilités entre régions
--   desequilibre [milliers de personnes] : déséquilibre partiel
--   postes_a_pourvoir [milliers de personnes] : créations et départs
--   tension_2019 [note de 1 à 5] : tension en 2019 ; vide hors du champ
WITH regions AS (
    SELECT code, libelle, cle_lieu(libelle) AS cle
    FROM core.decoupages
    WHERE niveau = 'region'
)
SELECT
    m.millesime, m.revision, m.reference, 2019 AS annee, m.fap, m.fap_libelle,
    CASE WHEN r.code IS NOT NULL THEN 'region' END AS niveau,
    coalesce(r.code, 'inconnu: ' || m.region_libelle) AS code,
    m.region_libelle AS region_publiee,
    m.effectifs_2019_milliers AS emploi_2019,
    m.creations_destructions_milliers AS creations,
    m.departs_fin_carriere_milliers AS departs_fin_carriere,
    m.jeunes_debutants_milliers AS jeunes_debutants,
    m.solde_mobilites_inter_regions_milliers AS mobilites,
    m.desequilibre_milliers AS desequilibre,
    m.postes_a_pourvoir_milliers AS postes_a_pourvoir,
    m.tension_2019
FROM staging.dares_metiers_2030 AS m
LEFT JOIN regions AS r ON r.cle = cle_lieu(m.region_libelle)
