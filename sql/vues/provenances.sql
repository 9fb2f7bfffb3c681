-- Sources de chaque table de la publication, celles que l'édition n'a pas, et pourquoi la table serait vide.
-- Grain : objet
-- Source : vues.sources, reference.sources
-- Publication : interne
-- Note : les tables et leurs sources sont celles que la publication lit de sql/ (variable « tables »).
-- Colonnes :
--   objet : table
--   sources : sources de la table, au catalogue de l'atlas, entre espaces
--   motif : pourquoi la table n'aurait pas de ligne
--   recue : l'édition a l'une au moins des sources de la table, la géographie mise à part
WITH lues AS (
    SELECT unnest(getvariable('tables'), recursive := true)
),
paires AS (
    SELECT objet, unnest(sources) AS source
    FROM lues
),
connues AS (
    SELECT
        p.objet, p.source, s.presente,
        s.citation || CASE WHEN r.restreint THEN ' (source restreinte)' ELSE '' END AS citation,
        -- Nearly every table reads the geography: what only it lacks leaves no table empty.
        p.source IN (SELECT source FROM paires WHERE objet = 'reference.territoires') AS geographie
    FROM paires AS p
    JOIN vues.sources AS s USING (source)
    JOIN reference.sources AS r USING (source)
),
recues AS (
    SELECT objet, bool_or(presente) AS recue
    FROM (FROM connues QUALIFY geographie = bool_and(geographie) OVER (PARTITION BY objet))
    GROUP BY objet
),
manquantes AS (
    SELECT objet, source, citation, geographie
    FROM connues
    WHERE NOT presente
),
propres AS (
    SELECT *
    FROM manquantes
    QUALIFY geographie = bool_and(geographie) OVER (PARTITION BY objet)
),
dites AS (
    SELECT objet, count(*) AS nombre, string_agg(citation, ' ; ' ORDER BY source) AS citations
    FROM propres
    GROUP BY objet
)
SELECT
    l.objet, array_to_string(l.sources, ' ') AS sources,
    CASE
        WHEN d.nombre = 1 THEN 'une source manque à cette édition : ' || d.citations
        WHEN d.nombre > 1 THEN d.nombre || ' sources manquent à cette édition : ' || d.citations
        ELSE 'ses sources sont dans l’édition, et n’y ont pas de ligne pour cette région'
    END AS motif,
    coalesce(r.recue, true) AS recue
FROM lues AS l
LEFT JOIN dites AS d USING (objet)
LEFT JOIN recues AS r USING (objet)
ORDER BY l.objet
