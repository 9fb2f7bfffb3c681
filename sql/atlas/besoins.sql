-- Besoins de soins : population âgée, observée et projetée, affections de longue durée, patients sans médecin traitant.
-- Grain : annee, source, indicateur, scenario, niveau, code
-- Source : estimations et projections de population, populations municipales (INSEE) ; cartographie des pathologies et accès aux soins (CNAM)
-- Publication : territoire
-- Note : l'âge quinquennal et les projections donnent 60, 65 et 75 ans ; les grandes classes, 60 et 75 ans, plus loin dans le passé ; sous le département, seule la population de tous âges est connue. Région et France sont des sommes de départements pour la population, et les lignes publiées pour la CNAM. Une projection n'est pas une prévision. Les parts sont recalculées, sauf celle des patients sans médecin traitant, dont seul le taux est publié.
-- Colonnes :
--   scenario : observé, ou scénario de la projection
--   numerateur : ce qui est compté ; vide pour un nombre ou un taux publié
--   denominateur : ce à quoi une part se rapporte ; vide pour un nombre ou un taux publié
WITH populations AS (
    SELECT annee, millesime, revision, 'insee_population_ages' AS source, 'observé' AS scenario,
        departement, region, age_min, population::DECIMAL(18, 1) AS population, NULL::VARCHAR AS statut
    FROM core.population_ages
    WHERE sexe = 'ensemble'
    UNION ALL
    SELECT annee, millesime, revision, 'insee_omphale', scenario, departement, region, age_min, population,
        statut
    FROM core.population_projetee
    QUALIFY dense_rank() OVER (PARTITION BY scenario, annee ORDER BY millesime DESC, revision DESC) = 1
),
situees AS (
    UNPIVOT (
        SELECT *, 'F' AS france FROM populations
        UNION ALL BY NAME
        -- An inhabitant of any age would be one of the oldest, too.
        SELECT annee, millesime, revision, source, scenario, region, 75 AS age_min, 'F' AS france
        FROM core.population_manquante
        WHERE source <> 'insee_population_departements'
    )
    ON departement, region, france
    INTO NAME niveau VALUE code
),
seuils AS (
    SELECT
        s.annee, max(s.millesime)::INTEGER AS millesime, max(s.revision)::INTEGER AS revision, s.source, s.scenario,
        s.niveau, s.code, a.age,
        sum(s.population) FILTER (s.age_min >= a.age)::DECIMAL(18, 1) AS numerateur,
        sum(s.population)::DECIMAL(18, 1) AS denominateur,
        statut_somme(
            CASE WHEN s.age_min >= a.age THEN s.population END,
            CASE WHEN s.age_min < a.age THEN 'sans objet' ELSE s.statut END
        ) AS statut,
        statut_somme(s.population, s.statut) AS statut_total
    FROM situees AS s, (VALUES (60), (65), (75)) AS a (age)
    GROUP BY s.annee, s.source, s.scenario, s.niveau, s.code, a.age
),
-- By large classes, which stop neither at 65 nor under the département.
classes AS (
    SELECT
        annee, max(millesime)::INTEGER AS millesime, max(revision)::INTEGER AS revision,
        'insee_population_departements' AS source, 'observé' AS scenario, niveau, code, age,
        sum(population) FILTER (age_min >= age)::DECIMAL(18, 1) AS numerateur,
        sum(population)::DECIMAL(18, 1) AS denominateur,
        statut_somme(
            CASE WHEN age_min >= age THEN population END, CASE WHEN age_min >= age THEN statut ELSE 'sans objet' END
        ) AS statut,
        statut_somme(population, statut) AS statut_total
    FROM (
        SELECT *, regexp_extract(tranche_age, '^[0-9]+')::INTEGER AS age_min
        FROM core.population
        WHERE sexe = 'ensemble' AND tranche_age <> 'ensemble'
    ), (VALUES (60), (75)) AS a (age)
    GROUP BY annee, niveau, code, age
),
-- What is projected is said so, unless something is missing from it.
ages AS (
    SELECT
        * REPLACE (CASE WHEN statut = 'calculé' AND scenario <> 'observé' THEN 'projeté' ELSE statut END AS statut),
        CASE WHEN denominateur > 0 THEN statut_rapport(statut, statut_total) ELSE 'nd' END AS statut_part
    FROM (SELECT * FROM seuils UNION ALL BY NAME SELECT * FROM classes)
),
ald AS (
    SELECT * FROM core.cnam_ald WHERE tranche_age = 'ensemble' AND sexe = 'ensemble'
)
SELECT
    annee, millesime, revision, source, 'population_' || age || '_plus' AS indicateur, scenario, niveau, code,
    numerateur::DECIMAL(18, 6) AS valeur, 'habitants' AS unite,
    NULL::DECIMAL(18, 1) AS numerateur, NULL::DECIMAL(18, 1) AS denominateur, statut
FROM ages
UNION ALL
SELECT
    annee, millesime, revision, source, 'part_' || age || '_plus_population', scenario, niveau, code,
    CASE WHEN denominateur > 0 THEN (numerateur / denominateur)::DECIMAL(18, 6) END, 'part, de 0 à 1',
    numerateur, denominateur, CASE WHEN statut_part = 'calculé' THEN statut ELSE statut_part END
FROM ages
UNION ALL
SELECT
    annee, millesime, revision,
    CASE
        WHEN niveau IN ('departement', 'region', 'france') THEN 'insee_population_departements'
        ELSE 'insee_population_communes'
    END,
    'population', 'observé', niveau, code, population, 'habitants', NULL, NULL, statut
FROM core.population
WHERE sexe = 'ensemble' AND tranche_age = 'ensemble'
UNION ALL
SELECT
    annee, millesime, revision, 'cnam_ald', 'patients_ald', 'observé', niveau, code, patients, 'personnes', NULL, NULL,
    statut
FROM ald
UNION ALL
SELECT
    annee, millesime, revision, 'cnam_ald', 'part_ald', 'observé', niveau, code,
    CASE WHEN population > 0 THEN (patients::DECIMAL(18, 4) / population)::DECIMAL(18, 6) END, 'part, de 0 à 1',
    patients, population, statut_rapport(statut, CASE WHEN population > 0 THEN 'publié' ELSE 'nd' END)
FROM ald
UNION ALL
SELECT
    annee, millesime, revision, 'cnam_medecin_traitant', 'part_ald_sans_medecin_traitant', 'observé', niveau, code,
    (taux / 100)::DECIMAL(18, 6), 'part, de 0 à 1', NULL, NULL, statut
FROM core.cnam_medecin_traitant
