-- Départs en retraite selon les caisses : liquidations, cumul emploi-retraite et âge moyen, par profession et territoire.
-- Grain : annee, caisse, profession, niveau, code
-- Source : CNRACL ; CARMF (contrats de données)
-- Publication : territoire
-- Note : diffusion restreinte, protégée (docs/confidentialite.md). Chaque caisse a son champ : leurs lignes ne s'additionnent pas sans précaution. Les cessations d'activité sont au plus les liquidations moins le cumul. L'âge moyen est recalculé des sommes, sur les seules lignes dont l'âge est donné à l'année.
-- Colonnes :
--   caisse : caisse de retraite
--   cumul [personnes] : dont personnes qui continuent d'exercer, cases visibles
--   liquidations_age_connu [personnes] : liquidations dont l'âge est donné à l'année
--   departements : départements qui ont au moins une ligne
--   departements_du_territoire : départements du territoire
--   statut : calculé ; partiel quand une case est cachée ou un département absent ; secret ou nd quand rien n'est visible, secret aussi quand la publication cache la ligne
WITH derniers AS (
    SELECT *
    FROM core.departs_caisses
    WHERE departement IS NOT NULL
    QUALIFY millesime = max(millesime) OVER (PARTITION BY caisse, annee)
),
situes AS (
    UNPIVOT (SELECT *, departement AS le_departement, 'F' AS france FROM derniers)
    ON departement, region, france
    INTO NAME niveau VALUE code
),
territoires AS (
    SELECT niveau, code, count(DISTINCT le_departement)::INTEGER AS departements
    FROM (
        UNPIVOT (
            SELECT DISTINCT departement, region, 'F' AS france, departement AS le_departement FROM reference.communes
        )
        ON departement, region, france
        INTO NAME niveau VALUE code
    )
    GROUP BY niveau, code
),
sommes AS (
    SELECT
        annee, max(millesime)::INTEGER AS millesime, max(revision)::INTEGER AS revision, caisse, profession, niveau,
        code, sum(liquidations)::INTEGER AS liquidations,
        sum(cumul)::INTEGER AS cumul,
        sum(liquidations) FILTER (age_liquidation IS NOT NULL)::INTEGER AS liquidations_age_connu,
        sum(liquidations * age_liquidation)::BIGINT AS annees_cumulees,
        count(DISTINCT le_departement)::INTEGER AS departements,
        statut_somme(liquidations, liquidations_statut) AS statut, statut_somme(cumul, cumul_statut) AS statut_cumul
    FROM situes
    GROUP BY annee, caisse, profession, niveau, code
)
SELECT
    s.annee, s.millesime, s.revision, s.caisse, s.profession, s.niveau, s.code,
    s.liquidations, s.cumul, s.liquidations_age_connu,
    CASE WHEN s.liquidations_age_connu > 0
        THEN (s.annees_cumulees::DECIMAL(18, 4) / s.liquidations_age_connu)::DECIMAL(18, 2) END AS age_moyen,
    s.departements, t.departements AS departements_du_territoire,
    CASE
        WHEN statut_absent(s.statut) THEN s.statut
        WHEN 'partiel' IN (s.statut, s.statut_cumul) OR s.departements < t.departements THEN 'partiel'
        ELSE 'calculé'
    END AS statut
FROM sommes AS s
JOIN territoires AS t ON t.niveau = s.niveau AND t.code = s.code
