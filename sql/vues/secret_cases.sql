-- Ce que le secret statistique laisse voir et cache de chaque table protégée, par niveau et par année.
-- Grain : tableau, enquete, niveau, detail, annee
-- Source : protection de la publication (variable « secret_cases »), reference.codes, reference.niveaux
-- Vide : Aucune table de cette édition ne vient d'une source protégée.
-- Note : pour toute la France, comme la protection. Le poids d'une case est le nombre de ceux qui ont répondu (de départements connus, pour les caisses), qui se lit même où elle est cachée : un poids en personnes aiderait à la retrouver.
-- Colonnes :
--   tableau_libelle « Table » : table protégée
--   enquete « Enquête ou caisse » : enquête, au catalogue de l'atlas, ou caisse de retraite
--   niveau_libelle « Niveau » : niveau du territoire
--   detail « Lignes » : ensemble, ou détail (par catégorie, par ligne d'un tableau)
--   annee « Année » year
--   cases « Cases » n0 : cases qui ont un nombre
--   montrees « Montrées » n0 : cases montrées
--   secretes « Secrètes » n0 : cases cachées pour elles-mêmes
--   liees « Cachées avec » n0 : cases cachées pour qu'une autre ne se déduise pas
--   retirees « Retirées » n0 : autres cases d'un niveau qui n'est publié aucune année
--   poids_cache « Poids caché » pct0 [part] : part des répondants des cases cachées dans ceux de toutes
--   tableau : table protégée, par son nom
--   tenu : le niveau est publié
--   part_tenue [part] : part des cases d'un niveau qui pourraient être montrées, la pire année ; vide où le niveau n'est pas jugé
--   part_minimale [part] : part sous laquelle un niveau n'est publié aucune année
WITH lues AS (
    SELECT
        unnest(
            getvariable('secret_cases')::STRUCT(
                tableau VARCHAR, enquete VARCHAR, niveau VARCHAR, detail VARCHAR, annee INTEGER, cases INTEGER,
                montrees INTEGER, secretes INTEGER, liees INTEGER, retirees INTEGER, poids_cache DECIMAL(9, 4),
                part_tenue DECIMAL(9, 4), part_minimale DECIMAL(9, 4), tenu BOOLEAN
            )[],
            recursive := true
        )
)
SELECT
    t.libelle AS tableau_libelle, l.enquete, n.libelle AS niveau_libelle, l.detail, l.annee, l.cases, l.montrees,
    l.secretes, l.liees, l.retirees, l.poids_cache, l.tableau, l.niveau,
    -- A ratio holds as what it is made of does.
    coalesce(e.tenu, l.tenu) AS tenu,
    coalesce(l.part_tenue, e.part_tenue) AS part_tenue, coalesce(l.part_minimale, e.part_minimale) AS part_minimale
FROM lues AS l
JOIN reference.codes AS t ON t.liste = 'tableau' AND t.code = l.tableau
JOIN reference.niveaux AS n ON n.niveau = l.niveau
LEFT JOIN lues AS e
    ON l.tableau = 'atlas.ressources_humaines' AND e.tableau = 'atlas.enquetes' AND e.enquete = l.enquete
        AND e.niveau = l.niveau AND e.detail = l.detail AND e.annee = l.annee
ORDER BY t.ordre, l.enquete, n.ordre, l.detail DESC, l.annee
