-- Indicateurs qui ont une ligne au moins dans chaque table de la publication qui les nomme.
-- Grain : objet, indicateur
-- Source : atlas.besoins, atlas.departs, atlas.indicateurs, atlas.recrutement, atlas.ressources_humaines, atlas.ressources_humaines_esms, atlas.tension_indicateurs, fiches.pairs
-- Publication : interne
-- Colonnes :
--   indicateur : indicateur qui a une ligne dans la table
--   objet : table
SELECT DISTINCT 'atlas.besoins' AS objet, indicateur FROM atlas.besoins
UNION
SELECT 'atlas.departs', indicateur FROM atlas.departs
UNION
SELECT 'atlas.indicateurs', indicateur FROM atlas.indicateurs
UNION
SELECT 'atlas.recrutement', indicateur FROM atlas.recrutement
UNION
SELECT 'atlas.ressources_humaines', indicateur FROM atlas.ressources_humaines
UNION
SELECT 'atlas.ressources_humaines_esms', indicateur FROM atlas.ressources_humaines_esms
UNION
SELECT 'atlas.tension_indicateurs', indicateur FROM atlas.tension_indicateurs
UNION
SELECT 'fiches.pairs', indicateur FROM fiches.pairs
ORDER BY objet, indicateur
