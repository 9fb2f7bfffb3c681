-- Postes d'interne offerts et pourvus dans la région, par discipline, {annee}.
-- Grain : discipline
-- Source : vues.internat
-- Non reçu : Les arrêtés d'ouverture de postes n'ont pas été reçus.
-- Colonnes :
--   discipline « Discipline »
--   specialites « Spécialités » n0 : spécialités de la discipline dont des postes sont offerts
--   postes « Postes offerts » n0 [postes] : postes offerts
--   pourvus « Pourvus » n0 [postes] : postes pourvus ; vides dès qu'une spécialité ne les donne pas
--   pourvus_statut : pourquoi ils sont vides, ou partiels
--   valeur « Part pourvue » pct0 [part] : part des postes pourvus
--   valeur_statut : pourquoi elle est vide, ou partielle
WITH sommes AS (
    SELECT
        discipline, count(*)::INTEGER AS specialites, sum(postes)::INTEGER AS postes,
        CASE WHEN count(pourvus) = count(*) THEN sum(pourvus)::INTEGER END AS pourvus, min(annee) AS annee,
        CASE
            WHEN count(postes) = 0 THEN 'nd'
            WHEN count(postes) < count(*) OR bool_or(statut = 'partiel') THEN 'partiel'
            ELSE 'calculé'
        END AS statut
    FROM vues.internat
    WHERE discipline IS NOT NULL
    GROUP BY discipline
)
SELECT
    discipline, specialites, postes, pourvus, CASE WHEN pourvus IS NULL THEN 'nd' ELSE statut END AS pourvus_statut,
    CASE WHEN postes > 0 THEN (pourvus::DECIMAL(18, 4) / postes)::DECIMAL(18, 6) END AS valeur,
    CASE WHEN postes > 0 AND pourvus IS NOT NULL THEN statut ELSE 'nd' END AS valeur_statut, annee, statut
FROM sommes
ORDER BY discipline
