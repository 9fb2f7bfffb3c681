-- Part de la population âgée ou malade par territoire, dernière année observée de chaque indicateur, à côté de la France.
-- Grain : indicateur, niveau, code
-- Source : vues.besoins
-- Colonnes :
--   territoire_libelle « Territoire »
--   indicateur_libelle « Indicateur »
--   annee « Année » year
--   valeur « Valeur » pct1 [part] : part
--   france « France » pct1 [part] : part en France, de même source et de même année
SELECT *
FROM vues.besoins
WHERE starts_with(indicateur, 'part')
ORDER BY indicateur, territoire
