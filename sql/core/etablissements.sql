-- Établissements de santé tels que la SAE les identifie, un par site et par millésime.
-- Grain : millesime, finess
-- Source : SAE, bordereau ID (DREES)
-- Publication : etablissement
-- Note : le territoire vient du code de la commune, à défaut de son nom dans le département ; le département, de la commune, sinon de la cellule que la SAE lui donne, du code postal ou du code de la commune, le premier connu. La SAE écrit l'outre-mer 9A à 9F. Saint-Barthélemy et Saint-Martin n'ont ni département ni région.
-- Colonnes :
--   commune_publiee : code de la commune tel que publié
--   departement_publie : département tel que publié par la SAE
WITH lus AS (
    SELECT
        e.*, c.commune AS commune_du_code,
        departement_lu(c.departement, e.commune, e.departement, e.code_postal) AS departement_lu,
        cle_lieu(e.commune_libelle) AS cle
    FROM staging.sae_id AS e
    LEFT JOIN core.communes_publiees AS c ON c.commune_publiee = code_commune(e.commune)
)
SELECT
    l.millesime, l.revision, l.annee, l.finess, l.finess_ej, l.raison_sociale,
    l.categorie, l.categorie_regroupee, l.statut_juridique, l.secteur,
    coalesce(l.commune_du_code, n.commune) AS commune, l.commune AS commune_publiee,
    d.code AS departement, l.departement AS departement_publie,
    d.regions AS region,
    CASE WHEN regexp_full_match(l.departement_lu, '97[578]|98[0-9]') THEN l.departement_lu END AS collectivite,
    l.reference
FROM lus AS l
LEFT JOIN core.noms_communes AS n ON n.departement = l.departement_lu AND n.cle = l.cle
LEFT JOIN core.decoupages AS d ON d.niveau = 'departement' AND d.code = l.departement_lu
