-- Établissements de santé, entités juridiques de plusieurs sites, GHT, établissements sociaux et médico-sociaux de la région, et leur fiche.
-- Grain : nature, code
-- Source : vues.etablissements, core.entites_juridiques, fiches.ght_membres, vues.esms
-- Non reçu : Ni la SAE ni FINESS n'ont été reçus : il n'y a pas d'établissement à chercher.
-- Colonnes :
--   libelle « Nom » : nom
--   code « FINESS ou code » : numéro FINESS, ou code du groupement
--   nature « Nature » : GHT, entité juridique, statut de l'établissement de santé, ou catégorie de l'établissement social
--   commune_libelle « Commune » text (vide : rien)
--   departement_libelle « Département » text (vide : rien) : nom du département
--   nom_ght « GHT » text (vide : rien)
WITH noms_ght AS (
    SELECT DISTINCT code_ght, nom_ght
    FROM fiches.ght_membres
    WHERE millesime = (SELECT millesime FROM vues.annees_retenues WHERE objet = 'fiches.etablissements')
),
-- A GHT has a sheet in the year of which its members are known.
ght AS (
    SELECT
        1 AS rang, coalesce(max(nom_ght), code_ght) AS libelle, code_ght AS code, 'GHT' AS nature,
        NULL AS commune_libelle, NULL AS departement_libelle, NULL AS nom_ght,
        'fiches/ght-' || code_ght || '.html' AS lien, code_ght AS cle
    FROM noms_ght
    GROUP BY code_ght
),
entites AS (
    SELECT
        2 AS rang, j.raison_sociale AS libelle, j.finess_ej AS code,
        'entité juridique, ' || j.sites || ' sites' AS nature,
        c.libelle AS commune_libelle, coalesce(d.libelle, 'département ' || j.departement) AS departement_libelle,
        g.nom_ght,
        'fiches/ej-' || j.finess_ej || '.html' AS lien, j.raison_sociale AS cle
    FROM core.entites_juridiques AS j
    LEFT JOIN reference.communes AS c USING (commune)
    LEFT JOIN reference.territoires AS d ON d.niveau = 'departement' AND d.code = j.departement
    LEFT JOIN noms_ght AS g ON g.code_ght = j.code_ght
    WHERE j.millesime = (SELECT millesime FROM vues.annees_retenues WHERE objet = 'fiches.etablissements')
        AND j.sites > 1
        AND (SELECT region FROM vues.publication) IN (j.region, j.region_ght)
),
sites AS (
    SELECT
        3 AS rang, raison_sociale AS libelle, finess AS code, secteur_libelle AS nature, commune_libelle,
        departement_libelle,
        CASE WHEN code_ght IS NOT NULL THEN nom_ght END AS nom_ght, lien, raison_sociale AS cle
    FROM vues.etablissements
),
sociaux AS (
    SELECT 4, nom, code, categorie_libelle, commune_libelle, departement_libelle, NULL, lien, nom
    FROM vues.esms
)
SELECT libelle, code, nature, commune_libelle, departement_libelle, nom_ght, lien
FROM (SELECT * FROM ght UNION ALL SELECT * FROM entites UNION ALL SELECT * FROM sites UNION ALL SELECT * FROM sociaux)
ORDER BY rang, cle, code
