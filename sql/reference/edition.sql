-- L'édition : son année, et si ses données sont fictives.
-- Grain : edition
-- Source : verrou de l'édition
-- Publication : nationale
-- Colonnes :
--   edition [année] : année de l'atlas
--   fictif : toutes les données de l'édition sont fictives
SELECT edition, fictif FROM staging.edition
