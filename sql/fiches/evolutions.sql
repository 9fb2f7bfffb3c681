-- Évolution d'un exercice au suivant des personnels de chaque établissement, entité juridique et GHT, à périmètre constant.
-- Grain : millesime, niveau, code, variable
-- Source : SAE (DREES), SYGEN ; Q22 pour EFF_INT_recalcule ; appartenance aux GHT
-- Publication : fiche
-- Note : ETP de toutes les lignes, effectifs des totaux. Les deux années sont celles des mêmes sites : ceux d'aujourd'hui, où qu'ils aient été rattachés l'année d'avant. Rien ne se compare où un site a ouvert ou fermé avec du personnel, où un site n'a répondu qu'une année, où l'entité d'un site a changé, où une ligne d'un site a triplé ou s'est divisée par trois (reference.seuils, et les totaux de sa filière avec elle : une erreur de saisie, ou des personnels passés d'un site à l'autre), ni où les membres du GHT ne sont pas connus : `motif` le dit. EFF_INT n'y est pas, laissé vide en 2022 où un de ses termes l'est : EFF_INT_recalcule le remplace.
-- Colonnes :
--   niveau : es (site), ej ou ght
--   code : numéro FINESS du site ou de l'entité juridique, ou code du GHT
--   valeur_precedente : valeur de l'exercice précédent, des sites d'aujourd'hui
--   statut_precedent : calculé, partiel quand un de ses sites n'avait pas répondu, nd
--   millesime_precedent [année] : millésime de l'exercice précédent
--   evolution : valeur moins valeur précédente
--   evolution_relative [part] : évolution / valeur précédente ; vide où celle-ci est nulle
--   motif : pourquoi il n'y a pas d'évolution, ou quels sites ont changé de rattachement
WITH personnels AS (
    SELECT millesime, revision, annee, 'es' AS niveau, finess AS code, variable, mesure, ligne, unite, valeur, statut
    FROM fiches.es_personnels
    UNION ALL
    SELECT millesime, revision, annee, 'ej', finess_ej, variable, mesure, ligne, unite, valeur, statut
    FROM fiches.ej_personnels
    UNION ALL
    SELECT millesime, revision, annee, 'ght', code_ght, variable, mesure, ligne, unite, valeur, statut
    FROM fiches.ght_personnels
),
suivies AS (
    SELECT * FROM personnels
    WHERE (mesure LIKE 'ETP%' OR ligne = 'total') AND variable <> 'EFF_INT'
),
comparees AS (
    SELECT
        n.annee, n.millesime, n.revision, n.niveau, n.code, n.variable, n.valeur, n.statut, n.unite,
        p.millesime AS millesime_precedent
    FROM suivies AS n
    JOIN suivies AS p ON p.annee = n.annee - 1 AND p.niveau = n.niveau AND p.code = n.code AND p.variable = n.variable
),
sites AS (
    SELECT
        n.annee, n.finess, n.finess_ej, n.code_ght,
        a.finess IS NOT NULL AS la_avant, a.finess_ej AS finess_ej_avant, a.code_ght AS code_ght_avant,
        s.finess IS NOT NULL AS la_apres, s.finess_ej AS finess_ej_apres, s.code_ght AS code_ght_apres
    FROM fiches.etablissements AS n
    LEFT JOIN fiches.etablissements AS a ON a.annee = n.annee - 1 AND a.finess = n.finess
    LEFT JOIN fiches.etablissements AS s ON s.annee = n.annee + 1 AND s.finess = n.finess
),
-- The sites that make up each unit, and where each was a year before and is a year after.
unites AS (
    SELECT
        annee, 'es' AS niveau, finess AS code, finess, finess_ej, la_avant, la_apres,
        finess_ej_avant <> finess_ej AS venu, false AS parti
    FROM sites
    UNION ALL
    SELECT
        annee, 'ej', finess_ej, finess, finess_ej, la_avant, la_apres, finess_ej_avant <> finess_ej,
        finess_ej_apres <> finess_ej
    FROM sites
    UNION ALL
    SELECT annee, 'ght', code_ght, finess, finess_ej, la_avant, la_apres,
        -- Where members weren't known the year before, nobody can be said to have come.
        (code_ght_avant IS DISTINCT FROM code_ght)
        AND (annee - 1, code_ght) IN (SELECT (s.annee, s.code_ght) FROM sites AS s),
        (code_ght_apres IS DISTINCT FROM code_ght)
    FROM sites WHERE code_ght IS NOT NULL
),
-- A site without a line in SYGEN has not answered.
valeurs AS (
    SELECT s.annee, s.finess, v.variable, p.valeur
    FROM sites AS s
    CROSS JOIN (SELECT DISTINCT variable FROM suivies) AS v
    LEFT JOIN fiches.es_personnels AS p ON p.annee = s.annee AND p.finess = s.finess AND p.variable = v.variable
),
-- The sites of today, with what each had a year before, wherever it was then.
presents AS (
    SELECT
        u.annee, u.niveau, u.code, n.variable,
        sum(a.valeur) AS valeur_precedente, statut_somme(a.valeur) AS statut_precedent,
        count(*) FILTER (NOT u.la_avant AND n.valeur <> 0) AS ouverts,
        count(*) FILTER (u.la_avant AND (a.valeur IS NULL) <> (n.valeur IS NULL)) AS une_annee,
        count(*) FILTER (u.venu AND (u.niveau = 'es' OR a.valeur <> 0)) AS venus
    FROM unites AS u
    JOIN valeurs AS n ON n.annee = u.annee AND n.finess = u.finess
    LEFT JOIN valeurs AS a ON a.annee = n.annee - 1 AND a.finess = n.finess AND a.variable = n.variable
    GROUP BY ALL
),
-- The units that hold a site of an entity, or held one: the staff of its site that has closed may be in any of them.
heritiers AS (
    SELECT DISTINCT s.annee + 1 AS annee, s.finess_ej, u.niveau, u.code
    FROM sites AS s
    JOIN unites AS u ON u.finess = s.finess AND u.annee IN (s.annee, s.annee + 1) AND u.niveau <> 'es'
),
fermes AS (
    SELECT h.annee, h.niveau, h.code, a.variable, count(*) AS fermes
    FROM sites AS s
    JOIN valeurs AS a ON a.annee = s.annee AND a.finess = s.finess AND a.valeur <> 0
    JOIN heritiers AS h ON h.annee = s.annee + 1 AND h.finess_ej = s.finess_ej
    WHERE NOT s.la_apres
    GROUP BY ALL
),
partis AS (
    SELECT u.annee + 1 AS annee, u.niveau, u.code, a.variable, count(*) AS partis
    FROM unites AS u
    JOIN valeurs AS a ON a.annee = u.annee AND a.finess = u.finess AND a.valeur <> 0
    WHERE u.la_apres AND u.parti
    GROUP BY ALL
),
-- Lines of a site that nobody should quote before somebody has looked: a typing error, or staff moved between two sites.
sauts AS (
    SELECT n.annee, n.finess AS code, n.variable, v.filiere
    FROM valeurs AS n
    JOIN valeurs AS a ON a.annee = n.annee - 1 AND a.finess = n.finess AND a.variable = n.variable
    JOIN reference.variables_sae AS v ON v.variable = n.variable AND v.mesure LIKE 'ETP%'
    CROSS JOIN (
        SELECT max(valeur) FILTER (seuil = 'saut_etp') AS etp, max(valeur) FILTER (seuil = 'saut_rapport') AS rapport
        FROM reference.seuils
    ) AS s
    WHERE greatest(n.valeur, a.valeur) >= s.etp AND greatest(n.valeur, a.valeur) > s.rapport * least(n.valeur, a.valeur)
        AND least(n.valeur, a.valeur) > 0
),
motivees AS (
    SELECT
        c.*, p.valeur_precedente, p.statut_precedent, coalesce(p.venus, 0) AS venus, coalesce(d.partis, 0) AS partis,
        CASE
            WHEN p.code IS NULL THEN 'membres du GHT non connus'
            WHEN c.valeur IS NULL OR p.valeur_precedente IS NULL THEN 'donnée manquante'
            WHEN c.niveau = 'es' AND p.venus > 0 THEN 'entité juridique changée'
            WHEN p.ouverts > 0 OR f.fermes > 0 THEN 'périmètre changé : ' || concat_ws(
                ', ',
                CASE WHEN p.ouverts > 1 THEN p.ouverts || ' sites ouverts' WHEN p.ouverts = 1 THEN '1 site ouvert' END,
                CASE WHEN f.fermes > 1 THEN f.fermes || ' sites fermés' WHEN f.fermes = 1 THEN '1 site fermé' END
            )
            WHEN p.une_annee > 1 THEN 'réponses inégales : ' || p.une_annee || ' sites n''ont répondu qu''une année'
            WHEN p.une_annee = 1 THEN 'réponses inégales : 1 site n''a répondu qu''une année'
            WHEN c.niveau = 'es' AND (c.annee, c.code, c.variable) IN (SELECT (annee, code, variable) FROM sauts)
                THEN 'saut à vérifier : plus que triplé, ou divisé par plus de trois'
            WHEN c.niveau = 'es' AND v.ligne IN ('total', 'sous-total') AND v.mesure LIKE 'ETP%'
                AND (c.annee, c.code, v.filiere) IN (SELECT (annee, code, filiere) FROM sauts)
                THEN 'saut à vérifier dans une des lignes comptées'
        END AS empechement
    FROM comparees AS c
    JOIN reference.variables_sae AS v USING (variable)
    LEFT JOIN presents AS p USING (annee, niveau, code, variable)
    LEFT JOIN fermes AS f USING (annee, niveau, code, variable)
    LEFT JOIN partis AS d USING (annee, niveau, code, variable)
)
SELECT
    annee, millesime, revision, niveau, code, variable, valeur, statut, unite,
    valeur_precedente::DECIMAL(18, 2) AS valeur_precedente, coalesce(statut_precedent, 'nd') AS statut_precedent,
    millesime_precedent,
    CASE WHEN empechement IS NULL THEN valeur - valeur_precedente END::DECIMAL(18, 2) AS evolution,
    CASE WHEN empechement IS NULL THEN (valeur - valeur_precedente) / nullif(valeur_precedente, 0) END::DECIMAL(18, 6)
        AS evolution_relative,
    CASE
        WHEN empechement IS NOT NULL THEN empechement
        WHEN niveau <> 'es' AND venus + partis > 0 THEN 'périmètre constant : ' || concat_ws(
            ', ',
            CASE
                WHEN venus > 1 THEN venus || ' sites venus d''ailleurs' WHEN venus = 1 THEN '1 site venu d''ailleurs'
            END,
            CASE WHEN partis > 1 THEN partis || ' sites partis' WHEN partis = 1 THEN '1 site parti' END
        )
    END AS motif
FROM motivees
