-- Lignes et cellules des extraits qui ont été écartées, et pourquoi.
-- Grain : source, millesime, table_source, controle, motif
-- Source : qualite.quarantaine
-- Publication : interne
-- Vide : Aucune.
-- Colonnes :
--   source « Source »
--   millesime « Millésime » year
--   table_source « Table »
--   motif « Motif »
--   lignes « Lignes » n0 : lignes écartées, en tout ou pour une de leurs cellules
--   exemple « Exemple » : l'une d'elles
SELECT
    source, millesime, table_source, motif, count(*)::INTEGER AS lignes, min(fichier || ', ligne ' || ligne) AS exemple,
    controle
FROM qualite.quarantaine
GROUP BY ALL
ORDER BY source, millesime, table_source, controle, motif
