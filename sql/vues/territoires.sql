-- Territoires de la publication : sa région, ses départements, leurs arrondissements, et la France pour comparer.
-- Grain : niveau, code
-- Source : reference.territoires
-- Publication : interne
-- Note : `territoire` nomme un territoire dans les adresses des pages et relie les vues entre elles.
-- Colonnes :
--   territoire : niveau et code d'un territoire, tels que dans l'adresse de sa page
--   territoire_libelle « Territoire » : nom du territoire
--   rang : ordre des niveaux dans les tableaux : départements, arrondissements, région, France
--   adresse : adresse de la page du territoire ; vide pour la France, qui n'en a pas
--   parent : territoire qui contient celui-ci, parmi ceux qui ont une page
--   parent_libelle : nom de ce territoire
--   parent_adresse : adresse de sa page
WITH region AS (
    SELECT region AS code FROM vues.publication
),
retenus AS (
    SELECT t.niveau, t.code, t.libelle, t.departement
    FROM reference.territoires AS t, region AS r
    WHERE (t.niveau = 'region' AND t.code = r.code)
        OR (t.niveau = 'departement' AND t.regions = r.code)
        OR (t.niveau = 'arrondissement' AND list_contains(string_split(t.regions, ' '), r.code))
        OR t.niveau = 'france'
),
nommes AS (
    SELECT
        niveau || '-' || regexp_replace(lower(code), '[^a-z0-9]+', '-', 'g') AS territoire,
        niveau, code, libelle AS territoire_libelle,
        CASE niveau WHEN 'departement' THEN 1 WHEN 'arrondissement' THEN 2 WHEN 'region' THEN 3 ELSE 4 END AS rang,
        CASE niveau
            WHEN 'departement' THEN 'region-' || (SELECT code FROM region)
            WHEN 'arrondissement' THEN 'departement-' || lower(departement)
        END AS parent
    FROM retenus
)
SELECT
    n.territoire, n.niveau, n.code, n.territoire_libelle, n.rang,
    CASE WHEN n.niveau <> 'france' THEN 'pages/' || n.territoire || '.html' END AS adresse,
    n.parent, p.territoire_libelle AS parent_libelle, 'pages/' || p.territoire || '.html' AS parent_adresse
FROM nommes AS n
LEFT JOIN nommes AS p ON p.territoire = n.parent
ORDER BY n.rang, n.code
