-- Personnels des établissements de santé par territoire et statut, une ligne par variable de la SAE.
-- Grain : annee, niveau, code, statut_regroupe, variable
-- Source : SAE (DREES), SYGEN ; Q22 pour EFF_INT_recalcule
-- Publication : territoire
-- Note : sommes des sites du territoire ; le détail par statut est donné par département, région et France ; les entités juridiques et les GHT sont dans fiches.ej_personnels et fiches.ght_personnels. Les effectifs comptent deux fois une personne qui travaille sur deux sites.
-- Colonnes :
--   statut_regroupe : statut des établissements : 1 public, 2 privé à but lucratif, 3 privé à but non lucratif, ensemble
--   sites : nombre de sites du territoire
--   sites_repondants : sites dont la valeur est publiée, nulle par le questionnaire, ou calculée
WITH sites AS (
    SELECT
        p.annee, p.millesime, p.revision, p.finess, p.variable, p.valeur,
        coalesce(e.statut_regroupe, 'inconnu') AS statut_regroupe,
        e.commune, e.arrondissement, e.zone_emploi, e.bassin_bmo, e.departement, e.region
    FROM core.sae_personnels AS p
    JOIN fiches.etablissements AS e ON e.millesime = p.millesime AND e.finess = p.finess
),
-- By status for the large territories only; every territory has its total.
par_statut AS (
    UNPIVOT (SELECT *, 'F' AS france FROM sites)
    ON departement, region, france
    INTO NAME niveau VALUE code
),
ensemble AS (
    UNPIVOT (SELECT * REPLACE ('ensemble' AS statut_regroupe), 'F' AS france FROM sites)
    ON commune, arrondissement, zone_emploi, bassin_bmo, departement, region, france
    INTO NAME niveau VALUE code
),
situes AS (
    SELECT annee, millesime, revision, niveau, code, statut_regroupe, variable, valeur FROM par_statut
    UNION ALL
    SELECT annee, millesime, revision, niveau, code, statut_regroupe, variable, valeur FROM ensemble
),
sommes AS (
    SELECT
        annee, millesime, revision, niveau, code, statut_regroupe, variable,
        sum(valeur)::DECIMAL(18, 2) AS valeur,
        count(*)::INTEGER AS sites,
        count(valeur)::INTEGER AS sites_repondants
    FROM situes
    GROUP BY annee, millesime, revision, niveau, code, statut_regroupe, variable
)
SELECT
    s.annee, s.millesime, s.revision, s.niveau, s.code, s.statut_regroupe, s.variable,
    v.filiere, v.mesure, v.ligne, v.dont, s.valeur, v.unite,
    CASE
        WHEN s.sites_repondants = 0 THEN 'non-réponse'
        WHEN s.sites_repondants < s.sites THEN 'partiel'
        ELSE 'calculé'
    END AS statut,
    s.sites, s.sites_repondants
FROM sommes AS s
JOIN reference.variables_sae AS v USING (variable)
