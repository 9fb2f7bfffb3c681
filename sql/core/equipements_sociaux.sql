-- Activités et capacités des établissements sociaux et médico-sociaux : une ligne par établissement, discipline, mode de fonctionnement et clientèle.
-- Grain : millesime, finess, discipline, activite, clientele
-- Source : FINESS+, activités ; à défaut, FINESS, équipements sociaux et médico-sociaux (cs1100505) ; FINESS et FINESS+ pour le territoire
-- Publication : region
-- Note : les places sont celles qui sont installées à la date de l'extraction ; une installation ou une autorisation supprimée n'en a plus : la ligne reste, « sans objet ». Une capacité vide n'est pas zéro. Une année que les deux sources décrivent est celle de FINESS+, dont le fichier n'a que des codes : les noms sont ceux des équipements. Le territoire est celui de l'établissement à sa dernière observation ; il est vide pour un numéro que le répertoire n'a pas.
-- Colonnes :
--   date_situation : date de l'extraction
--   discipline : discipline d'équipement, code FINESS
--   discipline_libelle : nom de la discipline
--   activite : mode de fonctionnement, code FINESS
--   activite_libelle : nom du mode de fonctionnement
--   clientele : clientèle, code FINESS
--   clientele_libelle : nom de la clientèle
--   supprimee : l'installation, ou l'autorisation, est supprimée
--   places [places] : places installées
--   places_statut : publié, calculé (plusieurs activités), partiel, nd, ou sans objet (supprimée)
--   places_autorisees [places] : places autorisées, ouvertes ou non
--   places_habilitees [places] : places installées habilitées à l'aide sociale ; FINESS+ ne les dit pas
--   source : finess_activites ou finess
WITH situes AS (
    SELECT finess, departement, region
    FROM core.finess_etablissements
    QUALIFY row_number() OVER (PARTITION BY finess ORDER BY valide_du DESC) = 1
),
-- A capacity is that of the whole activity where nothing details it.
installees AS (
    SELECT
        millesime, activite_id, sum(places)::INTEGER AS places,
        CASE WHEN count(*) = 1 AND count(places) = 1 THEN 'publié' ELSE statut_somme(places) END AS statut
    FROM staging.finess_activites_capacites
    WHERE statut = '09' AND coalesce(habilitation, logement, genre, financement) IS NULL
    GROUP BY millesime, activite_id
),
autorisees AS (
    SELECT millesime, activite_id, CASE WHEN statut_somme(places) = 'calculé' THEN sum(places)::INTEGER END AS places
    FROM staging.finess_activites_autorisations
    WHERE statut = '01' AND coalesce(habilitation, logement, genre, financement) IS NULL
    GROUP BY millesime, activite_id
),
codees AS (
    SELECT
        a.millesime, a.revision, left(a.genere_le, 10)::DATE AS date_situation, a.finess,
        coalesce(a.discipline_ms, a.discipline_social) AS discipline,
        coalesce(a.fonctionnement_ms, a.fonctionnement_social) AS activite,
        coalesce(a.public_ms, a.public_social) AS clientele, a.etat = 'I' AS supprimee, i.places,
        coalesce(i.statut, 'nd') AS statut, u.places AS autorisees
    FROM staging.finess_activites_activites AS a
    LEFT JOIN installees AS i ON i.millesime = a.millesime AND i.activite_id = a.activite_id
    LEFT JOIN autorisees AS u ON u.millesime = a.millesime AND u.activite_id = a.autorisation_id
    WHERE a.nature IN ('AMSR', 'ASMR', 'ASOCR') AND coalesce(a.discipline_ms, a.discipline_social) IS NOT NULL
),
-- Two activities of one establishment may be alike in all three codes: what has gone is told where nothing goes on.
activites AS (
    SELECT
        millesime, max(revision)::INTEGER AS revision, max(date_situation) AS date_situation, finess, discipline,
        activite, clientele, supprimee, sum(places)::INTEGER AS places,
        CASE WHEN count(*) = 1 THEN max(statut) ELSE statut_somme(places, statut) END AS places_statut,
        CASE WHEN statut_somme(autorisees) = 'calculé' THEN sum(autorisees)::INTEGER END AS places_autorisees
    FROM codees
    GROUP BY millesime, finess, discipline, activite, clientele, supprimee
    QUALIFY row_number() OVER (
        PARTITION BY millesime, finess, discipline, activite, clientele ORDER BY supprimee) = 1
),
extraits AS (
    SELECT *, coalesce('O' IN (installation_supprimee, autorisation_supprimee), false) AS supprimee
    FROM staging.finess_equipements_sociaux
),
noms AS (
    SELECT liste, code, max_by(libelle, millesime) AS libelle
    FROM (
        SELECT 'discipline' AS liste, discipline AS code, discipline_libelle AS libelle, millesime FROM extraits
        UNION ALL SELECT 'activite', activite, activite_libelle, millesime FROM extraits
        UNION ALL SELECT 'clientele', clientele, clientele_libelle, millesime FROM extraits
    )
    GROUP BY liste, code
),
reunis AS (
    SELECT
        a.millesime, a.revision, a.date_situation, a.finess, a.discipline,
        coalesce(d.libelle, 'discipline ' || a.discipline) AS discipline_libelle, a.activite,
        coalesce(m.libelle, 'mode ' || a.activite) AS activite_libelle, a.clientele,
        coalesce(c.libelle, 'public ' || a.clientele) AS clientele_libelle, a.supprimee, a.places, a.places_statut,
        a.places_autorisees, NULL::INTEGER AS places_habilitees, 'finess_activites' AS source
    FROM activites AS a
    LEFT JOIN noms AS d ON d.liste = 'discipline' AND d.code = a.discipline
    LEFT JOIN noms AS m ON m.liste = 'activite' AND m.code = a.activite
    LEFT JOIN noms AS c ON c.liste = 'clientele' AND c.code = a.clientele
    UNION ALL
    SELECT
        millesime, revision, date_extraction, finess, discipline, discipline_libelle, activite, activite_libelle,
        clientele, clientele_libelle, supprimee, places_installees,
        CASE WHEN places_installees IS NULL THEN 'nd' ELSE 'publié' END, places_autorisees, places_habilitees, 'finess'
    FROM extraits
    WHERE millesime NOT IN (SELECT millesime FROM activites)
)
SELECT
    e.millesime, e.revision, e.date_situation, e.finess, s.departement, s.region,
    e.discipline, e.discipline_libelle, e.activite, e.activite_libelle, e.clientele, e.clientele_libelle, e.supprimee,
    CASE WHEN NOT e.supprimee THEN e.places END AS places,
    CASE WHEN e.supprimee THEN 'sans objet' ELSE e.places_statut END AS places_statut,
    CASE WHEN NOT e.supprimee THEN e.places_autorisees END AS places_autorisees,
    CASE WHEN NOT e.supprimee THEN e.places_habilitees END AS places_habilitees, e.source
FROM reunis AS e
LEFT JOIN situes AS s USING (finess)
