-- Rapprochements : ce que l'édition calcule, et ce que la source publie ou que l'arithmétique exige.
-- Grain : rapprochement, source, millesime, objet
-- Source : toutes les sources de l'édition
-- Publication : nationale
-- Note : « écart expliqué » est un écart connu, mesuré et décrit ; « écart » est à examiner.
-- Colonnes :
--   rapprochement : nom du rapprochement
--   nature : ce que vaut le rapprochement : « chiffre publié » (retrouvé dans une autre publication), « identité d'un fichier » (un total et ses parties, dans le même fichier), « deux tableaux d'une enquête », « somme sous appartenance officielle », « somme sous appartenance ajustée » (l'appartenance aux GHT a été déduite de ces totaux mêmes), « somme sous appartenance d'une autre année » (membres d'une année suivante, derniers connus)
--   objet : territoire, groupement, variable ou total rapproché
--   libelle : ce qui est rapproché
--   observe : valeur calculée
--   attendu : valeur publiée ou exigée
--   ecart : observé moins attendu
--   tolerance : écart admis
--   resultat : égal, écart expliqué, écart
--   explication : raison d'un écart connu ; publication d'un chiffre
-- Sites whose three terms of EFF_INT are filled: the only ones that the producer adds up for a GHT.
WITH internes_complets AS (
    SELECT m.millesime, m.code_ght, coalesce(sum(s.EFF_INT), 0) AS valeur
    FROM fiches.ght_membres AS m
    JOIN staging.sae_sygen AS s ON s.millesime = m.millesime AND s.finess = m.finess
    JOIN staging.sae_q22 AS q ON q.millesime = m.millesime AND q.finess = m.finess
    WHERE m.retenu AND q.INT IS NOT NULL AND q.DOCJU IS NOT NULL AND q.FFI IS NOT NULL
    GROUP BY m.millesime, m.code_ght
),
ght AS (
    SELECT
        'ght_sygen' AS rapprochement, 'sae' AS source, g.millesime,
        g.code_ght || ' ' || g.variable AS objet,
        'Somme de SYGEN sur les sites publics du GHT et total publié : ' || g.nom_ght AS libelle,
        coalesce(g.valeur, 0) AS observe, coalesce(g.valeur_publiee, 0) AS attendu, 0::DECIMAL(18, 2) AS tolerance,
        CASE
            WHEN g.variable = 'EFF_INT' AND coalesce(g.valeur_publiee, 0) = coalesce(i.valeur, 0)
                THEN 'le total publié laisse de côté les sites dont l''un des trois termes '
                    || '(internes, docteurs juniors, FFI) est vide'
        END AS explication
    FROM fiches.ght_personnels AS g
    LEFT JOIN internes_complets AS i ON i.millesime = g.millesime AND i.code_ght = g.code_ght
    WHERE g.sites IS NOT NULL AND g.variable <> 'EFF_INT_recalcule'
        AND g.millesime IN (SELECT millesime FROM core.sae_ght_publies)
),
-- Gaps that were investigated: they explain themselves only while they stay what was measured.
ecarts_examines (bordereau, millesime, etablissements, ecart, explication) AS (
    VALUES
        ('Q24', 2019, 959, 1088.49, 'deux états de l''édition de 2019, chacun cohérent : qualite.sae_ecarts'),
        ('Q24', 2022, 112, -468.34::DECIMAL(18, 2),
            'deux états de l''édition de 2022, chacun cohérent : qualite.sae_ecarts'),
        ('Q20', 2024, 457, -1982.32,
            'SYGEN laisse la spécialité M1100 hors de ETPSAL_SPEMED et de EFFLIB_SPEMED, non des totaux : '
            || 'qualite.sae_ecarts')
),
bordereaux AS (
    SELECT
        r.millesime, r.bordereau,
        count(DISTINCT r.finess) AS etablissements,
        count(DISTINCT r.finess) FILTER (r.ecart <> 0) AS differents,
        sum(r.ecart) AS ecart,
        -- SYGEN leaves EFF_INT blank where one of its three terms is blank: known, not a gap to explain each time.
        r.bordereau = 'Q22'
        AND count(*) FILTER (r.ecart <> 0 AND p.statut IS DISTINCT FROM 'nd') = 0 AS blancs_seulement
    FROM qualite.sae_recalculs AS r
    LEFT JOIN fiches.es_personnels AS p
        ON p.millesime = r.millesime AND p.finess = r.finess AND p.variable = r.variable
    GROUP BY r.millesime, r.bordereau
),
explications AS (
    SELECT
        b.millesime, b.bordereau, b.etablissements, b.differents,
        CASE
            WHEN b.differents = 0 THEN NULL
            WHEN b.blancs_seulement THEN 'EFF_INT est vide dans SYGEN dès que l''un de ses trois termes l''est'
            ELSE e.explication
        END AS explication
    FROM bordereaux AS b
    LEFT JOIN ecarts_examines AS e
        ON e.bordereau = b.bordereau AND e.millesime = b.millesime
        AND e.etablissements = b.differents AND e.ecart = b.ecart
),
sygen AS (
    SELECT
        lower(r.bordereau) || '_sygen', 'sae', r.millesime, r.variable,
        'Total de SYGEN et total recalculé depuis ' || r.bordereau || ' ; '
            || 'établissements différents : ' || count(*) FILTER (r.ecart <> 0),
        sum(r.valeur_recalculee)::DECIMAL(18, 2), sum(r.valeur_sygen)::DECIMAL(18, 2), 0::DECIMAL(18, 2),
        min(e.explication)
    FROM qualite.sae_recalculs AS r
    JOIN explications AS e ON e.millesime = r.millesime AND e.bordereau = r.bordereau
    GROUP BY r.bordereau, r.millesime, r.variable
),
sygen_etablissements AS (
    SELECT
        'sygen_etablissements', 'sae', millesime, bordereau,
        'Établissements dont SYGEN diffère de ' || bordereau || ' par au moins une composante, sur ' || etablissements,
        differents::DECIMAL(18, 2), 0::DECIMAL(18, 2), 0::DECIMAL(18, 2), explication
    FROM explications
),
q24 AS (
    SELECT
        'q24_disciplines', 'sae', millesime, '9999',
        'Établissements dont la ligne 9999 de Q24 n''est pas la somme de 1000 et 2000',
        count(*) FILTER (total <> parties)::DECIMAL(18, 2), 0::DECIMAL(18, 2), 0::DECIMAL(18, 2),
        CASE
            WHEN millesime = 2019 AND string_agg(finess, ' ' ORDER BY finess) FILTER (total <> parties) = '330780495'
                THEN 'la ligne 9999 de 330780495 compte deux fois ses soins (2000) ; SYGEN les compte une fois'
        END
    FROM (
        SELECT millesime, finess,
            coalesce(sum(ETPPNM) FILTER (disci = '9999'), 0) AS total,
            coalesce(sum(ETPPNM) FILTER (disci IN ('1000', '2000')), 0) AS parties
        FROM staging.sae_q24
        GROUP BY millesime, finess
    )
    GROUP BY millesime
),
drees_territoires AS (
    SELECT
        'drees_departements', source, millesime, profession_publiee || ' ' || annee,
        'Somme des départements et total publié',
        coalesce(sum(effectif) FILTER (code IS DISTINCT FROM 'F'), 0)::DECIMAL(18, 2),
        coalesce(sum(effectif) FILTER (code = 'F'), 0)::DECIMAL(18, 2), 0::DECIMAL(18, 2), NULL
    FROM core.demographie
    WHERE source IN ('drees_demographie', 'drees_medecins_ages') AND tranche_age = 'ensemble' AND sexe = 'ensemble'
    GROUP BY source, millesime, profession_publiee, annee
),
drees_modalites AS (
    SELECT
        'drees_' || m.modalite, d.source, d.millesime,
        d.profession_publiee || ' ' || d.annee || ' ' || d.territoire_publie,
        'Somme des ' || CASE m.modalite WHEN 'ages' THEN 'tranches d''âge' ELSE 'sexes' END || ' et total publié',
        sum(d.effectif)::DECIMAL(18, 2), min(t.effectif)::DECIMAL(18, 2), 0::DECIMAL(18, 2), NULL
    FROM core.demographie AS d
    JOIN (VALUES ('ages'), ('sexes')) AS m (modalite)
        ON CASE m.modalite WHEN 'ages' THEN d.tranche_age <> 'ensemble' ELSE d.sexe <> 'ensemble' END
    JOIN core.demographie AS t
        ON t.source = d.source AND t.millesime = d.millesime AND t.annee = d.annee
        AND t.profession_publiee = d.profession_publiee AND t.territoire_publie = d.territoire_publie
        AND t.tranche_age = 'ensemble' AND t.sexe = 'ensemble'
    WHERE d.source IN ('drees_demographie', 'drees_medecins_ages')
    GROUP BY m.modalite, d.source, d.millesime, d.profession_publiee, d.annee, d.territoire_publie
),
-- Series of the workbooks, without secret: départements, then régions, add up to the published France. Salaried nurses
-- are weighted, and each number is rounded on its own: half a person a territory.
drees_series AS (
    SELECT source, millesime, split_part(profession_publiee, ' / ', 1) AS profession,
        CASE WHEN source = 'drees_infirmiers' AND mode_exercice = 'salarié' THEN 0.5 ELSE 0 END AS arrondi,
        count(*) FILTER (niveau = 'departement') AS nb_departements,
        count(*) FILTER (niveau = 'region') AS nb_regions,
        sum(effectif) FILTER (niveau = 'departement') AS departements,
        sum(effectif) FILTER (niveau = 'region') AS regions,
        max(effectif) FILTER (niveau = 'france') AS france,
        count(*) FILTER (effectif IS NULL) AS secrets
    FROM core.demographie
    WHERE source IN ('drees_professionnels', 'drees_infirmiers')
    GROUP BY source, millesime, profession_publiee, annee, mode_exercice, sexe, tranche_age
),
drees_classeurs AS (
    SELECT
        'drees_classeurs', source, millesime, profession,
        'Séries dont départements ou régions ne font pas le total publié de la France, sur ' || count(*),
        count(*) FILTER (
            abs(departements - france) > arrondi * nb_departements OR abs(regions - france) > arrondi * nb_regions
        )::DECIMAL(18, 2),
        0::DECIMAL(18, 2), 0::DECIMAL(18, 2), NULL
    FROM drees_series
    WHERE secrets = 0
    GROUP BY source, millesime, profession
),
cnam AS (
    SELECT
        'cnam_densites', source, millesime, feuille,
        'Lignes dont 100 000 × effectif / population n''est pas la densité publiée, sur ' || count(*),
        count(*) FILTER (
            abs(100000 * effectif::DECIMAL(18, 6) / population_publiee - densite_publiee) > 0.000001
        )::DECIMAL(18, 2),
        0::DECIMAL(18, 2), 0::DECIMAL(18, 2), NULL
    FROM core.demographie
    WHERE source = 'cnam_demographie' AND population_publiee > 0 AND densite_publiee IS NOT NULL
    GROUP BY source, millesime, feuille
),
cnam_territoires AS (
    SELECT
        'cnam_departements', source, millesime, trim(feuille || ' ' || profession_publiee),
        'Somme des départements et total de la France',
        coalesce(sum(effectif) FILTER (niveau = 'departement'), 0)::DECIMAL(18, 2),
        coalesce(sum(effectif) FILTER (niveau = 'france'), 0)::DECIMAL(18, 2), 0::DECIMAL(18, 2), NULL
    FROM core.demographie
    WHERE source = 'cnam_demographie'
    GROUP BY source, millesime, feuille, profession_publiee
),
dares AS (
    SELECT
        'metiers_2030_identite', 'dares_metiers_2030', millesime, 'toutes les lignes',
        'Lignes dont créations + départs n''est pas le nombre de postes à pourvoir, sur ' || count(*),
        count(*) FILTER (abs(creations + departs_fin_carriere - postes_a_pourvoir) > 0.000001)::DECIMAL(18, 2),
        0::DECIMAL(18, 2), 0::DECIMAL(18, 2), NULL
    FROM core.dares_metiers
    GROUP BY millesime
),
insee AS (
    SELECT
        'population_departements', 'insee_population_departements', p.millesime, p.annee::VARCHAR,
        'Somme des départements et total publié de la France',
        sum(p.population) FILTER (d.code IS NOT NULL)::DECIMAL(18, 2),
        max(p.population) FILTER (d.code IS NULL)::DECIMAL(18, 2), 0::DECIMAL(18, 2), NULL
    FROM staging.insee_population_departements AS p
    LEFT JOIN core.decoupages AS d ON d.niveau = 'departement' AND d.code = p.departement
    WHERE p.sexe = 'Ensemble' AND p.tranche_age = 'Total'
    GROUP BY p.millesime, p.annee
),
-- A figure of which the edition has the source and no number is a gap to look at; without the source, there is none.
publies AS (
    SELECT
        'chiffre_publie', c.source, c.millesime, c.chiffre, c.libelle, c.observe, c.attendu, c.tolerance,
        concat_ws(' ; ', c.publication, CASE WHEN abs(c.ecart) > c.tolerance THEN c.explication END)
    FROM qualite.chiffres_compares AS c
    WHERE c.source_presente AND NOT c.fictif
),
natures (rapprochement, nature) AS (
    VALUES
        ('chiffre_publie', 'chiffre publié'),
        ('q20_sygen', 'deux tableaux d''une enquête'), ('q21_sygen', 'deux tableaux d''une enquête'),
        ('q22_sygen', 'deux tableaux d''une enquête'), ('q24_sygen', 'deux tableaux d''une enquête'),
        ('sygen_etablissements', 'deux tableaux d''une enquête'),
        ('q24_disciplines', 'identité d''un fichier'), ('drees_departements', 'identité d''un fichier'),
        ('drees_ages', 'identité d''un fichier'), ('drees_sexes', 'identité d''un fichier'),
        ('drees_classeurs', 'identité d''un fichier'), ('cnam_densites', 'identité d''un fichier'),
        ('cnam_departements', 'identité d''un fichier'), ('metiers_2030_identite', 'identité d''un fichier'),
        ('population_departements', 'identité d''un fichier')
),
-- Members that were inferred from the published totals find them again: that proves the inference, not the sums.
appartenances AS (
    SELECT millesime, code_ght, bool_or(appartenance = 'déduite') AS ajustee,
        bool_or(appartenance = 'dernière connue') AS autre_annee
    FROM core.ght_membres
    GROUP BY millesime, code_ght
),
tous AS (
    SELECT * FROM ght
    UNION ALL SELECT * FROM sygen
    UNION ALL SELECT * FROM sygen_etablissements
    UNION ALL SELECT * FROM q24
    UNION ALL SELECT * FROM drees_territoires
    UNION ALL SELECT * FROM drees_modalites
    UNION ALL SELECT * FROM drees_classeurs
    UNION ALL SELECT * FROM cnam
    UNION ALL SELECT * FROM cnam_territoires
    UNION ALL SELECT * FROM dares
    UNION ALL SELECT * FROM insee
    UNION ALL SELECT * FROM publies
)
SELECT
    t.rapprochement,
    CASE
        WHEN t.rapprochement <> 'ght_sygen' THEN n.nature
        WHEN a.ajustee THEN 'somme sous appartenance ajustée'
        WHEN a.autre_annee THEN 'somme sous appartenance d''une autre année'
        ELSE 'somme sous appartenance officielle'
    END AS nature,
    t.source, t.millesime, t.objet, t.libelle,
    t.observe::DECIMAL(18, 2) AS observe, t.attendu::DECIMAL(18, 2) AS attendu,
    (t.observe::DECIMAL(18, 2) - t.attendu)::DECIMAL(18, 2) AS ecart, t.tolerance,
    CASE
        WHEN abs(t.observe::DECIMAL(18, 2) - t.attendu) <= t.tolerance THEN 'égal'
        -- The gap of a published figure is explained while it is the one that was examined.
        WHEN coalesce(c.constate = t.observe::DECIMAL(18, 2), c.chiffre IS NULL AND t.explication IS NOT NULL)
            THEN 'écart expliqué'
        ELSE 'écart'
    END AS resultat,
    t.explication
FROM tous AS t
LEFT JOIN natures AS n ON n.rapprochement = t.rapprochement
LEFT JOIN appartenances AS a
    ON t.rapprochement = 'ght_sygen' AND a.millesime = t.millesime AND a.code_ght = split_part(t.objet, ' ', 1)
LEFT JOIN reference.chiffres_publies AS c ON t.rapprochement = 'chiffre_publie' AND c.chiffre = t.objet
