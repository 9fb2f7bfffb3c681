-- Entrées en formation et, en face, cessations attendues et postes créés, par profession et région, en nombres annuels.
-- Grain : annee, profession, niveau, code
-- Source : Parcoursup ; carte régionale des formations ; internat ; Les métiers en 2030 (DARES) ; cessations attendues (DREES)
-- Publication : territoire
-- Note : des nombres annuels côte à côte, sans rapport entre eux : les entrants sont comptés avant les abandons, et le périmètre des postes n'est pas toujours celui de la formation (la DARES compte ensemble infirmiers et sages-femmes) ; `perimetre` le dit. Ce qui manque est vide, et `motif` dit quoi.
-- Colonnes :
--   annee : année d'entrée en formation
--   duree_formation [années] : années d'un parcours complet : les entrants de l'année remplacent ceux qui partent alors
--   entrants [personnes] : admis sur Parcoursup (infirmiers), entrants des instituts (aides-soignants), postes d'internat (médecins), en un an
--   entrees_de : qui est compté parmi les entrants
--   diplomes [personnes] : diplômés de l'année, quelle que soit leur année d'entrée ; vide où la carte des formations ne les donne pas
--   perimetre : professions dont les cessations et les postes créés sont comptés
--   periode_departs : période sur laquelle les cessations et les postes créés sont comptés
--   departs_annuels [personnes par an] : cessations attendues, moyenne annuelle de la période
--   creations_annuelles [postes par an] : créations nettes d'emploi, moyenne annuelle de la période ; vide où elles sont inconnues
--   postes_annuels [postes par an] : cessations et créations
--   motif : ce qui manque
WITH professions AS (
    SELECT *
    FROM (VALUES ('infirmier', 3, 'V1Z'), ('aide_soignant', 1, 'V0Z'), ('medecin', 4, NULL))
        AS p (profession, duree, fap)
),
regions AS (
    SELECT code FROM reference.territoires WHERE niveau = 'region'
),
parcoursup AS (
    SELECT annee, millesime, revision, 'infirmier' AS profession, code, admis AS entrants, 'parcoursup' AS source,
        statut
    FROM atlas.formations
    WHERE niveau = 'region' AND diplome = 'D.E Infirmier'
    QUALIFY row_number() OVER (PARTITION BY code ORDER BY annee DESC, millesime DESC) = 1
),
carte AS (
    SELECT annee, millesime, revision, diplome AS profession, code, entrants, diplomes, statut
    FROM atlas.formations_regionales
    WHERE niveau = 'region' AND diplome IN ('infirmier', 'aide_soignant')
    QUALIFY row_number() OVER (PARTITION BY diplome, code ORDER BY annee DESC, millesime DESC) = 1
),
internat AS (
    SELECT annee, millesime, revision, 'medecin' AS profession, code, postes AS entrants, 'internat_postes' AS source,
        statut
    FROM atlas.internat
    WHERE niveau = 'region' AND specialite = 'ensemble' AND statut <> 'partiel'
    QUALIFY row_number() OVER (PARTITION BY code ORDER BY annee DESC, millesime DESC) = 1
),
entrees AS (
    SELECT * FROM parcoursup
    UNION ALL
    SELECT annee, millesime, revision, profession, code, entrants, 'formations_sanitaires', statut
    FROM carte
    WHERE profession = 'aide_soignant'
    UNION ALL
    SELECT * FROM internat
),
dares AS (
    SELECT
        p.profession, d.code, d.fap_libelle AS perimetre, '2019-2030' AS periode_departs,
        (1000 * d.departs_fin_carriere / (2030 - 2019))::DECIMAL(18, 1) AS departs_annuels,
        (1000 * d.creations / (2030 - 2019))::DECIMAL(18, 1) AS creations_annuelles
    FROM professions AS p
    JOIN core.dares_metiers AS d ON d.fap = p.fap AND d.niveau = 'region'
    QUALIFY d.millesime = max(d.millesime) OVER ()
),
drees AS (
    SELECT d.profession, d.code, p.libelle AS perimetre, d.annee || '-' || (d.annee + d.horizon) AS periode_departs,
        (d.departs / d.horizon)::DECIMAL(18, 1) AS departs_annuels, NULL::DECIMAL(18, 1) AS creations_annuelles
    FROM atlas.departs_attendus AS d
    JOIN reference.professions AS p USING (profession)
    WHERE d.niveau = 'region' AND d.horizon = 10 AND d.scenario = 'central' AND d.profession = 'medecin'
),
departs AS (
    SELECT * FROM dares
    UNION ALL
    SELECT * FROM drees
)
SELECT
    coalesce(e.annee, s.edition) AS annee, coalesce(e.millesime, s.edition) AS millesime,
    coalesce(e.revision, 1) AS revision, e.source, p.profession, 'region' AS niveau, r.code, p.duree AS duree_formation,
    e.entrants::INTEGER AS entrants,
    CASE p.profession
        WHEN 'infirmier' THEN 'admis sur Parcoursup, hors formation continue'
        WHEN 'aide_soignant' THEN 'entrants des instituts, toutes voies'
        WHEN 'medecin' THEN 'postes d''internat'
    END AS entrees_de,
    c.diplomes::INTEGER AS diplomes,
    d.perimetre, d.periode_departs, d.departs_annuels, d.creations_annuelles,
    (d.departs_annuels + d.creations_annuelles)::DECIMAL(18, 1) AS postes_annuels,
    CASE
        WHEN e.entrants IS NULL OR d.departs_annuels + d.creations_annuelles IS NULL THEN 'nd'
        WHEN 'partiel' IN (e.statut, c.statut) THEN 'partiel'
        ELSE 'calculé'
    END AS statut,
    nullif(concat_ws(' ; ',
        CASE WHEN e.entrants IS NULL THEN 'entrées en formation inconnues pour cette région' END,
        CASE
            WHEN d.departs_annuels IS NULL THEN 'cessations attendues inconnues pour cette région'
            WHEN d.creations_annuelles IS NULL THEN 'postes créés inconnus'
        END
    ), '') AS motif
FROM professions AS p
CROSS JOIN regions AS r
CROSS JOIN reference.edition AS s
LEFT JOIN entrees AS e ON e.profession = p.profession AND e.code = r.code
LEFT JOIN carte AS c ON c.profession = p.profession AND c.code = r.code
LEFT JOIN departs AS d ON d.profession = p.profession AND d.code = r.code
