-- Personnels des établissements de santé par territoire et statut, une ligne par variable de la SAE.
-- Grain : annee, niveau, code, secteur, variable
-- Source : SAE (DREES), SYGEN ; Q22 pour EFF_INT_recalcule
-- Publication : territoire
-- Note : sommes des sites du territoire, Saint-Barthélemy et Saint-Martin hors de la France comme de sa population ; le détail par statut est donné par département, région et France ; les entités juridiques et les GHT sont dans fiches.ej_personnels et fiches.ght_personnels. Les effectifs comptent deux fois une personne qui travaille sur deux sites.
-- Colonnes :
--   secteur : secteur des établissements, code de la liste secteur (reference.codes), ou ensemble
--   sites : nombre de sites du territoire
--   sites_repondants : sites dont la valeur est publiée, nulle par le questionnaire, ou calculée
--   sites_non_places : sites des départements du territoire dont la commune n'est pas connue : ils manquent peut-être à sa somme ; pour la France, sites sans région
WITH sites AS (
    SELECT millesime, finess, coalesce(secteur, 'inconnu') AS secteur,
        commune, arrondissement, zone_emploi, bassin_bmo, departement, region,
        CASE WHEN collectivite IS NULL THEN 'F' END AS france
    FROM fiches.etablissements
),
-- By status for the large territories only; every territory has its total.
rattachements AS (
    SELECT * FROM (UNPIVOT sites ON departement, region, france INTO NAME niveau VALUE code)
    UNION ALL BY NAME
    SELECT * FROM (
        UNPIVOT (SELECT * REPLACE ('ensemble' AS secteur) FROM sites)
        ON commune, arrondissement, zone_emploi, bassin_bmo, departement, region, france
        INTO NAME niveau VALUE code
    )
),
-- A site of which only the département is known may be in each of the territories that touch it.
non_places AS (
    SELECT s.millesime, d.niveau, d.code, count(*)::INTEGER AS sites
    FROM sites AS s
    JOIN core.decoupages_departements AS d USING (departement)
    WHERE s.commune IS NULL
    GROUP BY s.millesime, d.niveau, d.code
    UNION ALL
    SELECT millesime, 'france', france, count(*)::INTEGER
    FROM sites
    WHERE region IS NULL AND france IS NOT NULL
    GROUP BY millesime, france
),
-- Six million lines are summed by number: by their names it would take thrice as long.
territoires AS (
    SELECT row_number() OVER () AS territoire, niveau, code, secteur
    FROM (SELECT DISTINCT niveau, code, secteur FROM rattachements)
),
situes AS (
    SELECT r.millesime, r.finess, t.territoire
    FROM rattachements AS r
    JOIN territoires AS t USING (niveau, code, secteur)
),
variables AS (
    SELECT row_number() OVER () AS numero, variable, filiere, mesure, ligne, dont, unite
    FROM reference.variables_sae
),
lignes AS MATERIALIZED (
    SELECT p.millesime, p.finess, v.numero, p.valeur, p.statut
    FROM fiches.es_personnels AS p
    JOIN variables AS v USING (variable)
),
sommes AS (
    SELECT
        l.millesime, s.territoire, l.numero,
        sum(l.valeur)::DECIMAL(18, 2) AS valeur,
        count(*)::INTEGER AS sites,
        count(l.valeur)::INTEGER AS sites_repondants,
        statut_somme(l.valeur, l.statut) AS statut
    FROM lignes AS l
    JOIN situes AS s USING (millesime, finess)
    GROUP BY l.millesime, s.territoire, l.numero
),
exercices AS (
    SELECT DISTINCT millesime, annee, revision FROM fiches.es_personnels
)
SELECT
    e.annee, s.millesime, e.revision, t.niveau, t.code, t.secteur, v.variable,
    v.filiere, v.mesure, v.ligne, v.dont, s.valeur, v.unite,
    CASE
        WHEN s.statut = 'calculé' AND n.sites > 0 AND t.niveau <> 'france' THEN 'partiel'
        ELSE s.statut
    END AS statut,
    s.sites, s.sites_repondants, coalesce(n.sites, 0) AS sites_non_places
FROM sommes AS s
JOIN exercices AS e USING (millesime)
JOIN territoires AS t USING (territoire)
JOIN variables AS v USING (numero)
LEFT JOIN non_places AS n ON n.millesime = s.millesime AND n.niveau = t.niveau AND n.code = t.code
