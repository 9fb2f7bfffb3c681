-- Personnels médicaux et non médicaux de chaque établissement (site), une ligne par variable de la SAE.
-- Grain : millesime, finess, variable
-- Source : SAE (DREES), SYGEN ; Q22 pour EFF_INT_recalcule
-- Publication : etablissement
-- Note : ne jamais additionner les lignes `dont` vrai : elles font partie d'un total.
SELECT
    p.millesime, p.revision, p.annee, p.finess, p.variable,
    v.filiere, v.mesure, v.ligne, v.dont, p.valeur, v.unite, p.statut
FROM core.sae_personnels AS p
JOIN reference.variables_sae AS v USING (variable)
