-- Cellules qui manquent : celles que la lecture ou un contrôle a vidées, et celles des lignes écartées dont la clé se lit, à sa place près.
-- Grain : source, millesime, revision, table_source, fichier, ligne, colonne
-- Source : mise en forme et contrôles des extraits
-- Publication : interne
-- Note : où une case vide vaut zéro (SAE), une case vidée n'en est pas un. Une ligne écartée dont la clé se lit, à sa place près, est de nouveau dans la table mise en forme, sans ses nombres. Les raisons sont dans qualite.quarantaine.
-- Vide : aucune cellule n'a été vidée
-- Colonnes :
--   table_source : table de l'extrait
--   fichier : fichier, et feuille entre crochets
--   ligne : ligne du fichier
--   colonne : colonne de la table mise en forme
SELECT DISTINCT source, millesime, revision, "table" AS table_source, fichier, ligne, colonne
FROM staging.quarantaine
WHERE colonne <> ''
UNION
SELECT source, millesime, revision, "table", fichier, ligne, colonne FROM staging.lacunes
