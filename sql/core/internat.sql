-- Postes d'interne par spécialité et subdivision, tels que les arrêtés les fixent.
-- Grain : millesime, annee, subdivision, specialite
-- Source : arrêtés annuels (ministères chargés de la santé et de l'enseignement supérieur) ; Centre national de gestion
-- Publication : region
-- Colonnes :
--   subdivision : subdivision d'internat (reference.internat_subdivisions)
--   specialite : diplôme d'études spécialisées (reference.internat_specialites)
--   postes [postes] : postes offerts, CESP compris
--   postes_cesp [postes] : dont postes réservés aux signataires d'un contrat d'engagement de service public
--   pourvus [postes] : postes pourvus, CESP compris ; vides tant qu'ils ne sont pas connus
--   pourvus_statut : publié, secret, nd, sans objet, vide
--   pourvus_cesp [postes] : dont postes pourvus par des signataires d'un CESP
--   arrete : arrêté qui fixe les postes
SELECT
    p.annee, p.millesime, p.revision, p.reference, p.subdivision, s.region, p.specialite,
    p.postes, p.postes_cesp, p.pourvus, p.pourvus_statut, p.pourvus_cesp, p.arrete
FROM staging.internat_postes AS p
LEFT JOIN reference.internat_subdivisions AS s ON s.subdivision = p.subdivision
