-- Rapprochements de l'édition, selon leur nature et leur résultat.
-- Grain : nature, rapprochement, source, millesime, resultat, explication
-- Source : qualite.rapprochements
-- Vide : Aucun.
-- Colonnes :
--   nature « Nature »
--   rapprochement « Rapprochement »
--   source « Source »
--   millesime « Millésime » year (vide : rien)
--   resultat « Résultat »
--   nombre « Nombre » n0 : rapprochements
--   explication « Explication » text (vide : rien)
SELECT
    nature, rapprochement, source, millesime, resultat, count(*)::INTEGER AS nombre,
    CASE WHEN resultat = 'écart expliqué' OR rapprochement = 'chiffre_publie' THEN explication END AS explication
FROM qualite.rapprochements
GROUP BY ALL
ORDER BY ALL
