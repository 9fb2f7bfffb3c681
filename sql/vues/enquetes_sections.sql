-- Autres enquêtes de l'agence : leurs parties, et combien d'établissements ont répondu.
-- Grain : enquete, section
-- Source : vues.enquetes, reference.sources
-- Publication : interne
-- Colonnes :
--   enquete_titre : titre de l'enquête
--   premiere : première partie de l'enquête
--   repondants n0 : établissements qui ont répondu
--   attendus n0 : établissements interrogés
WITH reponses AS (
    SELECT enquete, max(repondants) AS repondants, arg_max(attendus, repondants) AS attendus
    FROM vues.enquetes
    GROUP BY enquete
)
SELECT
    s.titre AS enquete_titre, e.enquete, e.section, e.section_titre, e.annee, r.repondants, r.attendus, c.citation,
    min(e.ordre) = min(min(e.ordre)) OVER (PARTITION BY e.enquete) AS premiere
FROM vues.enquetes AS e
JOIN reponses AS r USING (enquete)
JOIN reference.sources AS s ON s.source = e.enquete
JOIN vues.sources AS c ON c.source = e.enquete
GROUP BY s.titre, e.enquete, e.section, e.section_titre, e.annee, r.repondants, r.attendus, c.citation
ORDER BY e.enquete, min(e.ordre)
