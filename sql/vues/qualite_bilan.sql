-- Bilan des contrôles, par sévérité.
-- Grain : severite
-- Source : qualite.controles
-- Colonnes :
--   severite « Sévérité » : ce que vaut un échec
--   reussis « Réussis » n0 : contrôles réussis
--   echecs « En échec » n0 : contrôles en échec
SELECT severite, count(*) FILTER (reussi)::INTEGER AS reussis, count(*) FILTER (NOT reussi)::INTEGER AS echecs
FROM qualite.controles
GROUP BY severite
ORDER BY severite
