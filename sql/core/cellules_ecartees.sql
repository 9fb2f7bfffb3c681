-- Cellules que la lecture ou un contrôle a vidées : leur ligne est restée, leur nombre n'est pas connu.
-- Grain : source, millesime, revision, table_source, fichier, ligne, colonne
-- Source : mise en forme et contrôles des extraits
-- Publication : interne
-- Note : où une case vide vaut zéro (SAE), une case vidée n'en est pas un. Les raisons sont dans qualite.quarantaine.
-- Vide : aucune cellule n'a été vidée
-- Colonnes :
--   table_source : table de l'extrait
--   fichier : fichier, et feuille entre crochets
--   ligne : ligne du fichier
--   colonne : colonne de la table mise en forme
SELECT DISTINCT source, millesime, revision, "table" AS table_source, fichier, ligne, colonne
FROM staging.quarantaine
WHERE colonne <> ''
