-- Établissements de santé, un par site et par millésime : identité, territoire, GHT, capacités.
-- Grain : millesime, finess
-- Source : SAE (DREES), bordereaux ID et SYGEN ; appartenance aux GHT
-- Publication : region
-- Note : `code_ght` est vide où l'appartenance n'est pas connue, ou pour un site privé. Les capacités sont celles du 31 décembre ; vide, une capacité n'est pas déclarée, sauf si sa case a été écartée.
-- Colonnes :
--   capacites_ecartees : capacités dont la case a été écartée à la lecture ou au contrôle : elles sont inconnues, et non nulles
WITH ght AS (
    SELECT
        g.millesime, g.finess, g.code_ght, g.nom_ght,
        substr(g.code_ght, 1, 2) AS region_ght
    FROM fiches.ght_membres AS g
    WHERE g.retenu
),
ecartees AS (
    SELECT s.millesime, s.finess, string_agg(DISTINCT v.variable, ' ' ORDER BY v.variable) AS capacites_ecartees
    FROM staging.sae_sygen AS s
    JOIN core.cellules_ecartees AS c
        ON c.source = 'sae' AND c.table_source = 'sygen' AND c.millesime = s.millesime
            AND c.fichier = s._fichier AND c.ligne = s._ligne
    JOIN reference.capacites AS v ON v.variable = upper(c.colonne)
    GROUP BY s.millesime, s.finess
)
SELECT
    e.millesime, e.revision, e.annee, e.finess, e.finess_ej, e.raison_sociale,
    e.categorie, e.categorie_regroupee, e.statut_juridique, e.secteur,
    e.commune, e.commune_publiee, c.libelle AS commune_libelle,
    c.arrondissement, c.zone_emploi, c.bassin_bmo,
    e.departement, e.departement_publie, e.region, e.collectivite,
    g.code_ght, g.nom_ght, g.region_ght,
    s.LIT_MED, s.LIT_CHI, s.LIT_OBS, s.LIT_MCO, s.PLA_MCO,
    s.CAP_COMPLET_TOT, s.LIT_SSR, s.PLA_SSR, s.LIT_USLD, s.PLATOT_HAD, x.capacites_ecartees
FROM core.etablissements AS e
LEFT JOIN reference.communes AS c ON c.commune = e.commune
LEFT JOIN ght AS g ON g.millesime = e.millesime AND g.finess = e.finess
LEFT JOIN staging.sae_sygen AS s ON s.millesime = e.millesime AND s.finess = e.finess
LEFT JOIN ecartees AS x ON x.millesime = e.millesime AND x.finess = e.finess
