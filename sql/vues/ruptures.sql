-- Ruptures de séries connues : ce qui a changé, et si les années se comparent au travers.
-- Grain : source, annee, profession, rupture
-- Source : reference.ruptures
-- Publication : interne
SELECT *
FROM reference.ruptures
ORDER BY source, annee, profession, rupture
