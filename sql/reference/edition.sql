-- L'édition : son année, son verrou, et si ses données sont fictives.
-- Grain : edition
-- Source : verrou de l'édition
-- Publication : nationale
-- Colonnes :
--   edition [année] : année de l'atlas
--   fictif : toutes les données de l'édition sont fictives
--   commit : version du code au jour du verrou
--   uv_lock : empreinte (sha256) des versions de bibliothèques au jour du verrou
SELECT edition, fictif, commit, uv_lock FROM staging.edition
