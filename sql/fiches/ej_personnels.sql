-- Personnels de chaque entité juridique : somme de ses sites, une ligne par variable de la SAE.
-- Grain : millesime, finess_ej, variable
-- Source : SAE (DREES), SYGEN ; Q22 pour EFF_INT_recalcule
-- Publication : entite
-- Note : une personne qui travaille sur deux sites compte deux fois dans un effectif, pas dans les ETP. D'une année à l'autre, les sites peuvent changer : une évolution se lit dans fiches.evolutions.
-- Colonnes :
--   sites : nombre de sites de l'entité dans la SAE
--   sites_repondants : sites dont la valeur est publiée, nulle par le questionnaire, ou calculée
WITH sommes AS (
    SELECT
        millesime, finess_ej, variable,
        max(revision) AS revision,
        max(annee) AS annee,
        sum(valeur)::DECIMAL(18, 2) AS valeur,
        statut_somme(valeur, statut) AS statut,
        count(*)::INTEGER AS sites,
        count(valeur)::INTEGER AS sites_repondants
    FROM fiches.es_personnels
    WHERE finess_ej IS NOT NULL
    GROUP BY millesime, finess_ej, variable
)
SELECT
    s.millesime, s.revision, s.annee, s.finess_ej, s.variable,
    v.filiere, v.mesure, v.ligne, v.dont, s.valeur, v.unite,
    s.statut, s.sites, s.sites_repondants
FROM sommes AS s
JOIN reference.variables_sae AS v USING (variable)
