-- Établissements de santé tels que la SAE les identifie, un par site et par millésime.
-- Grain : millesime, finess
-- Source : SAE, bordereau ID (DREES)
-- Publication : etablissement
-- Note : le territoire vient du code de la commune ; la SAE écrit l'outre-mer 9A à 9F.
-- Colonnes :
--   commune_publiee : code de la commune tel que publié
--   departement_publie : département tel que publié par la SAE
WITH publie AS (
    SELECT
        e.millesime, e.revision, e.reference, e.annee, e.finess, e.finess_ej, e.raison_sociale,
        e.categorie, e.categorie_regroupee, e.statut_juridique, e.secteur,
        e.commune AS commune_publiee,
        e.departement AS departement_publie,
        -- Overseas, the SAE writes 9A to 9F for 971 to 976: in départements (9D) and in communes (9D407).
        CASE WHEN e.commune SIMILAR TO '9[A-F].*' THEN '97' || substr(e.commune, 3) ELSE e.commune END AS commune_lue,
        CASE
            WHEN e.departement SIMILAR TO '9[A-F]'
                THEN '97' || (ascii(substr(e.departement, 2, 1)) - ascii('A') + 1)::VARCHAR
            ELSE e.departement
        END AS departement_lu
    FROM staging.sae_id AS e
),
situe AS (
    SELECT
        p.*,
        c.commune,
        coalesce(c.departement, d.code) AS departement
    FROM publie AS p
    LEFT JOIN core.communes_publiees AS c ON c.commune_publiee = p.commune_lue
    LEFT JOIN core.decoupages AS d ON d.niveau = 'departement' AND d.code = p.departement_lu
)
SELECT
    s.millesime, s.revision, s.annee, s.finess, s.finess_ej, s.raison_sociale,
    s.categorie, s.categorie_regroupee, s.statut_juridique, s.secteur,
    s.commune, s.commune_publiee, s.departement, s.departement_publie,
    t.regions AS region,
    s.reference
FROM situe AS s
LEFT JOIN core.decoupages AS t ON t.niveau = 'departement' AND t.code = s.departement
