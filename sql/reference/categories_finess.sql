-- Catégories d'établissements de FINESS : code, libellé, agrégat.
-- Grain : categorie
-- Source : FINESS (anciens flux) ; FINESS+ n'a que les codes
-- Publication : nationale
-- Note : libellés de la dernière extraction qui les porte ; une catégorie que FINESS+ a créée depuis n'en a pas.
-- Colonnes :
--   agregat : agrégat de catégories (code)
--   agregat_libelle : agrégat de catégories (libellé)
--   etablissements [établissements] : établissements ouverts de cette catégorie, à la dernière situation connue
WITH libelles AS (
    SELECT millesime, categorie, categorie_libelle, categorie_agregee, categorie_agregee_libelle
    FROM staging.finess_etablissements
    UNION ALL
    SELECT millesime, categorie, categorie_libelle, categorie_agregee, categorie_agregee_libelle
    FROM staging.finess_annuels
),
connues AS (
    SELECT
        categorie,
        arg_max(categorie_libelle, (millesime, categorie_libelle)) AS libelle,
        arg_max(categorie_agregee, (millesime, categorie_agregee)) AS agregat,
        arg_max(categorie_agregee_libelle, (millesime, categorie_agregee_libelle)) AS agregat_libelle
    FROM libelles
    WHERE categorie IS NOT NULL
    GROUP BY categorie
),
derniers AS (
    SELECT categorie, count(*)::INTEGER AS etablissements
    FROM core.finess_etablissements
    WHERE valide_au IS NULL AND ouvert AND categorie IS NOT NULL
    GROUP BY categorie
)
SELECT
    coalesce(c.categorie, d.categorie) AS categorie, c.libelle, c.agregat, c.agregat_libelle,
    coalesce(d.etablissements, 0) AS etablissements
FROM connues AS c
FULL JOIN derniers AS d ON d.categorie = c.categorie
