-- Rangs de tension des départements de la région, les plus tendus d'abord.
-- Grain : groupe, niveau, code
-- Source : vues.tension
-- Colonnes :
--   territoire_libelle « Département »
--   groupe_libelle : nom du groupe de professions
--   score « Indice » n0 [de 0 à 100] : indice
--   score_geometrique « Indice, moyenne géométrique » n0 [de 0 à 100] : le même, par moyenne géométrique
--   rang « Rang » n0 : rang, 1 pour le plus tendu
--   rang_bas « Meilleur rang plausible » n0 : meilleur rang plausible
--   rang_haut « Pire rang plausible » n0 : pire rang plausible
--   rang_ordinal : rang, en ordinal
SELECT
    territoire, niveau, code, territoire_libelle, groupe, groupe_libelle, score, score_geometrique, rang, rang_bas,
    rang_haut,
    CASE rang WHEN 1 THEN '1er' ELSE rang || 'ᵉ' END AS rang_ordinal, territoires_classes, lien
FROM vues.tension
WHERE rang IS NOT NULL
ORDER BY groupe, rang, code
