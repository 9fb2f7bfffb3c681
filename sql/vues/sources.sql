-- Sources de l'édition, telles que les pages les citent.
-- Grain : source
-- Source : reference.sources, reference.millesimes
-- Publication : interne
-- Colonnes :
--   citation : producteur, par ses initiales s'il en a, puis titre du jeu de données
--   producteur_court : producteur, par ses initiales s'il en a
--   presente : l'édition en a un millésime
WITH nommees AS (
    SELECT
        source, titre,
        coalesce(
            nullif(regexp_extract(producteur, '\(([A-Z][\w'' -]{1,14})\)', 1), ''),
            producteur
        ) AS producteur_court
    FROM reference.sources
)
SELECT
    source, producteur_court || ', ' || titre AS citation, producteur_court,
    source IN (SELECT source FROM reference.millesimes) AS presente
FROM nommees
ORDER BY source
