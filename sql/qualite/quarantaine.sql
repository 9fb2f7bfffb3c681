-- Lignes et cellules écartées des extraits, avec leur raison : une ligne écartée n'entre dans aucun mart, une cellule écartée est vide.
-- Grain : source, millesime, revision, table_source, fichier, ligne, colonne, controle, contenu
-- Source : mise en forme et contrôles des extraits
-- Publication : nationale
-- Colonnes :
--   table_source : table de l'extrait
--   fichier : fichier, et feuille entre crochets
--   ligne : ligne du fichier
--   controle : contrôle en échec
--   motif : raison
--   contenu : contenu de la ligne ; de la cellule, avec la clé de sa ligne
--   colonne : colonne de la cellule écartée ; vide ('') quand toute la ligne l'est
SELECT DISTINCT source, millesime, revision, "table" AS table_source, fichier, ligne, controle, motif, contenu,
    colonne
FROM staging.quarantaine
