-- Pourquoi un groupe de professions n'a pas d'indice de tension.
-- Grain : groupe
-- Source : atlas.tension
-- Colonnes :
--   groupe_libelle « Groupe » : nom du groupe de professions
--   motif « Ce qui manque » : ce qui manque, là où l'on en sait le plus
--   poids « Poids connu » pct0 [part] : poids des indicateurs connus
SELECT
    g.libelle AS groupe_libelle, arg_max(i.motif, i.poids_present) AS motif, max(i.poids_present) AS poids, i.groupe
FROM atlas.tension AS i
JOIN vues.territoires AS t USING (niveau, code)
JOIN reference.groupes_tension AS g USING (groupe)
GROUP BY g.libelle, i.groupe
HAVING count(i.score) = 0
ORDER BY i.groupe
