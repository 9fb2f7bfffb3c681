-- Rangs d'un territoire dans le tableau des tensions, en une phrase par profession : une mesure par dimension.
-- Grain : profession, niveau, code
-- Source : vues.tension_professions
-- Publication : interne
-- Colonnes :
--   rangs « Rang de tension, par dimension » : rang 1 pour le plus tendu, et parmi combien de territoires de métropole
SELECT
    profession, niveau, code,
    string_agg(dimension_libelle || ' : ' || rang_en_mots, ' ; ' ORDER BY ordre) AS rangs
FROM vues.tension_professions
WHERE premier AND rang IS NOT NULL
GROUP BY profession, niveau, code
ORDER BY profession, niveau, code
