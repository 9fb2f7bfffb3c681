-- Territoires qui ne sont publiés aucune année, parce que trop de leurs cases seraient cachées dans l'une d'elles.
-- Grain : tableau, enquete, niveau, detail
-- Source : vues.secret_cases
-- Vide : Tous les territoires sont publiés.
-- Note : Toutes les années sont jugées ensemble. Ce qui est moins fin, le département ou la région, en montre davantage.
-- Colonnes :
--   tableau_libelle « Table » : table protégée
--   enquete_libelle « Enquête ou caisse » : enquête, par son titre, ou caisse de retraite
--   niveau_libelle « Niveau » : niveau du territoire
--   detail « Lignes » : ensemble, détail (par catégorie, par ligne d'un tableau), ou toutes où la table ne les sépare pas
--   territoires_retires « Non publiés » n0 : territoires ou groupements qui ne sont publiés aucune année
--   territoires « Sur » n0 : territoires ou groupements du niveau, dans toute la France
--   part_minimale « Demandé » pct0 [part] : part des cases, la pire année, sous laquelle un territoire n'est publié aucune année
--   dit : la même chose en une phrase
--   enquete : enquête, au catalogue de l'atlas, ou caisse de retraite
--   tableau : table protégée, par son nom
SELECT DISTINCT
    tableau_libelle, enquete_libelle, niveau_libelle, detail, territoires_retires, territoires, part_minimale,
    tableau_libelle || ' (' || enquete_libelle || '), par ' || lower(niveau_libelle)
    || CASE WHEN detail <> 'détail' THEN '' ELSE ', dans le détail' END
    || ' : ' || territoires_retires || ' sur ' || territoires || ' ne sont publiés aucune année, parce que moins de '
    || round(100 * part_minimale)::INTEGER || ' % de leurs cases auraient pu être montrées dans l’une d’elles. '
    || 'Le niveau plus large en montre davantage.' AS dit,
    enquete, tableau, niveau
FROM vues.secret_cases
WHERE territoires_retires > 0
ORDER BY tableau, enquete, niveau, detail DESC
