-- Lieux de formation : chaque institut de la carte régionale ou de Parcoursup, sa commune, ses places, et où le poser sur une carte.
-- Grain : source, millesime, annee, uai, lieu_publie, diplome
-- Source : carte régionale des formations sanitaires et sociales (contrat de données), Parcoursup (ministère chargé de l'enseignement supérieur) ; positions : Parcoursup, FINESS+ (Agence du numérique en santé)
-- Publication : region
-- Note : un point se pose au milieu des adresses connues de la commune : celles des formations de Parcoursup ; où il n'y en a pas, celles des établissements de FINESS+. Il sert à dessiner : ce n'est l'adresse de personne. Une commune non reconnue, ou dont aucune adresse n'est connue, n'a pas de point.
-- Colonnes :
--   uai : code UAI de l'institut
--   institut : nom de l'institut
--   lieu_publie : commune de la carte régionale, ou ville de Parcoursup, telle que publiée
--   departement : celui de la commune ; où elle n'est pas reconnue, celui que dit Parcoursup, ou le code UAI
--   region : région de ce département
--   diplome : diplôme préparé (reference.diplomes) ; tel que dans Parcoursup, où l'atlas ne le connaît pas
--   places [places] : places autorisées par la région, toutes voies d'accès (carte régionale) ; places offertes sur Parcoursup, qui n'en sont qu'une part (Parcoursup)
--   places_statut : publié, calculé, ou pourquoi le nombre manque
--   position_source : d'où viennent les adresses du point : parcoursup ou finess_plus ; vide sans point
--   longitude [degrés] : longitude du point de la commune
--   latitude [degrés] : latitude du point de la commune
WITH adresses AS (
    SELECT
        f.commune, 1 AS rang, 'parcoursup' AS source,
        try_cast(split_part(s.g_olocalisation_des_formations, ',', 2) AS DECIMAL(9, 6)) AS longitude,
        try_cast(split_part(s.g_olocalisation_des_formations, ',', 1) AS DECIMAL(9, 6)) AS latitude
    FROM core.formations AS f
    JOIN staging.parcoursup_formations AS s
        ON s.millesime = f.millesime AND s.revision = f.revision
        AND s.session = f.session AND s.cod_aff_form = f.cod_aff_form
    UNION ALL
    SELECT c.commune, 2, 'finess_plus', a.longitude, a.latitude
    FROM staging.finess_plus_adresses AS a
    JOIN core.communes_publiees AS c ON c.commune_publiee = code_commune(a.commune)
    WHERE a.reference
),
situees AS (
    SELECT *
    FROM adresses
    WHERE commune IS NOT NULL AND longitude IS NOT NULL AND latitude IS NOT NULL
    QUALIFY rang = min(rang) OVER (PARTITION BY commune)
),
-- The middle is a median: one address that is placed wrongly doesn't move it.
points AS (
    SELECT
        commune, source, median(longitude)::DECIMAL(9, 6) AS longitude, median(latitude)::DECIMAL(9, 6) AS latitude
    FROM situees
    GROUP BY commune, source
),
lieux AS (
    SELECT
        'formations_sanitaires' AS source, annee, millesime, revision, uai, institut,
        coalesce(commune_publiee, '') AS lieu_publie, commune,
        coalesce(departement, CASE left(uai, 3) WHEN '620' THEN '2A' WHEN '720' THEN '2B'
            ELSE code_departement(left(uai, 3)) END) AS departement,
        diplome, places_autorisees AS places, places_autorisees_statut AS places_statut
    FROM core.formations_instituts
    UNION ALL
    -- An institute whose lines place it in two communes is in none for sure.
    SELECT
        'parcoursup', f.session, f.millesime, f.revision, f.cod_uai, min(f.etablissement), coalesce(f.ville, ''),
        CASE WHEN count(DISTINCT f.commune) = 1 THEN min(f.commune) END,
        CASE WHEN count(DISTINCT f.departement) = 1 THEN min(f.departement) END,
        coalesce(d.diplome, f.diplome), sum(f.capa_fin)::INTEGER, statut_somme(f.capa_fin)
    FROM core.formations AS f
    LEFT JOIN reference.diplomes AS d ON d.libelle_parcoursup = f.diplome
    GROUP BY f.session, f.millesime, f.revision, f.cod_uai, f.ville, coalesce(d.diplome, f.diplome)
)
SELECT
    l.source, l.annee, l.millesime, l.revision, l.uai, l.institut, l.lieu_publie, l.commune,
    c.libelle AS commune_libelle, d.code AS departement, d.regions AS region, l.diplome, l.places, l.places_statut,
    p.source AS position_source, p.longitude, p.latitude
FROM lieux AS l
LEFT JOIN core.decoupages AS d ON d.niveau = 'departement' AND d.code = l.departement
LEFT JOIN reference.communes AS c ON c.commune = l.commune
LEFT JOIN points AS p ON p.commune = l.commune
