-- Natures des alertes : combien, et combien sont à examiner d'abord.
-- Grain : nature
-- Source : vues.qualite_alertes
-- Publication : interne
-- Colonnes :
--   titre : nature, en tête de phrase
--   alertes n0 : alertes de cette nature
--   fortes n0 : alertes à examiner d'abord ; vide où il n'y en a pas
SELECT DISTINCT nature, upper(left(nature, 1)) || substr(nature, 2) AS titre, alertes, nullif(fortes, 0) AS fortes
FROM vues.qualite_alertes
ORDER BY nature
