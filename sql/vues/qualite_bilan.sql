-- Bilan des contrôles, par sévérité.
-- Grain : severite
-- Source : qualite.controles
-- Colonnes :
--   severite « Sévérité » : ce que vaut un échec
--   reussis « Réussis » n0 : contrôles réussis
--   echecs « Ont trouvé quelque chose » n0 : contrôles qui ont trouvé ce qu'ils cherchent : un avertissement n'arrête rien, une information n'est pas une faute
SELECT severite, count(*) FILTER (reussi)::INTEGER AS reussis, count(*) FILTER (NOT reussi)::INTEGER AS echecs
FROM qualite.controles
GROUP BY severite
ORDER BY severite
