-- Instituts de formation de la région : commune, diplômes et places, {annee}.
-- Grain : uai, lieu_publie, diplome
-- Source : core.formations_lieux, reference.diplomes, vues.annees_retenues
-- Non reçu : Ni la carte régionale des formations, ni Parcoursup n'ont été reçus.
-- Note : {places_de}.
-- Colonnes :
--   institut « Institut » : nom de l'institut
--   commune_libelle « Commune » text (vide : nd) : commune de l'institut ; où elle n'est pas reconnue, telle que publiée
--   diplome_libelle « Diplôme » : diplôme préparé
--   places « Places » n0 [places] : places autorisées, ou offertes sur Parcoursup : la note le dit
--   places_statut : pourquoi le nombre est vide, ou partiel
--   instituts_commune « Instituts » n0 : instituts de la même commune
--   instituts n0 : instituts de la région
--   liste : d'où vient la liste des instituts
--   places_de : ce que comptent les places
--   hors_carte : instituts qui n'ont pas de point sur la carte, et pourquoi
WITH recus AS (
    SELECT l.*
    FROM core.formations_lieux AS l
    JOIN vues.annees_retenues AS a ON a.annee = l.annee AND CASE l.source
        WHEN 'formations_sanitaires' THEN a.objet = 'atlas.formations_regionales' AND a.millesime = l.millesime
        ELSE a.objet = 'atlas.formations'
    END
    WHERE l.region = (SELECT region FROM vues.publication)
),
-- The list of the région has them all; Parcoursup stands in for it where it isn't there.
retenus AS (
    SELECT
        r.*, coalesce(r.commune_libelle, nullif(r.lieu_publie, '')) AS lieu,
        CASE r.source
            WHEN 'formations_sanitaires' THEN 'Carte régionale des formations, rentrée ' || r.annee
            ELSE 'Parcoursup, session ' || r.annee
                || ' : une partie seulement des instituts ; la carte régionale n’a pas été reçue'
        END AS liste,
        CASE r.source
            WHEN 'formations_sanitaires' THEN 'Les places sont celles que la Région autorise, toutes voies d’accès'
            ELSE 'Les places sont celles qui sont offertes sur Parcoursup, une partie des places autorisées'
        END AS places_de
    FROM recus AS r
    WHERE r.source = 'formations_sanitaires' OR NOT EXISTS (FROM recus WHERE source = 'formations_sanitaires')
),
sans_point AS (
    SELECT
        uai, min(institut) || ' (' || CASE WHEN bool_or(commune IS NULL) THEN 'commune non reconnue'
            ELSE min(lieu) || ', sans adresse connue' END || ')' AS nom
    FROM retenus
    WHERE latitude IS NULL
    GROUP BY uai
),
restants AS (
    SELECT count(*) AS instituts, string_agg(nom, ' ; ' ORDER BY nom, uai) AS noms FROM sans_point
),
comptes AS (
    SELECT commune, count(DISTINCT uai)::INTEGER AS instituts FROM retenus WHERE commune IS NOT NULL GROUP BY commune
)
SELECT
    r.institut, r.lieu AS commune_libelle, coalesce(d.libelle_court, r.diplome) AS diplome_libelle, r.places,
    r.places_statut, c.instituts AS instituts_commune,
    (SELECT count(DISTINCT t.uai) FROM retenus AS t)::INTEGER AS instituts, r.liste, r.places_de,
    CASE
        WHEN h.instituts = 1 THEN 'Un institut n’est pas sur la carte : ' || h.noms
        WHEN h.instituts > 1 THEN h.instituts || ' instituts ne sont pas sur la carte : ' || h.noms
    END AS hors_carte,
    r.annee, r.uai, r.lieu_publie, r.diplome, r.commune, r.departement, r.longitude, r.latitude,
    r.source, concat_ws(' ', r.source, nullif(r.position_source, r.source)) AS sources
FROM retenus AS r
CROSS JOIN restants AS h
LEFT JOIN comptes AS c USING (commune)
LEFT JOIN reference.diplomes AS d USING (diplome)
ORDER BY
    r.departement, lower(strip_accents(r.lieu)), lower(strip_accents(r.institut)), d.libelle_court, r.diplome, r.uai,
    r.lieu_publie
