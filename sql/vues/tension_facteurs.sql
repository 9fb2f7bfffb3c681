-- Ce qu'un seul facteur explique des dimensions de l'indice de tension.
-- Grain : groupe, facteur
-- Source : atlas.tension_facteurs, atlas.tension
-- Vide : Aucun groupe n'a d'indice.
-- Note : Composantes principales des rangs, sur les départements qui ont toutes les dimensions.
-- Colonnes :
--   groupe_libelle : nom du groupe de professions
--   facteur « Facteur » n0 : rang du facteur, 1 pour celui qui explique le plus
--   part « Explique » pct0 [part] : part de ce qui distingue les départements
--   cumul « Avec les précédents » pct0 [part] : la même, avec les facteurs qui précèdent
--   territoires « Départements » n0 : départements qui ont toutes les dimensions
SELECT g.libelle AS groupe_libelle, f.facteur, f.part, f.cumul, f.territoires, f.groupe
FROM atlas.tension_facteurs AS f
JOIN reference.groupes_tension AS g USING (groupe)
WHERE f.groupe IN (SELECT groupe FROM atlas.tension WHERE rang IS NOT NULL)
ORDER BY g.ordre, f.facteur
