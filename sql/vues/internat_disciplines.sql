-- Postes d'interne offerts et pourvus dans la région, par discipline, {annee}.
-- Grain : discipline
-- Source : vues.internat
-- Vide : Les arrêtés d'ouverture de postes n'ont pas été reçus.
-- Colonnes :
--   discipline « Discipline »
--   specialites « Spécialités » n0 : spécialités de la discipline dont des postes sont offerts
--   postes « Postes offerts » n0 [postes] : postes offerts
--   pourvus « Pourvus » n0 [postes] (vide : nd) : postes pourvus ; vides dès qu'une spécialité ne les donne pas
--   valeur « Part pourvue » pct0 [part] (vide : nd) : part des postes pourvus
SELECT
    discipline, count(*)::INTEGER AS specialites, sum(postes)::INTEGER AS postes,
    CASE WHEN count(pourvus) = count(*) THEN sum(pourvus)::INTEGER END AS pourvus,
    CASE WHEN count(pourvus) = count(*) AND sum(postes) > 0
        THEN (sum(pourvus)::DECIMAL(18, 4) / sum(postes))::DECIMAL(18, 6) END AS valeur,
    min(annee) AS annee
FROM vues.internat
WHERE discipline IS NOT NULL
GROUP BY discipline
ORDER BY discipline
