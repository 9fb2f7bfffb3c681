-- Accès aux médecins généralistes : population et communes par zone, sur chaque territoire.
-- Grain : annee, niveau, code, zone
-- Source : zonage des médecins (liste non officielle, année supposée) ; population municipale des communes (INSEE)
-- Publication : territoire
-- Note : parts pondérées par la population, jamais moyennes de parts. La population est celle de l'année la plus proche du zonage ; `avertissement` le dit quand ce n'est pas la même. « non classée » réunit les communes absentes de la liste.
-- Colonnes :
--   zone : ZIP (intervention prioritaire), ZAC (action complémentaire), ZAR (appui régional), HZ (hors zone), non classée
--   communes : communes de la zone sur le territoire
--   population [habitants] : habitants de ces communes
--   population_totale [habitants] : habitants du territoire
--   annee_population [année] : année de la population
--   valeur [part, de 0 à 1] : part de la population du territoire
--   avertissement : ce qui affaiblit cette part ; vide si rien
WITH zonages AS (
    SELECT DISTINCT millesime, revision, make_date(millesime, 1, 1) AS date_reference
    FROM core.zonage
    WHERE reference
),
annees AS (
    SELECT z.millesime, arg_min(p.annee, abs(p.annee - z.millesime) * 10000 - p.annee) AS annee_population
    FROM zonages AS z, (SELECT DISTINCT annee FROM core.population_communes) AS p
    GROUP BY z.millesime
),
communes AS (
    SELECT
        z.millesime, z.revision, a.annee_population,
        r.commune, r.arrondissement, r.epci, r.zone_emploi, r.bassin_vie, r.bassin_bmo, r.departement, r.region,
        coalesce(c.zone, 'non classée') AS zone,
        p.population
    FROM zonages AS z
    JOIN annees AS a ON a.millesime = z.millesime
    CROSS JOIN reference.communes AS r
    LEFT JOIN core.zonage AS c ON c.millesime = z.millesime AND c.commune = r.commune
    LEFT JOIN core.population_communes AS p ON p.annee = a.annee_population AND p.commune = r.commune
),
situees AS (
    UNPIVOT (SELECT *, commune AS commune_comptee, 'F' AS france FROM communes)
    ON commune, arrondissement, epci, zone_emploi, bassin_vie, bassin_bmo, departement, region, france
    INTO NAME niveau VALUE code
),
sommes AS (
    SELECT
        millesime, revision, annee_population, niveau, code, zone,
        count(DISTINCT commune_comptee)::INTEGER AS communes,
        sum(population)::INTEGER AS population,
        count(*) FILTER (population IS NULL)::INTEGER AS sans_population
    FROM situees
    GROUP BY millesime, revision, annee_population, niveau, code, zone
),
totaux AS (
    SELECT *,
        sum(population) OVER (PARTITION BY millesime, niveau, code)::INTEGER AS population_totale,
        sum(sans_population) OVER (PARTITION BY millesime, niveau, code)::INTEGER AS communes_sans_population
    FROM sommes
)
SELECT
    millesime AS annee, millesime, revision, niveau, code, zone, communes, population, population_totale,
    annee_population,
    CASE WHEN population_totale > 0 THEN (coalesce(population, 0)::DECIMAL(18, 4) / population_totale)::DECIMAL(9, 6) END AS valeur,
    CASE WHEN population_totale > 0 THEN 'calculé' ELSE 'nd' END AS statut,
    nullif(concat_ws(' ; ',
        CASE WHEN annee_population <> millesime
            THEN 'zonage de ' || millesime || ' rapporté à la population de ' || annee_population END,
        CASE WHEN communes_sans_population > 0
            THEN 'communes sans population connue : ' || communes_sans_population END
    ), '') AS avertissement
FROM totaux
