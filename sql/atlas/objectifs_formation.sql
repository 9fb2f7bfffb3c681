-- Objectifs pluriannuels de professionnels à former et capacités d'accueil des universités, côte à côte.
-- Grain : annee, profession, niveau, code
-- Source : arrêtés fixant les objectifs nationaux pluriannuels ; capacités d'accueil des universités (contrat de données)
-- Publication : territoire
-- Note : un objectif vaut pour toute la période ; la capacité cumulée n'en est rapprochée que si toutes les années depuis le début de la période sont connues. Des places en deuxième cycle ne sont pas des diplômés. La France n'a de capacité que si toutes les régions de l'arrêté en ont une.
-- Colonnes :
--   capacite_cycle_2 [places] : places offertes en première année du deuxième cycle
--   capacite_cycle_3 [places] : places offertes en première année du troisième cycle
--   capacite_cumulee [places] : places de deuxième cycle depuis le début de la période, si toutes les années sont connues
--   periode_debut [année] : première année de la période de l'objectif
--   periode_fin [année] : dernière année de la période de l'objectif
--   objectif [personnes] : professionnels à former sur la période
--   seuil_min [personnes] : seuil minimal d'évolution
--   seuil_max [personnes] : seuil maximal d'évolution
--   statut : calculé ; partiel quand la capacité ou l'objectif manque
WITH objectifs AS (
    SELECT
        periode_debut, max(periode_fin) AS periode_fin, profession, region,
        max(millesime)::INTEGER AS millesime, max(revision)::INTEGER AS revision,
        sum(objectif)::INTEGER AS objectif, sum(seuil_min)::INTEGER AS seuil_min, sum(seuil_max)::INTEGER AS seuil_max
    FROM (
        SELECT * FROM core.mpom WHERE region IS NOT NULL
        -- A region's own objective is never added to those of its universities.
        QUALIFY millesime = max(millesime) OVER (PARTITION BY periode_debut)
            AND (universite IS NULL) = bool_or(universite IS NULL) OVER (
                PARTITION BY millesime, revision, periode_debut, profession, region
            )
    )
    GROUP BY periode_debut, profession, region
),
capacites AS (
    SELECT
        annee, profession, region, max(millesime)::INTEGER AS millesime, max(revision)::INTEGER AS revision,
        sum(capacite) FILTER (cycle = '2')::INTEGER AS capacite_cycle_2,
        sum(capacite) FILTER (cycle = '3')::INTEGER AS capacite_cycle_3
    FROM (
        SELECT * FROM core.formations_capacites WHERE region IS NOT NULL
        QUALIFY millesime = max(millesime) OVER (PARTITION BY annee)
    )
    GROUP BY annee, profession, region
),
-- One line of objectives and one of capacity per place: France has a capacity where all its regions have one.
objectifs_situes AS (
    SELECT 'region' AS niveau, region AS code, * EXCLUDE (region), 1 AS regions FROM objectifs
    UNION ALL
    SELECT
        'france', 'F', periode_debut, max(periode_fin), profession,
        max(millesime)::INTEGER, max(revision)::INTEGER,
        sum(objectif)::INTEGER, sum(seuil_min)::INTEGER, sum(seuil_max)::INTEGER, count(*)
    FROM objectifs
    GROUP BY periode_debut, profession
),
capacites_situees AS (
    SELECT 'region' AS niveau, region AS code, * EXCLUDE (region) FROM capacites
    UNION ALL
    SELECT
        'france', 'F', c.annee, c.profession, max(c.millesime)::INTEGER, max(c.revision)::INTEGER,
        sum(c.capacite_cycle_2)::INTEGER, sum(c.capacite_cycle_3)::INTEGER
    FROM capacites AS c
    JOIN objectifs AS o
        ON o.profession = c.profession AND o.region = c.region AND c.annee BETWEEN o.periode_debut AND o.periode_fin
    GROUP BY c.annee, c.profession, o.periode_debut
    HAVING count(*) = (
        SELECT max(f.regions) FROM objectifs_situes AS f
        WHERE f.niveau = 'france' AND f.profession = c.profession AND f.periode_debut = o.periode_debut
    )
),
annees AS (
    SELECT annee, profession, niveau, code FROM capacites_situees
    UNION
    SELECT periode_debut, profession, niveau, code FROM objectifs_situes
),
ensemble AS (
    SELECT
        a.annee, a.profession, a.niveau, a.code,
        coalesce(c.millesime, o.millesime) AS millesime, coalesce(c.revision, o.revision) AS revision,
        c.capacite_cycle_2, c.capacite_cycle_3,
        o.periode_debut, o.periode_fin, o.objectif, o.seuil_min, o.seuil_max,
        CASE WHEN count(c.capacite_cycle_2) OVER periode = a.annee - o.periode_debut + 1
            THEN sum(c.capacite_cycle_2) OVER periode END::INTEGER AS capacite_cumulee
    FROM annees AS a
    LEFT JOIN capacites_situees AS c
        ON c.annee = a.annee AND c.profession = a.profession AND c.niveau = a.niveau AND c.code = a.code
    LEFT JOIN objectifs_situes AS o
        ON o.profession = a.profession AND o.niveau = a.niveau AND o.code = a.code
        AND a.annee BETWEEN o.periode_debut AND o.periode_fin
    WINDOW periode AS (PARTITION BY a.profession, a.niveau, a.code, o.periode_debut ORDER BY a.annee)
)
SELECT
    annee, millesime, revision, profession, niveau, code, capacite_cycle_2, capacite_cycle_3, capacite_cumulee,
    periode_debut, periode_fin, objectif, seuil_min, seuil_max,
    CASE WHEN objectif > 0 THEN (capacite_cumulee::DECIMAL(18, 4) / objectif)::DECIMAL(9, 6) END AS valeur,
    CASE WHEN capacite_cycle_2 IS NULL OR objectif IS NULL THEN 'partiel' ELSE 'calculé' END AS statut
FROM ensemble
