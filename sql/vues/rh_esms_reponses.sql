-- Établissements sociaux et médico-sociaux de la région qui ont répondu à la campagne.
-- Grain : annee
-- Source : vues.rh_esms
-- Publication : interne
SELECT annee, repondants, attendus, couverture
FROM vues.rh_esms
WHERE niveau = 'region' AND categorie = 'ensemble'
QUALIFY row_number() OVER (ORDER BY repondants DESC, indicateur, fonction) = 1
ORDER BY annee
