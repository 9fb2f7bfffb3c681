-- Sites de chaque GHT, avec la raison pour laquelle un site n'entre pas dans ses totaux.
-- Grain : millesime, code_ght, finess
-- Source : appartenance aux GHT (FINESS+, ou déduite) et SAE, bordereau ID
-- Publication : ght
-- Note : un GHT garde ses sites situés hors de la région. Les totaux comptent les sites publics (stjr = 1).
-- Colonnes :
--   retenu : le site entre dans les totaux du GHT
--   motif_exclusion : pourquoi le site n'y entre pas
--   appartenance : officielle (FINESS+), déduite (source ght), ou dernière connue (FINESS+ d'une année suivante)
--   annee_appartenance [année] : année décrite par l'appartenance retenue
SELECT
    m.millesime, m.code_ght, m.nom_ght, m.finess_ej,
    e.finess, e.raison_sociale, e.departement, e.region,
    e.secteur = '1' AS retenu,
    CASE WHEN (e.secteur IS DISTINCT FROM '1') THEN 'site de statut privé' END AS motif_exclusion,
    m.appartenance, m.annee_appartenance, m.millesime_ght, m.revision
FROM core.ght_membres AS m
JOIN core.etablissements AS e ON e.millesime = m.millesime AND e.finess_ej = m.finess_ej
