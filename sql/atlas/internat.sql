-- Postes d'interne offerts et pourvus, par spécialité, subdivision et région.
-- Grain : annee, specialite, niveau, code
-- Source : arrêtés annuels (ministères chargés de la santé et de l'enseignement supérieur) ; Centre national de gestion
-- Publication : institut
-- Note : « ensemble » réunit les spécialités. La baisse de 2024 tient à la réforme du deuxième cycle (R2C), qui a réduit une promotion : la colonne `rupture` le dit, et ce n'est pas une tendance.
-- Colonnes :
--   specialite : diplôme d'études spécialisées (reference.internat_specialites) ; ensemble pour toutes
--   niveau : subdivision, region, france
--   code : subdivision d'internat, ou code du territoire
--   libelle : nom de la subdivision ; vide pour un territoire
--   subdivisions : subdivisions comptées
--   subdivisions_du_territoire : subdivisions du territoire
--   postes_non_places [postes] : pour la France, postes des subdivisions qui couvrent plusieurs régions : elles ne sont dans aucune
--   postes_cesp [postes] : dont postes réservés aux signataires d'un CESP
--   pourvus [postes] : postes pourvus ; vides dès qu'une part n'en est pas connue
--   pourvus_statut : pourquoi les postes pourvus, et leur part, sont vides
--   pourvus_cesp [postes] : dont postes pourvus par des signataires d'un CESP
--   rupture : raison pour laquelle l'année ne se compare pas aux autres ; vide sinon
--   statut : celui des postes offerts : publié, calculé ; partiel quand une subdivision du territoire manque, ou qu'une de ses cases n'est pas connue
WITH derniers AS (
    SELECT *
    FROM core.internat
    QUALIFY millesime = max(millesime) OVER (PARTITION BY annee)
),
specialites AS (
    SELECT * FROM derniers
    UNION ALL
    SELECT * REPLACE ('ensemble' AS specialite) FROM derniers
),
situes AS (
    UNPIVOT (SELECT *, region AS la_region, subdivision AS la_subdivision, 'F' AS france FROM specialites)
    ON subdivision, region, france
    INTO NAME niveau VALUE code
),
-- How many subdivisions a place has, and how many of them a year tells, whatever the specialty.
completes AS (
    SELECT niveau, code, count(*)::INTEGER AS subdivisions
    FROM (
        UNPIVOT (SELECT subdivision, region, 'F' AS france FROM reference.internat_subdivisions)
        ON subdivision, region, france
        INTO NAME niveau VALUE code
    )
    GROUP BY niveau, code
),
sommes AS (
    SELECT
        annee, max(millesime)::INTEGER AS millesime, max(revision)::INTEGER AS revision, specialite, niveau, code,
        CASE WHEN niveau <> 'france' THEN min(la_region) END AS region,
        sum(postes)::INTEGER AS postes,
        coalesce(sum(postes) FILTER (niveau = 'france' AND la_region IS NULL), 0)::INTEGER AS postes_non_places,
        sum(postes_cesp)::INTEGER AS postes_cesp,
        CASE WHEN count(pourvus) = count(*) THEN sum(pourvus)::INTEGER END AS pourvus,
        CASE
            WHEN count(pourvus) = count(*) THEN 'calculé'
            WHEN bool_or(pourvus IS NULL AND pourvus_statut = 'secret') THEN 'secret'
            ELSE 'nd'
        END AS pourvus_statut,
        CASE WHEN count(pourvus_cesp) = count(*) THEN sum(pourvus_cesp)::INTEGER END AS pourvus_cesp,
        statut_somme(postes) AS statut_postes, statut_somme(postes_cesp) AS statut_cesp
    FROM situes
    GROUP BY annee, specialite, niveau, code
),
annees AS (
    SELECT annee, niveau, code, count(DISTINCT la_subdivision)::INTEGER AS subdivisions
    FROM situes
    GROUP BY annee, niveau, code
)
SELECT
    s.annee, s.millesime, s.revision, s.specialite, s.niveau, s.code, n.libelle, s.region,
    a.subdivisions, c.subdivisions AS subdivisions_du_territoire,
    s.postes, s.postes_non_places, s.postes_cesp, s.pourvus,
    CASE WHEN s.pourvus_statut = 'calculé' AND a.subdivisions < c.subdivisions THEN 'partiel' ELSE s.pourvus_statut END
        AS pourvus_statut,
    s.pourvus_cesp,
    CASE WHEN s.postes > 0 AND s.statut_postes = 'calculé'
        THEN (s.pourvus::DECIMAL(18, 4) / s.postes)::DECIMAL(18, 6) END AS valeur,
    x.rupture || ' : ' || x.effet AS rupture,
    CASE
        WHEN statut_absent(s.statut_postes) THEN s.statut_postes
        WHEN a.subdivisions < c.subdivisions OR 'partiel' IN (s.statut_postes, s.statut_cesp) THEN 'partiel'
        WHEN s.niveau = 'subdivision' AND s.specialite <> 'ensemble' THEN 'publié'
        ELSE 'calculé'
    END AS statut
FROM sommes AS s
JOIN annees AS a ON a.annee = s.annee AND a.niveau = s.niveau AND a.code = s.code
JOIN completes AS c ON c.niveau = s.niveau AND c.code = s.code
LEFT JOIN reference.internat_subdivisions AS n ON s.niveau = 'subdivision' AND n.subdivision = s.code
LEFT JOIN reference.ruptures AS x ON x.source = 'internat_postes' AND x.annee = s.annee
