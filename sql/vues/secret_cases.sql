-- Ce que chaque table protégée montre et cache dans cette publication, par niveau et par année.
-- Grain : tableau, enquete, niveau, detail, annee
-- Source : atlas.enquetes, atlas.ressources_humaines, atlas.ressources_humaines_esms, atlas.cessations, reference.codes
-- Vide : Aucune table de cette édition ne vient d'une source protégée.
-- Note : Cachées pour elles-mêmes et cachées avec elles ne sont pas séparées : ce serait dire de quelques-unes qu'elles sont petites. Le poids d'une case est le nombre de ceux qui ont répondu (de départements connus, pour les caisses), qui se lit même où elle est cachée.
-- Colonnes :
--   tableau_libelle « Table » : table protégée
--   source_titre « Enquête ou caisse » : source de la table
--   niveau_libelle « Niveau » : niveau du territoire
--   detail « Lignes » : ensemble, ou détail (par catégorie, par fonction, par ligne d'un tableau, par profession)
--   annee « Année » year
--   cases « Cases » n0 : cases montrées ou cachées
--   montrees « Montrées » n0 : cases montrées
--   cachees « Cachées » n0 : cases cachées
--   part_montree « Part montrée » pct0 [part] : montrées / cases
--   suivies « Montrées aussi l'année d'avant » n0 (vide : sans objet) : cases montrées cette année et l'année d'avant, qui font une série
--   poids_cache « Poids caché » pct0 [part] (vide : sans objet) : part des répondants des cases cachées dans ceux de toutes
--   tableau : table protégée, par son nom
--   enquete : enquête ou caisse, au catalogue de l'atlas
WITH lignes AS (
    SELECT
        'atlas.enquetes' AS tableau, enquete, annee, niveau, modalite = 'ensemble' AND categorie = 'ensemble' AS totale,
        concat_ws('/', question, modalite, categorie, code) AS ligne, reponses AS poids, valeur IS NOT NULL AS montree,
        statut
    FROM atlas.enquetes
    WHERE choix = ''
    UNION ALL
    SELECT
        'atlas.ressources_humaines', 'enquete_rh', annee, niveau, categorie = 'ensemble',
        concat_ws('/', indicateur, categorie, code), repondants, valeur IS NOT NULL, statut
    FROM atlas.ressources_humaines
    UNION ALL
    SELECT
        'atlas.ressources_humaines_esms', 'enquete_esms', annee, niveau,
        fonction = 'ensemble' AND categorie = 'ensemble', concat_ws('/', indicateur, fonction, categorie, code),
        repondants, valeur IS NOT NULL, statut
    FROM atlas.ressources_humaines_esms
    UNION ALL
    SELECT
        'atlas.cessations', lower(caisse), annee, niveau, false, concat_ws('/', profession, code), departements,
        coalesce(liquidations, cumul) IS NOT NULL, statut
    FROM atlas.cessations
),
suivies AS (
    SELECT
        *, lag(montree) OVER suite AND lag(annee) OVER suite = annee - 1 AS avant,
        min(annee) OVER (PARTITION BY tableau, enquete) = annee AS premiere
    FROM lignes
    WHERE montree OR statut = 'secret'
    WINDOW suite AS (PARTITION BY tableau, enquete, niveau, ligne ORDER BY annee)
),
comptees AS (
    SELECT
        tableau, enquete, niveau, if(totale, 'ensemble', 'détail') AS detail, annee, premiere,
        count(*)::INTEGER AS cases, count(*) FILTER (montree)::INTEGER AS montrees,
        count(*) FILTER (montree AND avant)::INTEGER AS suivies,
        sum(poids) FILTER (NOT montree) AS poids_cache, sum(poids) AS poids
    FROM suivies
    GROUP BY ALL
)
SELECT
    t.libelle AS tableau_libelle, s.titre AS source_titre, n.libelle AS niveau_libelle, c.detail, c.annee, c.cases,
    c.montrees, c.cases - c.montrees AS cachees, (c.montrees / c.cases)::DECIMAL(18, 6) AS part_montree,
    CASE WHEN NOT c.premiere THEN c.suivies END AS suivies,
    (coalesce(c.poids_cache, 0) / nullif(c.poids, 0))::DECIMAL(18, 6) AS poids_cache, c.tableau, c.enquete, c.niveau
FROM comptees AS c
JOIN reference.codes AS t ON t.liste = 'tableau' AND t.code = c.tableau
JOIN reference.niveaux AS n ON n.niveau = c.niveau
JOIN reference.sources AS s ON s.source = c.enquete
ORDER BY t.ordre, c.enquete, n.ordre, c.detail DESC, c.annee
