-- Territoires que les sources nomment et que la géographie de l'édition ne connaît pas.
-- Grain : source, millesime, niveau, code_publie, fichier
-- Source : qualite.territoires_inconnus
-- Publication : interne
-- Vide : Aucun.
-- Colonnes :
--   source « Source »
--   millesime « Millésime » year
--   niveau « Niveau »
--   code_publie « Code publié »
--   lignes « Lignes » n0
--   premiere « Première ligne » : fichier et première ligne
SELECT
    source, millesime, niveau, code_publie, lignes, fichier || ', ligne ' || premiere_ligne AS premiere, fichier,
    premiere_ligne
FROM qualite.territoires_inconnus
ORDER BY source, millesime, niveau, code_publie, fichier
