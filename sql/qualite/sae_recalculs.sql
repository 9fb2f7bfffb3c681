-- SYGEN et son recalcul depuis les bordereaux, pour chaque établissement et chaque variable que les bordereaux permettent.
-- Grain : millesime, finess, variable
-- Source : SAE (DREES), SYGEN d'un côté, Q20, Q21, Q22, Q24 de l'autre, par les formules de la documentation
-- Publication : etablissement
-- Note : une case vide y compte pour zéro des deux côtés. Les effectifs non médicaux viennent de Q23, qui n'est pas publié ici : ils ne se recalculent pas.
-- Colonnes :
--   bordereau : bordereau d'où vient le recalcul
--   valeur_sygen : valeur publiée dans SYGEN
--   valeur_recalculee : valeur recalculée depuis le bordereau
--   ecart : valeur de SYGEN moins valeur recalculée
WITH q20 AS (
    SELECT
        q.millesime, q.finess, m.mesure || '_' || g.suffixe AS variable, 'Q20' AS bordereau,
        sum(CASE m.mesure
            WHEN 'EFFSAL' THEN q.EFFSAL::DECIMAL(18, 2)
            WHEN 'EFFLIB' THEN q.EFFLIB::DECIMAL(18, 2)
            ELSE q.ETPSAL
        END) AS valeur
    FROM staging.sae_q20 AS q
    JOIN (
        SELECT specialite, groupe AS suffixe FROM reference.specialites WHERE groupe IS NOT NULL
        UNION ALL SELECT specialite, dont FROM reference.specialites WHERE dont IS NOT NULL
        UNION ALL SELECT 'M9999', 'TOT'
    ) AS g ON g.specialite = q.perso
    CROSS JOIN (VALUES ('EFFSAL'), ('ETPSAL'), ('EFFLIB')) AS m (mesure)
    GROUP BY ALL
),
q21 AS (
    SELECT millesime, finess, 'ETPINT' AS variable, 'Q21' AS bordereau, ETP_INT AS valeur
    FROM staging.sae_q21
    WHERE disci = '9999'
),
q22 AS (
    SELECT millesime, finess, 'EFF_INT', 'Q22',
        coalesce(INTTOT, coalesce(INT, 0) + coalesce(DOCJU, 0) + coalesce(FFI, 0))::DECIMAL(18, 2)
    FROM staging.sae_q22
),
-- Directors of care are one column since 2023, two until 2022; until 2019 SYGEN counts those of nurses alone (DIRINF),
-- and the others with the administrative staff.
q24_large AS (
    SELECT
        millesime, finess,
        SAGFE AS ETP_SAG, CADRE AS ETP_CAD, INFSP AS ETP_INFAVECSPE, INFNS AS ETP_INFSANSSPE, AIDES AS ETP_AID,
        ASHAU AS ETP_ASH, PSYCH AS ETP_PSYCHO, REEDU AS ETP_REEDU, SOITO AS ETP_SOINS, DIREC AS ETP_DIR,
        CASE WHEN millesime <= 2019 THEN coalesce(DIRSI, DIRSOIN) ELSE coalesce(DIRSOIN, coalesce(DIRSI, 0) + coalesce(DRSNI, 0)) END
            AS ETP_DIRSOI,
        CASE WHEN millesime <= 2019 THEN coalesce(ADMIN, 0) + coalesce(DRSNI, 0) ELSE ADMIN END AS ETP_AUTADM,
        EDUTO AS ETP_EDU, ASSIS AS ETP_DTSOC, PHLAB AS ETP_MEDTEC, TECHN AS ETP_TEC,
        coalesce(ADMTO, 0) + coalesce(EDUTO, 0) + coalesce(PHLAB, 0) + coalesce(TECHN, 0) AS ETP_TOT_HORS_SOINS,
        ETPPNM AS ETP_TOT_PNM
    FROM staging.sae_q24
    WHERE disci = '9999'
),
q24 AS (
    SELECT millesime, finess, variable, 'Q24' AS bordereau, valeur
    FROM (SELECT millesime, finess, COLUMNS('^ETP_')::DECIMAL(18, 2) FROM q24_large)
    UNPIVOT INCLUDE NULLS (valeur FOR variable IN (COLUMNS('^ETP_')))
),
recalcul AS (
    SELECT millesime, finess, variable, bordereau, coalesce(valeur, 0) AS valeur FROM q20
    UNION ALL SELECT millesime, finess, variable, bordereau, coalesce(valeur, 0) FROM q21
    UNION ALL SELECT * FROM q22
    UNION ALL SELECT millesime, finess, variable, bordereau, coalesce(valeur, 0) FROM q24
),
sygen AS (
    SELECT millesime, finess, variable, coalesce(valeur, 0) AS valeur
    FROM fiches.es_personnels
    WHERE statut IN ('publié', 'zéro implicite', 'nd') AND variable <> 'EFF_INT_recalcule'
    UNION ALL
    SELECT millesime, finess, 'ETP_MEDTEC', sum(coalesce(valeur, 0))
    FROM fiches.es_personnels
    WHERE variable IN ('ETP_PERSPHARMA', 'ETP_PERSLABO', 'ETP_PERSRADIO', 'ETP_AUTMEDTEC')
        AND statut IN ('publié', 'zéro implicite')
    GROUP BY millesime, finess
),
variables AS (
    SELECT DISTINCT variable, bordereau FROM recalcul
)
SELECT
    coalesce(s.millesime, r.millesime) AS millesime,
    coalesce(s.finess, r.finess) AS finess,
    v.variable, v.bordereau,
    coalesce(s.valeur, 0)::DECIMAL(18, 2) AS valeur_sygen,
    coalesce(r.valeur, 0)::DECIMAL(18, 2) AS valeur_recalculee,
    (coalesce(s.valeur, 0) - coalesce(r.valeur, 0))::DECIMAL(18, 2) AS ecart
FROM sygen AS s
FULL JOIN recalcul AS r ON r.millesime = s.millesime AND r.finess = s.finess AND r.variable = s.variable
JOIN variables AS v ON v.variable = coalesce(s.variable, r.variable)
