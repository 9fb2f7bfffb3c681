-- Établissements de la région qui ont répondu à la campagne sur les ressources humaines.
-- Grain : annee
-- Source : vues.rh_indicateurs
-- Publication : interne
SELECT annee, repondants, attendus, couverture
FROM vues.rh_indicateurs
WHERE derniere
QUALIFY row_number() OVER (ORDER BY repondants DESC, indicateur) = 1
ORDER BY annee
