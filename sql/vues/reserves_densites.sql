-- Pourquoi les densités d'une profession ne se comparent pas à celles de la France.
-- Grain : profession, reserve
-- Source : vues.densites
-- Publication : interne
SELECT DISTINCT profession, reserve
FROM vues.densites
WHERE reserve IS NOT NULL
ORDER BY profession, reserve
