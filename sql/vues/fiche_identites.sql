-- Fiches de la publication, une par établissement, par entité juridique de plusieurs sites et par GHT : leur identité.
-- Grain : niveau, code
-- Source : fiches.etablissements, core.entites_juridiques, fiches.ght_membres, reference.niveaux, reference.categories_finess
-- Colonnes :
--   niveau : es (site), ej ou ght
--   code « FINESS ou code » : numéro FINESS du site ou de l'entité juridique, ou code du GHT
--   fichier : nom des fichiers de la fiche, sans extension
--   nom « Nom » : raison sociale, ou nom du groupement
--   nature « Nature » : catégorie de l'établissement, entité juridique ou groupement
--   secteur_libelle « Statut » text (vide : rien) : qui possède l'établissement, en toutes lettres
--   taille « Sites » text (vide : rien) : nombre de sites, et d'entités juridiques d'un groupement
--   lieu « Lieu » text (vide : rien) : commune et département
--   commune_libelle « Commune » text (vide : rien)
--   departement : premier département des sites, code officiel
--   code_ght : groupement de l'entité juridique
--   ght_libelle : nom et code du groupement, ou pourquoi il n'y en a pas
--   site_principal : nom et numéro FINESS du site qui a le plus de personnels
--   entite_sites : nombre de sites de l'entité juridique d'un établissement, en mots
--   capacite « Capacité à temps complet » n0 [lits et places] : lits et places où l'on est accueilli jour et nuit
--   capacite_statut : pourquoi elle est vide, ou partielle
--   capacite_psychiatrie « dont psychiatrie » n0 [lits et places] : ceux de psychiatrie, toutes formes ; vide où il n'y en a pas
--   capacite_nature : ce que sont les autres
--   sans_capacite : pourquoi la fiche n'a aucune capacité à montrer
--   sites_hors_region n0 [sites] : sites d'une entité juridique que la publication n'a pas, hors de la région : ses totaux de personnels les comptent, ses capacités non ; vide s'il n'y en a pas
--   capacite_reserve : ce que la capacité ne compte pas
--   territoires : départements de la région que montre la fiche
--   sans_medicaux : pourquoi la fiche n'a pas de personnels médicaux ; à lire où son tableau manque
--   sans_non_medicaux : pourquoi elle n'a pas de personnels non médicaux
--   sans_formations : pourquoi elle n'a pas de formations
--   annee [année] : année que décrivent les personnels
--   millesime_precedent [année] : millésime auquel celui-ci se compare ; vide si l'édition n'en a pas
WITH exercice AS (
    SELECT a.annee, a.millesime, p.region, max(e.millesime_precedent) AS millesime_precedent
    FROM vues.annees_retenues AS a
    CROSS JOIN vues.publication AS p
    LEFT JOIN fiches.evolutions AS e ON e.millesime = a.millesime
    WHERE a.objet = 'fiches.etablissements'
    GROUP BY a.annee, a.millesime, p.region
),
sites AS (
    SELECT
        e.*, c.libelle AS secteur_libelle,
        coalesce(f.libelle, s.libelle, 'catégorie inconnue') || coalesce(' (' || e.categorie || ')', '') AS nature,
        CASE
            WHEN e.code_ght IS NOT NULL THEN e.nom_ght || ' (' || e.code_ght || ')'
            WHEN e.secteur = '1' THEN 'appartenance inconnue'
            ELSE '/// : établissement privé'
        END AS ght_libelle
    FROM fiches.etablissements AS e
    JOIN exercice AS x USING (millesime)
    LEFT JOIN reference.codes AS c ON c.liste = 'secteur' AND c.code = coalesce(e.secteur, 'inconnu')
    LEFT JOIN reference.categories_finess AS f USING (categorie)
    LEFT JOIN reference.categories_sae AS s USING (categorie_regroupee)
),
entites AS (
    SELECT j.*
    FROM core.entites_juridiques AS j
    JOIN exercice AS x USING (millesime)
),
premiers AS (
    SELECT niveau, code, departement, departement_libelle FROM vues.fiche_departements WHERE rang = 1
),
fiches_es AS (
    SELECT
        'es' AS niveau, s.finess AS code, s.finess AS fichier, s.raison_sociale AS nom, s.nature, s.secteur_libelle,
        NULL AS taille,
        coalesce(s.commune_libelle, s.commune_publiee) || ', ' || coalesce(d.departement_libelle, 'nd') AS lieu,
        s.commune_libelle, s.departement, s.finess_ej, s.code_ght, s.ght_libelle, NULL AS site_principal,
        CASE WHEN j.sites > 1 THEN j.sites || ' sites' ELSE 'site unique' END AS entite_sites
    FROM sites AS s
    JOIN exercice AS x USING (region)
    LEFT JOIN entites AS j USING (finess_ej)
    LEFT JOIN premiers AS d ON d.niveau = 'es' AND d.code = s.finess
),
fiches_ej AS (
    SELECT
        'ej', j.finess_ej, 'ej-' || j.finess_ej, j.raison_sociale, n.libelle, s.secteur_libelle,
        j.sites || ' sites', d.departement_libelle, s.commune_libelle, j.departement, j.finess_ej, j.code_ght,
        s.ght_libelle, s.raison_sociale || ' (' || s.finess || ')', NULL
    FROM entites AS j
    JOIN exercice AS x USING (region)
    JOIN sites AS s ON s.finess = j.site_principal
    JOIN reference.niveaux AS n ON n.niveau = 'ej'
    LEFT JOIN premiers AS d ON d.niveau = 'ej' AND d.code = j.finess_ej
    WHERE j.sites > 1
),
groupements AS (
    SELECT
        m.code_ght, 'GHT ' || regexp_replace(min(m.nom_ght), '^GHT ', '') AS nom,
        count(DISTINCT m.finess_ej) AS entites, count(DISTINCT s.finess) FILTER (m.retenu) AS sites
    FROM fiches.ght_membres AS m
    JOIN exercice AS x USING (millesime)
    LEFT JOIN sites AS s USING (finess)
    GROUP BY m.code_ght
),
fiches_ght AS (
    SELECT
        'ght', g.code_ght, 'ght-' || g.code_ght, g.nom, n.libelle, NULL,
        g.entites || CASE WHEN g.entites > 1 THEN ' entités juridiques, ' ELSE ' entité juridique, ' END
            || g.sites || CASE WHEN g.sites > 1 THEN ' sites publics' ELSE ' site public' END,
        NULL, NULL, d.departement, NULL, g.code_ght, NULL, NULL, NULL
    FROM groupements AS g
    JOIN reference.niveaux AS n ON n.niveau = 'ght'
    LEFT JOIN premiers AS d ON d.niveau = 'ght' AND d.code = g.code_ght
),
toutes AS (
    FROM fiches_es UNION ALL FROM fiches_ej UNION ALL FROM fiches_ght
),
ailleurs AS (
    SELECT
        'ej' AS niveau, j.finess_ej AS code,
        nullif(max(j.sites) - count(s.finess), 0)::INTEGER AS sites_hors_region
    FROM entites AS j
    LEFT JOIN sites AS s USING (finess_ej)
    GROUP BY j.finess_ej
),
capacites AS (
    SELECT
        niveau, code, sum(nombre) FILTER (temps_complet)::INTEGER AS capacite,
        nullif(sum(nombre) FILTER (psychiatrie), 0)::INTEGER AS capacite_psychiatrie,
        coalesce(bool_or(nombre_statut <> 'calculé') FILTER (temps_complet), false) AS inconnue
    FROM vues.fiche_capacites
    GROUP BY niveau, code
),
repondants AS (
    SELECT DISTINCT niveau, code FROM vues.fiche_personnels
),
territoires AS (
    SELECT niveau, code, string_agg(departement_libelle, ', ' ORDER BY rang) AS territoires
    FROM vues.fiche_departements
    WHERE montre
    GROUP BY niveau, code
),
silences AS (
    SELECT
        p.niveau, p.code, p.variable,
        CASE p.statut
            WHEN 'non collecté' THEN 'La SAE n’a pas collecté ces données pour ' || x.annee || '.'
            ELSE 'Sans réponse à ce questionnaire de la SAE ' || x.millesime
                || ' : rien n’est publié, ce n’est pas zéro.'
        END AS motif
    FROM vues.fiche_personnels AS p, exercice AS x
    WHERE p.variable IN ('EFFSAL_TOT', 'ETP_TOT_PNM')
),
absence AS (
    SELECT 'La SAE ' || millesime || ' n’a pas de ligne de personnel pour cet établissement.' AS motif FROM exercice
)
SELECT
    f.niveau, f.code, f.fichier, f.nom, f.nature, f.secteur_libelle, f.taille, f.lieu, f.commune_libelle, f.departement,
    f.finess_ej, f.code_ght, f.ght_libelle, f.site_principal, f.entite_sites,
    c.capacite,
    CASE WHEN c.capacite IS NULL THEN 'nd' WHEN c.inconnue THEN 'partiel' ELSE 'calculé' END AS capacite_statut,
    c.capacite_psychiatrie,
    CASE
        WHEN c.capacite IS NOT NULL THEN 'lits'
        WHEN c.inconnue THEN 'capacité inconnue'
        WHEN f.niveau = 'es' AND r.code IS NULL THEN 'capacité inconnue'
        ELSE 'aucun lit ni place déclaré'
    END AS capacite_nature,
    CASE WHEN f.niveau = 'es' AND r.code IS NULL
        THEN 'inconnues : la SAE ' || x.millesime || ' n’a pas de ligne de cet établissement dans SYGEN'
        ELSE 'aucune capacité d’hospitalisation déclarée dans les lignes de SYGEN'
    END AS sans_capacite,
    h.sites_hors_region,
    nullif(concat_ws(
        ', ', CASE WHEN h.sites_hors_region IS NOT NULL THEN 'dans la région' END,
        CASE WHEN c.inconnue AND c.capacite IS NOT NULL THEN 'partielle : une case n’est pas connue' END
    ), '') AS capacite_reserve,
    t.territoires,
    coalesce(m.motif, a.motif) AS sans_medicaux, coalesce(p.motif, a.motif) AS sans_non_medicaux,
    CASE WHEN EXISTS (FROM vues.annees_retenues WHERE objet = 'atlas.formations')
        THEN 'L’extrait de Parcoursup de cette édition n’a aucune formation paramédicale dans le territoire : '
            || coalesce(t.territoires, 'hors de la région') || '.'
        ELSE 'Aucune source de formation dans cette édition.'
    END AS sans_formations,
    x.annee, x.millesime, x.millesime_precedent
FROM toutes AS f
CROSS JOIN exercice AS x
CROSS JOIN absence AS a
JOIN reference.niveaux AS n USING (niveau)
LEFT JOIN ailleurs AS h ON h.niveau = f.niveau AND h.code = f.code
LEFT JOIN capacites AS c ON c.niveau = f.niveau AND c.code = f.code
LEFT JOIN territoires AS t ON t.niveau = f.niveau AND t.code = f.code
LEFT JOIN repondants AS r ON r.niveau = f.niveau AND r.code = f.code
LEFT JOIN silences AS m ON m.niveau = f.niveau AND m.code = f.code AND m.variable = 'EFFSAL_TOT'
LEFT JOIN silences AS p ON p.niveau = f.niveau AND p.code = f.code AND p.variable = 'ETP_TOT_PNM'
ORDER BY n.ordre, f.nom, f.code
