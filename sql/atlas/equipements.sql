-- Équipements de santé par territoire : leur nombre, et les habitants dont la commune n'en a aucun.
-- Grain : annee, equipement, niveau, code
-- Source : Base permanente des équipements (Insee) ; population municipale des communes (Insee)
-- Publication : territoire
-- Note : une commune absente du fichier n'a pas d'équipement ; celles d'un département qui n'y a aucune commune sont inconnues. La population est celle de l'année connue la plus proche. Une commune que l'on ne connaît pas compte dans le département que son code porte, mais nul ne sait alors quelle commune a son équipement : ce que ce département touche est partiel. Un équipement de la commune voisine peut être plus près que celui du bourg : l'absence n'est pas la distance.
-- Colonnes :
--   equipement : type d'équipement (reference.equipements)
--   nombre [équipements] : équipements, ou cabinets de professionnels libéraux
--   nombre_statut : calculé, partiel ou nd ; d'un département entier, les équipements sans commune sont comptés
--   communes [communes] : communes du territoire
--   communes_equipees [communes] : communes qui en ont au moins un
--   population [habitants] : habitants du territoire
--   population_sans [habitants] : habitants des communes qui n'en ont aucun
--   non_places [lignes] : lignes des départements du territoire dont la commune n'est pas connue ; pour la France, celles sans département aussi
--   annee_population [année] : année de la population
--   part_sans [part] : part des habitants dont la commune n'en a aucun
--   densite [pour 10 000 habitants] : équipements pour 10 000 habitants
--   statut : celui de la densité, de la part, des habitants et des communes équipées
WITH derniers AS (
    SELECT annee, max(millesime) AS millesime, max(revision) AS revision FROM core.equipements GROUP BY annee
),
annees AS (
    SELECT d.*, arg_min(p.annee, abs(p.annee - d.annee) * 10000 - p.annee) AS annee_population
    FROM derniers AS d, (SELECT DISTINCT annee FROM core.population_communes) AS p
    GROUP BY ALL
),
nombres AS (
    SELECT
        annee, millesime, equipement, commune, sum(nombre) AS nombre, statut_somme(nombre) AS statut
    FROM core.equipements
    WHERE commune IS NOT NULL
    GROUP BY annee, millesime, equipement, commune
),
departements AS (
    SELECT DISTINCT annee, millesime, departement FROM core.equipements WHERE departement IS NOT NULL
),
communes AS (
    SELECT
        a.annee, a.millesime, a.revision, a.annee_population, e.equipement, r.commune,
        CASE WHEN n.statut = 'calculé' THEN n.nombre WHEN n.commune IS NULL AND d.departement IS NOT NULL THEN 0 END
            AS nombre,
        p.population
    FROM annees AS a
    CROSS JOIN reference.equipements AS e
    CROSS JOIN reference.communes AS r
    LEFT JOIN departements AS d
        ON d.annee = a.annee AND d.millesime = a.millesime AND d.departement = r.departement
    LEFT JOIN nombres AS n
        ON n.annee = a.annee AND n.millesime = a.millesime AND n.equipement = e.equipement AND n.commune = r.commune
    LEFT JOIN core.population_communes AS p ON p.annee = a.annee_population AND p.commune = r.commune
),
-- Of an unknown commune the code still says the département, or nothing but France; in that département, it may be
-- of each arrondissement.
sans_commune AS (
    SELECT
        a.annee, a.millesime, a.revision, a.annee_population, e.equipement, coalesce(t.niveau, 'france') AS niveau,
        coalesce(t.code, 'F') AS code,
        CASE WHEN coalesce(t.niveau, 'france') <> 'arrondissement' THEN e.nombre END AS nombre
    FROM annees AS a
    JOIN core.equipements AS e USING (annee, millesime)
    LEFT JOIN core.territoires_departements AS t USING (departement)
    WHERE e.commune IS NULL AND (e.departement IS NULL OR t.departement IS NOT NULL)
),
lignes AS (
    SELECT c.*, a.niveau, a.code FROM communes AS c JOIN reference.appartenances AS a USING (commune)
    UNION ALL BY NAME
    FROM sans_commune
),
sommes AS (
    SELECT
        annee, max(millesime)::INTEGER AS millesime, max(revision)::INTEGER AS revision, annee_population,
        equipement, niveau, code,
        sum(nombre)::INTEGER AS nombre, count(commune)::INTEGER AS communes,
        count(commune) FILTER (nombre > 0)::INTEGER AS communes_equipees,
        sum(population)::INTEGER AS population,
        coalesce(sum(population) FILTER (nombre = 0), 0)::INTEGER AS population_sans,
        (count(*) FILTER (commune IS NULL))::INTEGER AS non_places,
        statut_somme(nombre) AS nombre_statut,
        statut_somme(population, statut := CASE WHEN commune IS NULL THEN 'sans objet' END) AS population_statut
    FROM lignes
    WHERE niveau IN ('arrondissement', 'departement', 'region', 'france')
    GROUP BY annee, annee_population, equipement, niveau, code
)
SELECT
    annee, millesime, revision, equipement, niveau, code, nombre, nombre_statut, communes, communes_equipees,
    population,
    CASE WHEN nombre IS NOT NULL AND population IS NOT NULL THEN population_sans END AS population_sans,
    non_places, annee_population,
    CASE WHEN nombre IS NOT NULL AND population > 0
        THEN (population_sans::DECIMAL(18, 4) / population)::DECIMAL(18, 6) END AS part_sans,
    CASE WHEN population > 0 THEN (10000 * nombre::DECIMAL(18, 4) / population)::DECIMAL(18, 4) END AS densite,
    CASE WHEN non_places > 0 AND statut_rapport(nombre_statut, population_statut) = 'calculé' THEN 'partiel'
        ELSE statut_rapport(nombre_statut, population_statut) END AS statut
FROM sommes
