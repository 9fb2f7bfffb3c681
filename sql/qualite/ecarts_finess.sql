-- Établissements qui diffèrent entre la dernière extraction de l'ancien FINESS et le FINESS+ qui la suit, et pourquoi.
-- Grain : constat, finess
-- Source : core.finess_situations
-- Publication : region
-- Note : les établissements que FINESS+ dit fermés avant cette extraction n'y sont pas ; qualite.continuite_finess les compte.
-- Colonnes :
--   constat : absent de FINESS+, absent de l'ancien FINESS, fermé, entité juridique, catégorie, statut juridique, commune
--   motif : raison de l'écart, ou « à expliquer »
--   avant : valeur dans l'ancien FINESS
--   apres : valeur dans FINESS+
--   millesime_avant [année] : millésime de l'ancien FINESS
--   millesime [année] : millésime de FINESS+
WITH ancien AS (
    SELECT * FROM core.finess_situations
    WHERE origine = 'finess'
        AND millesime = (SELECT max(s.millesime) FROM core.finess_situations AS s WHERE s.origine = 'finess')
),
plus AS (
    SELECT * FROM core.finess_situations
    WHERE origine = 'finess_plus' AND millesime = (
        SELECT coalesce(
            min(s.millesime) FILTER (WHERE s.date_situation >= (SELECT max(a.date_situation) FROM ancien AS a)),
            max(s.millesime)
        )
        FROM core.finess_situations AS s WHERE s.origine = 'finess_plus'
    )
),
entites AS (
    SELECT finess_ej, bool_or(etat = 'A') AS active
    FROM staging.finess_plus_entites_juridiques
    WHERE millesime = (SELECT max(p.millesime) FROM plus AS p)
    GROUP BY finess_ej
),
dates AS (
    SELECT
        (SELECT max(a.millesime) FROM ancien AS a) AS millesime_avant,
        (SELECT max(a.date_situation) FROM ancien AS a) AS date_avant,
        (SELECT max(p.millesime) FROM plus AS p) AS millesime,
        (SELECT max(p.revision) FROM plus AS p) AS revision
),
deux AS (
    SELECT
        a.finess, p.raison_sociale,
        coalesce(p.departement, a.departement) AS departement, coalesce(p.region, a.region) AS region,
        a.finess_ej AS ej_avant, p.finess_ej AS ej_apres, a.categorie AS categorie_avant,
        p.categorie AS categorie_apres, a.statut_juridique AS statut_avant, p.statut_juridique AS statut_apres,
        a.commune_publiee AS commune_avant, p.commune_publiee AS commune_apres,
        a.commune AS la_commune_avant, p.commune AS la_commune_apres, a.departement AS dep_avant,
        p.departement AS dep_apres, p.ouvert, p.date_fermeture, d.date_avant
    FROM ancien AS a
    JOIN plus AS p USING (finess)
    CROSS JOIN dates AS d
),
ecarts AS (
    SELECT
        'absent de FINESS+' AS constat, a.finess, 'à expliquer' AS motif, a.raison_sociale, a.departement, a.region,
        a.finess_ej AS avant, NULL::VARCHAR AS apres
    FROM ancien AS a
    WHERE a.finess NOT IN (SELECT p.finess FROM plus AS p) AND EXISTS (FROM plus)
    UNION ALL
    SELECT
        'absent de l''ancien FINESS', p.finess,
        CASE WHEN p.date_ouverture > d.date_avant THEN 'ouvert depuis' ELSE 'à expliquer' END,
        p.raison_sociale, p.departement, p.region, NULL, p.finess_ej
    FROM plus AS p
    CROSS JOIN dates AS d
    WHERE p.ouvert AND p.finess NOT IN (SELECT a.finess FROM ancien AS a) AND EXISTS (FROM ancien)
    UNION ALL
    SELECT
        'fermé', finess,
        CASE
            WHEN date_fermeture > date_avant THEN 'fermé depuis'
            WHEN date_fermeture IS NOT NULL THEN 'fermeture antérieure, apprise depuis'
            ELSE 'à expliquer'
        END,
        raison_sociale, departement, region, 'ouvert', coalesce(date_fermeture::VARCHAR, 'fermé')
    FROM deux
    WHERE NOT ouvert
    UNION ALL
    SELECT
        'entité juridique', x.finess,
        CASE
            WHEN e.finess_ej IS NULL THEN 'ancienne entité absente de FINESS+'
            WHEN e.active THEN 'transfert : l''ancienne entité est toujours active'
            ELSE 'reprise ou fusion : l''ancienne entité est fermée'
        END,
        x.raison_sociale, x.departement, x.region, x.ej_avant, x.ej_apres
    FROM deux AS x
    LEFT JOIN entites AS e ON e.finess_ej = x.ej_avant
    WHERE x.ej_avant <> x.ej_apres
    UNION ALL
    SELECT
        'catégorie', finess,
        CASE
            WHEN categorie_apres IS NULL THEN 'catégorie retirée'
            WHEN categorie_apres = '209' AND categorie_avant IN ('354', '209', '460')
                THEN 'réforme des services autonomie (354 et 460 deviennent 209)'
            ELSE 'autre changement de catégorie'
        END,
        raison_sociale, departement, region, categorie_avant, categorie_apres
    FROM deux
    WHERE categorie_avant IS DISTINCT FROM categorie_apres
    UNION ALL
    SELECT
        'statut juridique', finess,
        CASE WHEN ej_avant <> ej_apres THEN 'autre entité juridique' ELSE 'la même entité a changé de statut' END,
        raison_sociale, departement, region, statut_avant, statut_apres
    FROM deux
    WHERE statut_avant <> statut_apres
    UNION ALL
    SELECT
        'commune', finess,
        CASE
            WHEN la_commune_avant = la_commune_apres
                THEN 'même commune de l''édition (arrondissement ou commune nouvelle)'
            WHEN la_commune_avant IS NULL AND dep_avant = dep_apres THEN 'commune disparue'
            WHEN dep_avant = dep_apres THEN 'autre commune du département'
            ELSE 'autre département'
        END,
        raison_sociale, departement, region, commune_avant, commune_apres
    FROM deux
    -- Overseas, the two only write the same code in two ways.
    WHERE commune_avant <> commune_apres
        AND NOT (commune_avant SIMILAR TO '9[A-Z].*' AND substr(commune_avant, 3) = substr(commune_apres, 3))
)
SELECT
    e.constat, e.finess, e.motif, e.avant, e.apres, e.raison_sociale, e.departement, e.region,
    d.millesime_avant, d.millesime, d.revision
FROM ecarts AS e
CROSS JOIN dates AS d
