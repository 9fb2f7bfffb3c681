-- Établissements de FINESS, un par fichier et par numéro : anciens flux et FINESS+ dits dans les mêmes mots.
-- Grain : origine, millesime, finess
-- Source : FINESS (anciens flux : stock et historique annuel) et FINESS+ (Agence du numérique en santé)
-- Publication : region
-- Note : l'ancien FINESS n'a que les établissements ouverts ; FINESS+ garde les fermés. Le territoire vient de la commune.
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
        e.categorie, j.statut_juridique, e.departement || e.commune_courte AS commune_publiee, e.siret,
        true AS ouvert, e.date_ouverture, NULL::DATE AS date_fermeture
    FROM staging.finess_etablissements AS e
    LEFT JOIN staging.finess_entites_juridiques AS j ON j.millesime = e.millesime AND j.finess_ej = e.finess_ej
),
-- The yearly history, for the years that have no stock.
annuels AS (
    SELECT
        'finess', e.millesime, e.revision, make_date(e.millesime, 12, 31), e.finess, e.finess_ej,
        coalesce(e.raison_sociale_longue, e.raison_sociale), e.categorie, NULL::VARCHAR, e.commune, e.siret,
        true, e.date_ouverture, NULL::DATE
    FROM staging.finess_annuels AS e
    WHERE e.millesime NOT IN (SELECT s.millesime FROM staging.finess_etablissements AS s)
),
adresses AS (
    SELECT
        millesime, finess,
        arg_min(commune, CASE WHEN usage = '03' THEN 0 ELSE 1000 END + rang) AS commune
    FROM staging.finess_plus_adresses
    WHERE commune IS NOT NULL
    GROUP BY millesime, finess
),
plus AS (
    SELECT
        'finess_plus', e.millesime, e.revision, left(e.genere_le, 10)::DATE, e.finess, e.finess_ej,
        coalesce(e.raison_sociale_longue, e.raison_sociale), e.categorie, e.statut_juridique, a.commune, e.siret,
        e.etat = 'A', e.date_ouverture, e.date_fermeture
    FROM staging.finess_plus_etablissements AS e
    LEFT JOIN adresses AS a ON a.millesime = e.millesime AND a.finess = e.finess
),
tous AS (
    SELECT * FROM stock UNION ALL SELECT * FROM annuels UNION ALL SELECT * FROM plus
),
lus AS (
    SELECT
        t.*,
        -- Overseas, the old files write 9A to 9F, 9J in the Pacific: 9D411 is 97411, 9J613 is 98613.
        CASE
            WHEN t.commune_publiee SIMILAR TO '9[A-H].*' THEN '97' || substr(t.commune_publiee, 3)
            WHEN t.commune_publiee SIMILAR TO '9[J-Z].*' THEN '98' || substr(t.commune_publiee, 3)
            ELSE t.commune_publiee
        END AS commune_lue
    FROM tous AS t
)
SELECT
    l.origine, l.millesime, l.revision, l.date_situation, l.finess, l.finess_ej, l.raison_sociale,
    l.categorie, l.statut_juridique, l.ouvert,
    c.commune, l.commune_publiee, c.departement, d.regions AS region,
    l.siret, l.date_ouverture, l.date_fermeture
FROM lus AS l
LEFT JOIN core.communes_publiees AS c ON c.commune_publiee = l.commune_lue
LEFT JOIN core.decoupages AS d ON d.niveau = 'departement' AND d.code = c.departement
