-- Bilan des contrôles de l'édition : combien ont réussi, parmi tous, et combien d'échecs sont critiques.
-- Grain : tous
-- Source : qualite.controles
-- Publication : interne
-- Colonnes :
--   reussis n0 : contrôles réussis
--   tous n0 : contrôles
--   graves n0 : échecs critiques
SELECT
    count(*)::INTEGER AS tous, count(*) FILTER (reussi)::INTEGER AS reussis,
    count(*) FILTER (NOT reussi AND severite = 'critique')::INTEGER AS graves
FROM qualite.controles
ORDER BY tous
