-- Lignes écartées des extraits, avec leur raison : elles n'entrent dans aucun mart.
-- Grain : source, millesime, revision, table_source, fichier, ligne, controle, contenu
-- Source : mise en forme et contrôles des extraits
-- Publication : nationale
-- Colonnes :
--   table_source : table de l'extrait
--   fichier : fichier, et feuille entre crochets
--   ligne : ligne du fichier
--   controle : contrôle en échec
--   motif : raison
--   contenu : contenu de la ligne
SELECT DISTINCT source, millesime, revision, "table" AS table_source, fichier, ligne, controle, motif, contenu
FROM staging.quarantaine
