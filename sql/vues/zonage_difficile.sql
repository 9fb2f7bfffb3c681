-- Habitants qui vivent là où l'accès aux professionnels est difficile : en ZIP ou en ZAC pour les généralistes.
-- Grain : profession, niveau, code
-- Source : vues.zonage
-- Colonnes :
--   territoire_libelle « Territoire »
--   profession_libelle : nom de la profession
--   valeur « Part de la population » pct0 [part] : part des habitants
--   habitants « Habitants concernés » n0 [habitants] : habitants
WITH sommes AS (
    SELECT
        territoire_libelle, profession_libelle, annee, profession, territoire, niveau, code,
        -- Where no zone is difficult, nobody lives in one.
        CASE WHEN bool_or(difficile) THEN sum(valeur) FILTER (difficile) ELSE 0 END AS valeur,
        CASE WHEN bool_or(difficile) THEN sum(population) FILTER (difficile) ELSE 0 END::INTEGER AS habitants,
        bool_or(statut <> 'calculé') AS partiel,
        array_to_string(list_sort(list_distinct(string_split(string_agg(sources, ' ' ORDER BY sources), ' '))), ' ')
            AS sources
    FROM vues.zonage
    GROUP BY territoire_libelle, profession_libelle, annee, profession, territoire, niveau, code
    -- Where no commune has a zone, nothing is known.
    HAVING bool_or(degre IS NOT NULL)
)
SELECT
    territoire_libelle, profession_libelle, annee, valeur, habitants, profession, territoire, niveau, code, sources,
    CASE WHEN valeur IS NULL THEN 'nd' WHEN partiel THEN 'partiel' ELSE 'calculé' END AS statut,
    'pages/' || territoire || '.html' AS lien
FROM sommes
ORDER BY profession, niveau, code
