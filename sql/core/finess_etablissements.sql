-- Établissements de FINESS dans le temps : une ligne par période où rien de ce qui les décrit n'a changé.
-- Grain : finess, valide_du
-- Source : FINESS (anciens flux) et FINESS+, tous les millésimes épinglés
-- Publication : region
-- Note : une période va de la première situation observée à la veille de celle qui en diffère ; les dates sont celles des fichiers, non des événements.
-- Colonnes :
--   valide_du : date de la première situation qui l'observe
--   valide_au : veille de la première situation qui ne l'observe plus ; vide si la dernière l'observe encore
--   millesime [année] : millésime de la dernière situation qui l'observe
--   origine : fichiers qui l'observent : finess (anciens flux), finess_plus, ou les deux
--   ouvert : l'établissement est ouvert
--   siret : numéro SIRET, à la dernière observation
--   date_ouverture : date d'ouverture, à la dernière observation ; FINESS+ l'a redéfinie
--   date_fermeture : date de fermeture (FINESS+ seulement)
WITH situations AS (
    SELECT
        origine, millesime, date_situation,
        row_number() OVER (ORDER BY date_situation, origine) AS rang,
        lead(date_situation) OVER (ORDER BY date_situation, origine) AS suivante
    FROM (SELECT DISTINCT origine, millesime, date_situation FROM core.finess_situations)
),
observations AS (
    SELECT
        f.*, s.rang, s.suivante,
        lag(s.rang) OVER par_numero AS rang_avant,
        lag((f.finess_ej, f.categorie, coalesce(f.commune, f.commune_publiee), f.ouvert)) OVER par_numero AS avant,
        -- The yearly history doesn't give the legal status: not knowing it is no change.
        lag(f.statut_juridique IGNORE NULLS) OVER par_numero AS statut_avant
    FROM core.finess_situations AS f
    JOIN situations AS s
        ON s.origine = f.origine AND s.millesime = f.millesime AND s.date_situation = f.date_situation
    WINDOW par_numero AS (PARTITION BY f.finess ORDER BY s.rang)
),
periodes AS (
    SELECT
        *,
        count(*) FILTER (
            WHERE rang_avant IS NULL OR rang_avant <> rang - 1
                OR avant IS DISTINCT FROM (finess_ej, categorie, coalesce(commune, commune_publiee), ouvert)
                OR statut_avant <> statut_juridique
        ) OVER (PARTITION BY finess ORDER BY rang) AS periode
    FROM observations
)
SELECT
    finess,
    min(date_situation) AS valide_du,
    (arg_max_null(suivante, rang) - 1)::DATE AS valide_au,
    arg_max(millesime, rang) AS millesime,
    arg_max(revision, rang) AS revision,
    string_agg(DISTINCT origine, ' ' ORDER BY origine) AS origine,
    arg_max(finess_ej, rang) AS finess_ej,
    arg_max(raison_sociale, rang) AS raison_sociale,
    arg_max_null(categorie, rang) AS categorie,
    arg_max(statut_juridique, rang) AS statut_juridique,
    max(ouvert) AS ouvert,
    arg_max_null(commune, rang) AS commune,
    arg_max(commune_publiee, rang) AS commune_publiee,
    arg_max_null(departement, rang) AS departement,
    arg_max_null(region, rang) AS region,
    arg_max(siret, rang) AS siret,
    arg_max(date_ouverture, rang) AS date_ouverture,
    arg_max_null(date_fermeture, rang) AS date_fermeture
FROM periodes
GROUP BY finess, periode
