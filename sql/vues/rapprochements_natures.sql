-- Ce qui est rapproché, par nature : combien de nombres sont égaux, combien d'écarts sont expliqués, combien restent à examiner.
-- Grain : nature
-- Source : qualite.rapprochements
-- Note : [Chaque rapprochement](qualite.html#rapprochements).
-- Colonnes :
--   nature « Nature » : ce qui est comparé à quoi
--   nombre « Rapprochements » n0 : rapprochements de cette nature
--   egaux « Égaux » n0 : nombres égaux
--   expliques « Écarts expliqués » n0 : écarts dont la cause est connue
--   ecarts « À examiner » n0 : écarts dont la cause n'est pas connue
SELECT
    nature, count(*)::INTEGER AS nombre,
    count(*) FILTER (resultat = 'égal')::INTEGER AS egaux,
    count(*) FILTER (resultat = 'écart expliqué')::INTEGER AS expliques,
    count(*) FILTER (resultat = 'écart')::INTEGER AS ecarts
FROM qualite.rapprochements
GROUP BY nature
ORDER BY nature
