-- Entités juridiques qui ont au moins un site dans la SAE : nombre de sites, site principal, territoire.
-- Grain : millesime, finess_ej
-- Source : SAE (DREES), bordereaux ID et SYGEN ; appartenance aux GHT
-- Publication : region
-- Note : le site principal est celui qui a le plus d'ETP, médicaux salariés et non médicaux ; le territoire de l'entité est le sien.
-- Colonnes :
--   sites : nombre de sites dans la SAE
--   site_principal : numéro FINESS du site qui a le plus d'ETP
--   raison_sociale : raison sociale du site principal
WITH sites AS (
    SELECT
        e.millesime, e.revision, e.finess_ej, e.finess, e.raison_sociale, e.departement, e.region,
        e.commune, e.code_ght, e.region_ght,
        row_number() OVER (
            PARTITION BY e.millesime, e.finess_ej
            ORDER BY coalesce(s.ETP_TOT_PNM, 0) + coalesce(s.ETPSAL_TOT, 0) DESC, e.finess
        ) AS rang,
        count(*) OVER (PARTITION BY e.millesime, e.finess_ej)::INTEGER AS sites
    FROM fiches.etablissements AS e
    LEFT JOIN staging.sae_sygen AS s ON s.millesime = e.millesime AND s.finess = e.finess
    WHERE e.finess_ej IS NOT NULL
),
ght AS (
    SELECT millesime, finess_ej, code_ght, nom_ght FROM core.ght_membres
)
SELECT
    s.millesime, s.revision, s.finess_ej, s.sites, s.finess AS site_principal, s.raison_sociale,
    s.commune, s.departement, s.region, g.code_ght, substr(g.code_ght, 1, 2) AS region_ght
FROM sites AS s
LEFT JOIN ght AS g ON g.millesime = s.millesime AND g.finess_ej = s.finess_ej
WHERE s.rang = 1
