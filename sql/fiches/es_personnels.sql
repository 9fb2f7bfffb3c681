-- Personnels médicaux et non médicaux de chaque établissement (site), une ligne par variable de SYGEN, plus l'effectif d'internes recalculé.
-- Grain : millesime, finess, variable
-- Source : SAE (DREES), SYGEN ; Q22 pour EFF_INT_recalcule
-- Publication : etablissement
-- Note : ne jamais additionner les lignes `dont` vrai : elles font partie d'un total. Une case vide vaut zéro où la ligne de total du questionnaire existe, et non-réponse sinon ; une case que les contrôles ont vidée, ou dont la ligne est écartée, est « nd ». Où le producteur n'a pas fait de questionnaire cette année-là (2020), la valeur est « non collecté ».
WITH videes AS (
    SELECT millesime, table_source, fichier, ligne, upper(colonne) AS colonne FROM core.cellules_ecartees
    WHERE source = 'sae' AND table_source IN ('sygen', 'q22')
),
-- A site that ID doesn't know has no name and no place, and was told; where its own lines contradict each other, ID says
-- whose it is.
sites AS (
    SELECT s.* REPLACE (coalesce(s.finess_ej, i.finess_ej) AS finess_ej)
    FROM staging.sae_sygen AS s
    JOIN core.etablissements AS i USING (millesime, finess)
),
publiees AS (
    SELECT millesime, revision, annee, finess, finess_ej, _fichier, _ligne, variable, valeur
    FROM (
        SELECT millesime, revision, annee, finess, finess_ej, _fichier, _ligne,
            COLUMNS('^(EFFSAL|EFFLIB|ETPSAL|EFF|ETP)_.*$|^ETPINT$')::DECIMAL(18, 2)
        FROM sites
    )
    UNPIVOT INCLUDE NULLS (valeur FOR variable IN (COLUMNS('^(EFFSAL|EFFLIB|ETPSAL|EFF|ETP)_.*$|^ETPINT$')))
),
recalculees AS (
    SELECT
        s.millesime, s.revision, s.annee, s.finess, s.finess_ej,
        i._fichier, i._ligne, 'EFF_INT_recalcule' AS variable,
        CASE WHEN i.finess IS NOT NULL AND v.ligne IS NULL
            -- Until 2019 the questionnaire has their sum alone (INTTOT); there was no docteur junior yet.
            THEN coalesce(i.INTTOT, coalesce(i.INT, 0) + coalesce(i.DOCJU, 0) + coalesce(i.FFI, 0))::DECIMAL(18, 2)
        END AS valeur
    FROM sites AS s
    LEFT JOIN staging.sae_q22 AS i USING (millesime, finess)
    LEFT JOIN (SELECT DISTINCT millesime, fichier, ligne FROM videes WHERE table_source = 'q22') AS v
        ON v.millesime = i.millesime AND v.fichier = i._fichier AND v.ligne = i._ligne
),
toutes AS (
    SELECT * FROM publiees
    UNION ALL
    SELECT * FROM recalculees
),
-- In 2022 SYGEN leaves EFF_INT blank as soon as one of its three terms is blank: no zero, unless Q22 counts none.
internes_comptes AS (
    SELECT millesime, finess FROM recalculees WHERE valeur > 0
),
-- The questionnaires that the producer left out of a year; Q23, which is no file of ours, goes with Q24.
absents AS (
    SELECT DISTINCT millesime, upper("table") AS bordereau FROM staging.absences WHERE source = 'sae'
    UNION
    SELECT DISTINCT millesime, 'Q23' FROM staging.absences WHERE source = 'sae' AND "table" = 'q24'
),
lues AS (
    SELECT
        t.millesime, t.revision, t.annee, t.finess, t.finess_ej, t.variable,
        v.filiere, v.mesure, v.ligne, v.dont, v.unite,
        CASE WHEN a.bordereau IS NULL THEN t.valeur END AS valeur,
        a.bordereau IS NOT NULL AS non_collecte,
        q.finess IS NOT NULL AS questionnaire_rempli,
        t.valeur IS NULL AND x.ligne IS NOT NULL AS videe,
        t.variable = 'EFF_INT' AND i.finess IS NOT NULL AS internes_non_publies
    FROM toutes AS t
    JOIN reference.variables_sae AS v USING (variable)
    LEFT JOIN core.sae_questionnaires AS q
        ON q.millesime = t.millesime AND q.finess = t.finess AND q.bordereau = v.bordereau
    LEFT JOIN absents AS a ON a.millesime = t.millesime AND a.bordereau = v.bordereau
    LEFT JOIN internes_comptes AS i ON i.millesime = t.millesime AND i.finess = t.finess
    LEFT JOIN (
        SELECT DISTINCT
            millesime, fichier, ligne,
            CASE table_source WHEN 'q22' THEN 'EFF_INT_RECALCULE' ELSE colonne END AS colonne
        FROM videes
    ) AS x
        ON x.millesime = t.millesime AND x.fichier = t._fichier AND x.ligne = t._ligne AND x.colonne = upper(t.variable)
)
SELECT
    millesime, revision, annee, finess, finess_ej, variable, filiere, mesure, ligne, dont,
    CASE
        WHEN valeur IS NULL AND NOT non_collecte AND questionnaire_rempli AND NOT internes_non_publies AND NOT videe
            THEN 0
        ELSE valeur
    END AS valeur,
    unite,
    CASE
        WHEN non_collecte THEN 'non collecté'
        WHEN valeur IS NOT NULL AND variable = 'EFF_INT_recalcule' THEN 'calculé'
        WHEN valeur IS NOT NULL THEN 'publié'
        WHEN internes_non_publies OR videe THEN 'nd'
        WHEN questionnaire_rempli THEN 'zéro implicite'
        ELSE 'non-réponse'
    END AS statut
FROM lues
