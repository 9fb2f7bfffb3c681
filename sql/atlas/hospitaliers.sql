-- Personnels des établissements de santé par territoire et statut, une ligne par variable de la SAE.
-- Grain : annee, niveau, code, statut_regroupe, variable
-- Source : SAE (DREES), SYGEN ; Q22 pour EFF_INT_recalcule
-- Note : sommes des sites du territoire ; GHT par appartenance de l'exercice, sites publics seulement. Les effectifs comptent deux fois une personne qui travaille sur deux sites.
-- Colonnes :
--   statut_regroupe : statut des établissements : 1 public, 2 privé à but lucratif, 3 privé à but non lucratif, ensemble
--   sites : nombre de sites du territoire
--   sites_repondants : sites dont la valeur est publiée, nulle par le questionnaire, ou calculée
WITH sites AS (
    SELECT
        p.annee, p.millesime, p.revision, p.finess, p.variable, p.valeur,
        coalesce(e.statut_regroupe, 'inconnu') AS statut_regroupe,
        e.commune, e.arrondissement, e.zone_emploi, e.bassin_bmo, e.departement, e.region, e.finess_ej, e.code_ght
    FROM core.sae_personnels AS p
    JOIN fiches.etablissements AS e ON e.millesime = p.millesime AND e.finess = p.finess
),
situes AS (
    SELECT 'commune' AS niveau, commune AS code, * FROM sites
    UNION ALL SELECT 'arrondissement', arrondissement, * FROM sites
    UNION ALL SELECT 'zone_emploi', zone_emploi, * FROM sites
    UNION ALL SELECT 'bassin_bmo', bassin_bmo, * FROM sites
    UNION ALL SELECT 'departement', departement, * FROM sites
    UNION ALL SELECT 'region', region, * FROM sites
    UNION ALL SELECT 'france', 'F', * FROM sites
    UNION ALL SELECT 'ej', finess_ej, * FROM sites
    UNION ALL SELECT 'ght', code_ght, * FROM sites
),
sommes AS (
    SELECT
        annee, millesime, revision, niveau, code, coalesce(statut_regroupe, 'ensemble') AS statut_regroupe, variable,
        sum(valeur)::DECIMAL(18, 2) AS valeur,
        count(*)::INTEGER AS sites,
        count(valeur)::INTEGER AS sites_repondants
    FROM situes
    WHERE code IS NOT NULL
    GROUP BY GROUPING SETS (
        (annee, millesime, revision, niveau, code, statut_regroupe, variable),
        (annee, millesime, revision, niveau, code, variable)
    )
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
