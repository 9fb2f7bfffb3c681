-- Personnels de chaque entité juridique : somme de ses sites, une ligne par variable de la SAE.
-- Grain : millesime, finess_ej, variable
-- Source : SAE (DREES), SYGEN ; Q22 pour EFF_INT_recalcule
-- Publication : entite
-- Note : une personne qui travaille sur deux sites compte deux fois dans un effectif, pas dans les ETP.
-- Colonnes :
--   sites : nombre de sites de l'entité dans la SAE
--   sites_repondants : sites dont la valeur est publiée, nulle par le questionnaire, ou calculée
SELECT
    p.millesime, p.revision, p.annee, p.finess_ej, p.variable,
    v.filiere, v.mesure, v.ligne, v.dont,
    sum(p.valeur)::DECIMAL(18, 2) AS valeur,
    v.unite,
    CASE
        WHEN bool_and(p.statut = 'non collecté') THEN 'non collecté'
        WHEN count(p.valeur) = 0 THEN 'non-réponse'
        WHEN count(p.valeur) < count(*) THEN 'partiel'
        ELSE 'calculé'
    END AS statut,
    count(*)::INTEGER AS sites,
    count(p.valeur)::INTEGER AS sites_repondants
FROM core.sae_personnels AS p
JOIN reference.variables_sae AS v USING (variable)
GROUP BY ALL
