-- Activités de chaque établissement social ou médico-social : discipline, mode de fonctionnement, clientèle, places.
-- Grain : code, discipline, activite, clientele
-- Source : core.equipements_sociaux, core.esms, vues.esms
-- Note : Places au {date_places}. Les places autorisées ne sont pas toutes ouvertes.
-- Non reçu : Ni les activités de FINESS+, ni l'extraction des équipements sociaux de FINESS n'ont été reçues.
-- Colonnes :
--   code : numéro FINESS de l'établissement
--   discipline_libelle « Activité » : discipline d'équipement
--   activite_libelle « Mode » : mode de fonctionnement
--   clientele_libelle « Clientèle » : clientèle
--   places « Places » n0 [places] : places installées
--   places_statut : pourquoi le nombre est vide
--   places_autorisees « Autorisées » n0 [places] (vide : nd) : places autorisées
--   date_places : date de l'extraction
SELECT
    v.code, a.discipline, a.discipline_libelle, a.activite, a.activite_libelle, a.clientele, a.clientele_libelle,
    a.places, a.places_statut, a.places_autorisees, v.date_places, a.source
FROM core.equipements_sociaux AS a
JOIN core.esms AS e ON e.finess = a.finess AND e.date_places = a.date_situation
JOIN vues.esms AS v ON v.code = a.finess
WHERE NOT a.supprimee
ORDER BY v.code, a.places DESC NULLS LAST, a.discipline, a.activite, a.clientele
