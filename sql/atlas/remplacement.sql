-- Entrées en formation face aux cessations attendues, par profession et région, en nombres annuels.
-- Grain : annee, profession, niveau, code
-- Source : Parcoursup ; carte régionale des formations ; internat ; Les métiers en 2030 (DARES) ; cessations attendues (DREES)
-- Publication : territoire
-- Note : un rapport de nombres annuels, pas un bilan : tous les admis ne sont pas diplômés, tous les diplômés ne s'installent pas dans la région, et les cessations de la DARES comptent ensemble infirmiers et sages-femmes (V1Z). Là où la formation ou les départs manquent, le rapport est vide et `motif` dit pourquoi.
-- Colonnes :
--   annee : année d'entrée en formation
--   duree_formation [années] : années d'un parcours complet : les entrants de l'année remplacent ceux qui partent alors
--   entrants [personnes] : admis sur Parcoursup (infirmiers), entrants des instituts (aides-soignants), postes d'internat (médecins), en un an
--   diplomes [personnes] : diplômés de l'année, quelle que soit leur année d'entrée ; vide où la carte des formations ne les donne pas
--   departs_annuels [personnes par an] : cessations attendues, moyenne annuelle de la période
--   periode_departs : période sur laquelle les cessations sont comptées
--   motif : ce qui manque
WITH professions AS (
    SELECT * FROM (VALUES ('infirmier', 3, 'V1Z'), ('aide_soignant', 1, 'V0Z'), ('medecin', 4, NULL)) AS p (profession, duree, fap)
),
regions AS (
    SELECT code FROM reference.territoires WHERE niveau = 'region'
),
parcoursup AS (
    SELECT annee, millesime, revision, 'infirmier' AS profession, code, admis AS entrants, 'parcoursup' AS source
    FROM atlas.formations
    WHERE niveau = 'region' AND diplome = 'D.E Infirmier'
    QUALIFY row_number() OVER (PARTITION BY code ORDER BY annee DESC, millesime DESC) = 1
),
carte AS (
    SELECT annee, millesime, revision, diplome AS profession, code, entrants, diplomes
    FROM atlas.formations_regionales
    WHERE niveau = 'region' AND diplome IN ('infirmier', 'aide_soignant')
    QUALIFY row_number() OVER (PARTITION BY diplome, code ORDER BY annee DESC, millesime DESC) = 1
),
internat AS (
    SELECT annee, millesime, revision, 'medecin' AS profession, code, postes AS entrants, 'internat_postes' AS source
    FROM atlas.internat
    WHERE niveau = 'region' AND specialite = 'ensemble' AND statut <> 'partiel'
    QUALIFY row_number() OVER (PARTITION BY code ORDER BY annee DESC, millesime DESC) = 1
),
entrees AS (
    SELECT * FROM parcoursup
    UNION ALL
    SELECT annee, millesime, revision, profession, code, entrants, 'formations_sanitaires' FROM carte WHERE profession = 'aide_soignant'
    UNION ALL
    SELECT * FROM internat
),
dares AS (
    SELECT p.profession, d.code, d.valeur AS departs_annuels, '2019-2030' AS periode_departs
    FROM professions AS p
    JOIN atlas.departs AS d ON d.indicateur = 'departs_annuels' AND d.profession = p.fap AND d.niveau = 'region'
),
drees AS (
    SELECT profession, code, (departs / horizon)::DECIMAL(18, 1) AS departs_annuels,
        annee || '-' || (annee + horizon) AS periode_departs
    FROM atlas.departs_attendus
    WHERE niveau = 'region' AND horizon = 10 AND scenario = 'central' AND profession = 'medecin'
),
departs AS (
    SELECT * FROM dares
    UNION ALL
    SELECT * FROM drees
)
SELECT
    coalesce(e.annee, s.edition) AS annee, coalesce(e.millesime, s.edition) AS millesime, coalesce(e.revision, 1) AS revision,
    e.source, p.profession, 'region' AS niveau, r.code, p.duree AS duree_formation,
    e.entrants::INTEGER AS entrants, c.diplomes::INTEGER AS diplomes, d.departs_annuels, d.periode_departs,
    CASE WHEN d.departs_annuels > 0 THEN (e.entrants / d.departs_annuels)::DECIMAL(18, 4) END AS valeur,
    CASE WHEN e.entrants IS NULL OR d.departs_annuels IS NULL THEN 'nd' ELSE 'calculé' END AS statut,
    nullif(concat_ws(' ; ',
        CASE WHEN e.entrants IS NULL THEN 'entrées en formation inconnues pour cette région' END,
        CASE WHEN d.departs_annuels IS NULL THEN 'cessations attendues inconnues pour cette région' END
    ), '') AS motif
FROM professions AS p
CROSS JOIN regions AS r
CROSS JOIN reference.edition AS s
LEFT JOIN entrees AS e ON e.profession = p.profession AND e.code = r.code
LEFT JOIN carte AS c ON c.profession = p.profession AND c.code = r.code
LEFT JOIN departs AS d ON d.profession = p.profession AND d.code = r.code
