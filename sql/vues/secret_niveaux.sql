-- Niveaux dont rien n'est publié, aucune année, parce que trop de leurs cases seraient cachées.
-- Grain : tableau, enquete, niveau, detail
-- Source : vues.secret_cases
-- Vide : Tous les niveaux sont publiés.
-- Note : toutes les années et toutes les régions sont jugées ensemble. Ce qui est moins fin, le département ou la région, est publié à sa place ; il en montre davantage.
-- Colonnes :
--   tableau_libelle « Table » : table protégée
--   enquete « Enquête ou caisse » : enquête, au catalogue de l'atlas, ou caisse de retraite
--   niveau_libelle « Niveau » : niveau du territoire
--   detail « Lignes » : ensemble, ou détail (par catégorie, par ligne d'un tableau)
--   part_tenue « Montrables » pct0 [part] : part des cases qui pourraient être montrées, la pire année
--   part_minimale « Demandé » pct0 [part] : part sous laquelle le niveau n'est publié aucune année
--   annees « Années » : années dont le niveau n'est pas publié
--   dit : la même chose en une phrase
--   tableau : table protégée, par son nom
WITH retires AS (
    SELECT
        tableau_libelle, enquete, niveau_libelle, detail, min(part_tenue) AS part_tenue,
        min(part_minimale) AS part_minimale, min(annee) AS premiere, max(annee) AS derniere, tableau, niveau
    FROM vues.secret_cases
    -- What an establishment tells alone is never published: it is no level that could hold.
    WHERE NOT tenu AND part_minimale IS NOT NULL
    GROUP BY ALL
)
SELECT
    tableau_libelle, enquete, niveau_libelle, detail, part_tenue, part_minimale,
    CASE WHEN premiere < derniere THEN premiere || ' à ' || derniere ELSE premiere::VARCHAR END AS annees,
    tableau_libelle || ', ' || enquete || ' : rien n’est publié par ' || lower(niveau_libelle)
    || CASE WHEN detail = 'ensemble' THEN '' ELSE ', dans le détail' END
    || ', aucune année : ' || floor(100 * part_tenue)::INTEGER || ' % des cases au plus auraient été montrées dans '
    || 'l’une d’elles, et une série en demande ' || round(100 * part_minimale)::INTEGER
    || ' %. Le niveau plus large en montre davantage.' AS dit,
    tableau, niveau
FROM retires
ORDER BY tableau, enquete, niveau, detail DESC
