-- Équilibre annuel de chaque famille professionnelle, par région : départs et postes créés, en face des formés qui y resteraient.
-- Grain : fap, niveau, code, variante
-- Source : Les métiers en 2030 et emploi par famille (DARES) ; carte régionale des formations, enquête de la DREES auprès des écoles, Parcoursup, internat ; hypothèses (reference.hypotheses)
-- Publication : territoire
-- Note : formés = entrants × réussite × maintien dans la région, du moins favorable au plus favorable de chaque hypothèse. Les postes sont ceux que la DARES attend, avec le déséquilibre qu'elle-même en tire : elle en ôte les jeunes débutants de toute formation et y ajoute le solde des mobilités, compté en départs. Le solde n'est donné que si les entrées connues mènent à l'essentiel de l'emploi de la famille (reference.seuils, emploi_couvert) ; sinon il est inconnu, et `motif` dit ce qui manque. Nul ne vient d'une autre région dans ces formés.
-- Colonnes :
--   annee : année d'entrée en formation ; où aucune n'est connue, celle d'où part la DARES
--   fap : famille professionnelle (FAP 2009, 87 postes)
--   libelle : nom de la famille ; celui du groupe où la DARES en réunit plusieurs
--   niveau : region
--   variante : bas, central ou haut : toutes les hypothèses y sont à leur borne basse, centrale ou haute
--   emploi [personnes] : emploi de la famille au départ de la projection
--   periode : période des départs et des créations
--   departs_annuels [personnes par an] : départs en fin de carrière, moyenne annuelle
--   creations_annuelles [postes par an] : créations nettes d'emploi, moyenne annuelle
--   postes_annuels [postes par an] : départs et créations
--   debutants_annuels [personnes par an] : jeunes débutants que la DARES attend, de toute formation
--   mobilites_annuelles [personnes par an] : solde des mobilités entre régions selon la DARES, positif quand il en part plus
--   desequilibre_annuel [postes par an] : déséquilibre partiel selon la DARES : postes - débutants + mobilités
--   reunie : la source réunit cette famille à d'autres dans cette région : ses nombres sont ceux de l'ensemble
--   entrants [personnes] : entrants en un an des formations connues
--   entrees_de : formations dont les entrants sont connus
--   emploi_couvert [part, de 0 à 1] : part de l'emploi de la famille à laquelle mènent les formations connues
--   reussite [part, de 0 à 1] : part supposée des entrants qui obtiennent le diplôme, moyenne de ces formations
--   reste [part, de 0 à 1] : part supposée des diplômés qui exercent dans la région, moyenne de ces formations
--   motif : ce qui manque
WITH familles AS (
    SELECT f.fap, f.libelle
    FROM reference.familles_professionnelles AS f
    WHERE f.nomenclature = 'FAP 2009' AND f.niveau_fap = 'fap 87'
),
-- In a small region the source adds families together: each of them has the numbers, and the name, of the group.
dares AS (
    SELECT
        f.fap, m.code, m.fap_libelle AS libelle, m.annee, m.millesime, m.revision, m.annee || '-2030' AS periode,
        (1000 * m.emploi_2019)::DECIMAL(18, 1) AS emploi,
        (1000 * m.departs_fin_carriere / (2030 - m.annee))::DECIMAL(18, 1) AS departs_annuels,
        (1000 * m.creations / (2030 - m.annee))::DECIMAL(18, 1) AS creations_annuelles,
        (1000 * m.postes_a_pourvoir / (2030 - m.annee))::DECIMAL(18, 1) AS postes_annuels,
        (-1000 * m.jeunes_debutants / (2030 - m.annee))::DECIMAL(18, 1) AS debutants_annuels,
        (1000 * m.mobilites / (2030 - m.annee))::DECIMAL(18, 1) AS mobilites_annuelles,
        (1000 * m.desequilibre / (2030 - m.annee))::DECIMAL(18, 1) AS desequilibre_annuel,
        contains(m.fap, ';') AS groupe
    FROM familles AS f
    JOIN core.dares_metiers AS m ON m.niveau = 'region' AND list_contains(string_split(m.fap, ';'), f.fap)
    QUALIFY m.millesime = max(m.millesime) OVER ()
),
emplois AS (
    SELECT fap, code, emploi_moyen
    FROM core.dares_tensions
    WHERE niveau = 'region' AND niveau_fap IN ('fap 225', 'fap 87')
    QUALIFY row_number() OVER (PARTITION BY fap, niveau_fap, code ORDER BY annee DESC, millesime DESC) = 1
),
-- The regional survey counts every way in; that of the DREES too, with those who repeat their year; Parcoursup, one.
entrees AS (
    SELECT 1 AS rang, diplome, code, annee, millesime, revision, entrants, statut, 'formations_sanitaires' AS source
    FROM atlas.formations_regionales
    WHERE niveau = 'region'
    UNION ALL
    SELECT 2, diplome, code, annee, millesime, revision, inscrits_1, inscrits_1_statut, 'drees_formations'
    FROM atlas.formations_ecoles
    WHERE niveau = 'region'
    UNION ALL
    SELECT 3, d.diplome, f.code, f.annee, f.millesime, f.revision, f.admis, f.statut, 'parcoursup'
    FROM atlas.formations AS f
    JOIN reference.diplomes AS d ON d.libelle_parcoursup = f.diplome
    WHERE f.niveau = 'region'
    UNION ALL
    SELECT 1, 'internat', code, annee, millesime, revision, postes, statut, 'internat_postes'
    FROM atlas.internat
    WHERE niveau = 'region' AND specialite = 'ensemble' AND statut <> 'partiel'
),
connues AS (
    SELECT *
    FROM entrees
    WHERE entrants IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY diplome, code ORDER BY rang, annee DESC, millesime DESC) = 1
),
regions AS (
    SELECT code FROM reference.territoires WHERE niveau = 'region'
),
variantes AS (
    UNPIVOT (SELECT hypothese, diplome, bas, central, haut FROM reference.hypotheses)
    ON bas, central, haut INTO NAME variante VALUE part
),
-- A diploma feeds one family, where its profession is most exercised. A speciality of nurses adds nobody to theirs.
diplomes_familles AS (
    SELECT
        f.code AS fap, left(f.code, 3) AS famille, d.code AS diplome, coalesce(d.libelle, r.libelle_court) AS libelle,
        p.ordre
    FROM reference.correspondances AS d
    JOIN reference.professions AS p ON p.profession = d.profession AND p.ensemble IS NULL
    JOIN reference.correspondances AS f
        ON f.profession = d.profession AND f.nomenclature = 'FAP 2009' AND f.rang = 1 AND len(f.code) = 5
    LEFT JOIN reference.diplomes AS r ON r.diplome = d.code
    WHERE d.nomenclature = 'diplôme'
),
-- What is assumed of a diploma, or else of all of them.
supposees AS (
    SELECT
        d.diplome, v.variante,
        coalesce(
            max(v.part) FILTER (v.hypothese = 'reussite' AND v.diplome = d.diplome),
            max(v.part) FILTER (v.hypothese = 'reussite' AND v.diplome = '')
        ) AS reussite,
        coalesce(
            max(v.part) FILTER (v.hypothese = 'reste' AND v.diplome = d.diplome),
            max(v.part) FILTER (v.hypothese = 'reste' AND v.diplome = '')
        ) AS reste
    FROM diplomes_familles AS d
    CROSS JOIN variantes AS v
    GROUP BY d.diplome, v.variante
),
diplomes AS (
    SELECT
        d.famille, d.fap, d.diplome, d.libelle, d.ordre, r.code, c.annee, c.millesime, c.revision, c.entrants,
        c.statut, c.source, e.emploi_moyen,
        bool_and(c.entrants IS NOT NULL) OVER (PARTITION BY d.fap, r.code) AS entiere
    FROM diplomes_familles AS d
    CROSS JOIN regions AS r
    LEFT JOIN connues AS c ON c.diplome = d.diplome AND c.code = r.code
    LEFT JOIN emplois AS e ON e.fap = d.fap AND e.code = r.code
),
-- A family of 225 counts once, whatever the number of its diplomas, and only where all of them are known.
couvertures AS (
    SELECT
        m.famille, m.code,
        CASE WHEN bool_or(m.entiere) THEN least(1, sum(m.emploi_moyen) FILTER (m.entiere) / e.emploi_moyen) END
            AS emploi_couvert
    FROM (SELECT DISTINCT famille, fap, code, emploi_moyen, entiere FROM diplomes) AS m
    JOIN emplois AS e ON e.fap = m.famille AND e.code = m.code
    WHERE e.emploi_moyen > 0
    GROUP BY m.famille, m.code, e.emploi_moyen
),
formes AS (
    SELECT
        d.famille, d.code, s.variante, max(d.annee) AS annee, sum(d.entrants)::INTEGER AS entrants,
        string_agg(
            d.libelle || CASE d.source
                WHEN 'parcoursup' THEN ' (Parcoursup, hors formation continue)'
                WHEN 'drees_formations' THEN ' (DREES, redoublants de première année compris)'
                ELSE ''
            END,
            ', ' ORDER BY d.ordre
        ) FILTER (d.entrants IS NOT NULL) AS entrees_de,
        string_agg(d.libelle, ', ' ORDER BY d.ordre) FILTER (d.entrants IS NULL) AS inconnues,
        string_agg(DISTINCT d.source, ' ' ORDER BY d.source) AS sources,
        bool_or(d.statut = 'partiel') AS partiel,
        sum(d.entrants * s.reussite) AS diplomes, sum(d.entrants * s.reussite * s.reste) AS formes
    FROM diplomes AS d
    JOIN supposees AS s USING (diplome)
    GROUP BY d.famille, d.code, s.variante
),
juges AS (
    SELECT
        f.*, c.emploi_couvert,
        coalesce(c.emploi_couvert >= (SELECT valeur FROM reference.seuils WHERE seuil = 'emploi_couvert'), false)
            AS couverte
    FROM formes AS f
    LEFT JOIN couvertures AS c USING (famille, code)
)
SELECT
    coalesce(j.annee, d.annee, s.edition)::INTEGER AS annee, coalesce(d.millesime, s.edition)::INTEGER AS millesime,
    coalesce(d.revision, 1)::INTEGER AS revision, concat_ws(' ', j.sources, 'dares_metiers_2030') AS source,
    p.fap, coalesce(d.libelle, p.libelle) AS libelle, 'region' AS niveau, j.code, j.variante,
    d.emploi, d.periode, d.departs_annuels, d.creations_annuelles, d.postes_annuels, d.debutants_annuels,
    d.mobilites_annuelles, d.desequilibre_annuel, coalesce(d.groupe, false) AS reunie,
    j.entrants, j.entrees_de, j.emploi_couvert::DECIMAL(18, 6) AS emploi_couvert,
    (j.diplomes / j.entrants)::DECIMAL(18, 6) AS reussite, (j.formes / nullif(j.diplomes, 0))::DECIMAL(18, 6) AS reste,
    j.formes::DECIMAL(18, 1) AS formes_annuels,
    CASE WHEN j.couverte AND NOT d.groupe THEN (j.formes - d.postes_annuels)::DECIMAL(18, 1) END AS solde_annuel,
    CASE
        WHEN d.postes_annuels IS NULL OR j.entrants IS NULL THEN 'nd'
        WHEN j.inconnues IS NOT NULL OR j.partiel OR d.groupe OR NOT j.couverte THEN 'partiel'
        ELSE 'calculé'
    END AS statut,
    nullif(concat_ws(' ; ',
        CASE WHEN d.postes_annuels IS NULL THEN 'départs et postes créés inconnus pour cette région' END,
        CASE WHEN d.groupe THEN 'la DARES réunit plusieurs familles dans cette région' END,
        'entrées inconnues : ' || j.inconnues,
        CASE WHEN j.partiel THEN 'entrées en partie inconnues' END,
        CASE
            WHEN j.inconnues IS NULL AND NOT j.couverte
                THEN 'les formations connues ne mènent pas à l''essentiel de l''emploi'
        END
    ), '') AS motif
FROM familles AS p
JOIN juges AS j ON j.famille = p.fap
CROSS JOIN reference.edition AS s
LEFT JOIN dares AS d ON d.fap = p.fap AND d.code = j.code
