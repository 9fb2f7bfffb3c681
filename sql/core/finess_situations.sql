-- Établissements de FINESS, un par fichier et par numéro : anciens flux et FINESS+ dits dans les mêmes mots.
-- Grain : origine, millesime, finess
-- Source : FINESS (anciens flux : stock et historique annuel) et FINESS+ (Agence du numérique en santé)
-- Publication : region
-- Note : l'ancien FINESS n'a que les établissements ouverts ; FINESS+ garde les fermés. Le territoire vient du code de la commune, à défaut de son nom ; le département, de la commune, sinon de la cellule qui le porte, du code postal ou du code de la commune, le premier connu.
-- Colonnes :
--   origine : finess (anciens flux) ou finess_plus
--   date_situation : date que le fichier décrit
--   ouvert : l'établissement est ouvert à cette date
--   siret : numéro SIRET
--   date_ouverture : date d'ouverture ; FINESS+ l'a redéfinie
--   date_fermeture : date de fermeture (FINESS+ seulement)
WITH stock AS (
    SELECT
        'finess' AS origine, e.millesime, e.revision, e.date_extraction AS date_situation,
        e.finess, e.finess_ej, coalesce(e.raison_sociale_longue, e.raison_sociale) AS raison_sociale,
        e.categorie, j.statut_juridique, e.departement || lpad(e.commune_courte, 3, '0') AS commune_publiee, e.siret,
        true AS ouvert, e.date_ouverture, NULL::DATE AS date_fermeture,
        e.departement AS departement_publie, e.acheminement[:5] AS code_postal, e.acheminement AS ville
    FROM staging.finess_etablissements AS e
    LEFT JOIN staging.finess_entites_juridiques AS j ON j.millesime = e.millesime AND j.finess_ej = e.finess_ej
),
-- The yearly history, for the years that have no stock.
annuels AS (
    SELECT
        'finess', e.millesime, e.revision, make_date(e.millesime, 12, 31), e.finess, e.finess_ej,
        coalesce(e.raison_sociale_longue, e.raison_sociale), e.categorie, NULL::VARCHAR, e.commune, e.siret,
        true, e.date_ouverture, NULL::DATE, e.departement, e.code_postal, NULL
    FROM staging.finess_annuels AS e
    WHERE e.millesime NOT IN (SELECT s.millesime FROM staging.finess_etablissements AS s)
),
adresses AS (
    SELECT
        millesime, finess, commune, code_postal, acheminement
    FROM staging.finess_plus_adresses
    WHERE coalesce(commune, code_postal) IS NOT NULL
    QUALIFY row_number() OVER (
        PARTITION BY millesime, finess
        ORDER BY commune IS NULL, CASE WHEN usage = '03' THEN 0 ELSE 1000 END + rang
    ) = 1
),
plus AS (
    SELECT
        'finess_plus', e.millesime, e.revision, left(e.genere_le, 10)::DATE, e.finess, e.finess_ej,
        coalesce(e.raison_sociale_longue, e.raison_sociale), e.categorie, e.statut_juridique, a.commune, e.siret,
        e.etat = 'A', e.date_ouverture, e.date_fermeture, NULL, a.code_postal, a.acheminement
    FROM staging.finess_plus_etablissements AS e
    LEFT JOIN adresses AS a ON a.millesime = e.millesime AND a.finess = e.finess
),
tous AS (
    SELECT * FROM stock UNION ALL SELECT * FROM annuels UNION ALL SELECT * FROM plus
),
lus AS (
    SELECT
        t.*, c.commune AS commune_du_code,
        departement_lu(c.departement, t.commune_publiee, t.departement_publie, t.code_postal) AS departement_lu,
        cle_lieu(t.ville) AS cle
    FROM tous AS t
    LEFT JOIN core.communes_publiees AS c ON c.commune_publiee = code_commune(t.commune_publiee)
)
SELECT
    l.origine, l.millesime, l.revision, l.date_situation, l.finess, l.finess_ej, l.raison_sociale,
    l.categorie, l.statut_juridique, l.ouvert,
    coalesce(l.commune_du_code, n.commune) AS commune, l.commune_publiee, d.code AS departement, d.regions AS region,
    l.siret, l.date_ouverture, l.date_fermeture
FROM lus AS l
LEFT JOIN core.noms_communes AS n ON n.departement = l.departement_lu AND n.cle = l.cle
LEFT JOIN core.decoupages AS d ON d.niveau = 'departement' AND d.code = l.departement_lu
