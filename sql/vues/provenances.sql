-- Sources de chaque table de la publication, celles que l'édition n'a pas, et pourquoi la table serait vide.
-- Grain : objet
-- Source : reference.sources, reference.millesimes
-- Publication : interne
-- Note : les tables et leurs sources sont celles que la publication lit de sql/ (variable « tables »).
-- Colonnes :
--   objet : table
--   sources : sources de la table, au catalogue de l'atlas, entre espaces
--   absentes : celles dont l'édition n'a accepté aucun millésime, entre espaces ; vide s'il n'en manque pas
--   motif : pourquoi la table n'aurait pas de ligne
WITH lues AS (
    SELECT unnest(getvariable('tables'), recursive := true)
),
manquantes AS (
    SELECT l.objet, s.source, s.restreint, s.titre
    FROM (SELECT objet, unnest(sources) AS source FROM lues) AS l
    JOIN reference.sources AS s USING (source)
    WHERE s.source NOT IN (SELECT source FROM reference.millesimes WHERE statut = 'accepté')
),
dites AS (
    SELECT
        objet, string_agg(source, ' ' ORDER BY source) AS absentes, count(*) AS nombre,
        string_agg(titre || CASE WHEN restreint THEN ' (source restreinte)' ELSE '' END, ' ; ' ORDER BY source) AS titres
    FROM manquantes
    GROUP BY objet
)
SELECT
    l.objet, array_to_string(l.sources, ' ') AS sources, d.absentes,
    CASE
        WHEN d.nombre = 1 THEN 'une source manque à cette édition : ' || d.titres
        WHEN d.nombre > 1 THEN d.nombre || ' sources manquent à cette édition : ' || d.titres
        ELSE 'ses sources sont dans l’édition, et n’y ont pas de ligne pour cette région'
    END AS motif
FROM lues AS l
LEFT JOIN dites AS d USING (objet)
ORDER BY l.objet
