-- Groupes de professions qui ont un indice de tension dans un département au moins de la publication.
-- Grain : groupe
-- Source : vues.tension
-- Publication : interne
SELECT DISTINCT groupe, groupe_libelle
FROM vues.tension
WHERE score IS NOT NULL
ORDER BY groupe
