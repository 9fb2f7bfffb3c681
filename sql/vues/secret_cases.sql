-- Ce que le secret statistique laisse voir et cache de chaque table protégée, par niveau et par année.
-- Grain : tableau, enquete, niveau, detail, annee
-- Source : protection de la publication (variable « secret_cases »), reference.codes, reference.niveaux, reference.sources
-- Vide : Aucune table de cette édition ne vient d'une source protégée.
-- Note : Pour toute la France, comme la protection. Le poids d'une case est le nombre de ceux qui ont répondu (de départements connus, pour les caisses), qui se lit même où elle est cachée : un poids en personnes aiderait à la retrouver.
-- Colonnes :
--   tableau_libelle « Table » : table protégée
--   enquete_libelle « Enquête ou caisse » : enquête, par son titre, ou caisse de retraite
--   niveau_libelle « Niveau » : niveau du territoire
--   detail « Lignes » : ensemble, détail (par catégorie, par ligne d'un tableau), ou toutes où la table ne les sépare pas
--   annee « Année » year
--   cases « Cases » n0 : cases qui ont un nombre
--   montrees « Montrées » n0 : cases montrées
--   secretes « Secrètes » n0 : cases cachées pour elles-mêmes
--   liees « Cachées avec » n0 : cases cachées pour qu'une autre ne se déduise pas
--   retirees « Retirées » n0 : autres cases d'un territoire qui n'est publié aucune année, à ce niveau
--   poids_cache « Poids caché » pct0 [part] : part des répondants des cases cachées dans ceux de toutes
--   enquete : enquête, au catalogue de l'atlas, ou caisse de retraite
--   tableau : table protégée, par son nom
--   territoires : territoires du niveau, ou groupements ; vide où le niveau est toujours publié
--   territoires_retires : ceux qui ne sont publiés aucune année
--   part_minimale [part] : part des cases d'un territoire, la pire année, sous laquelle il n'est publié aucune année
WITH lues AS (
    SELECT
        unnest(
            getvariable('secret_cases')::STRUCT(
                tableau VARCHAR, enquete VARCHAR, niveau VARCHAR, detail VARCHAR, annee INTEGER, cases INTEGER,
                montrees INTEGER, secretes INTEGER, liees INTEGER, retirees INTEGER, territoires INTEGER,
                territoires_retires INTEGER, poids_cache DECIMAL(9, 4), part_minimale DECIMAL(9, 4)
            )[],
            recursive := true
        )
)
SELECT
    t.libelle AS tableau_libelle, coalesce(s.titre, l.enquete) AS enquete_libelle, n.libelle AS niveau_libelle,
    l.detail, l.annee, l.cases, l.montrees, l.secretes, l.liees, l.retirees, l.poids_cache, l.enquete, l.tableau,
    l.niveau,
    -- A ratio holds as what it is made of does.
    coalesce(l.territoires, e.territoires) AS territoires,
    coalesce(l.territoires_retires, e.territoires_retires) AS territoires_retires,
    coalesce(l.part_minimale, e.part_minimale) AS part_minimale
FROM lues AS l
JOIN reference.codes AS t ON t.liste = 'tableau' AND t.code = l.tableau
JOIN reference.niveaux AS n ON n.niveau = l.niveau
LEFT JOIN reference.sources AS s ON s.source = l.enquete
LEFT JOIN lues AS e
    ON l.tableau = 'atlas.ressources_humaines' AND e.tableau = 'atlas.enquetes' AND e.enquete = l.enquete
        AND e.niveau = l.niveau AND e.detail = l.detail AND e.annee = l.annee
ORDER BY t.ordre, l.enquete, n.ordre, l.detail DESC, l.annee
