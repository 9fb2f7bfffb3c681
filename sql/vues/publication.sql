-- La publication : son édition, sa région, et si ses données sont fictives.
-- Grain : edition
-- Source : reference.edition, reference.territoires
-- Publication : interne
-- Colonnes :
--   edition [année] : année de l'atlas
--   region : région de la publication, code officiel
--   region_libelle : nom de la région
--   fictif : toutes les données sont fictives
SELECT e.edition, t.code AS region, t.libelle AS region_libelle, e.fictif
FROM reference.edition AS e
JOIN reference.territoires AS t ON t.niveau = 'region' AND t.code = getvariable('region')
