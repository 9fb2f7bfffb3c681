-- Place de chaque établissement, entité juridique et GHT parmi ses pairs : sa valeur, la médiane et les quartiles du groupe, et les taux de sa catégorie dans la région et en France.
-- Grain : millesime, niveau, code, indicateur
-- Source : SAE (DREES), SYGEN, Q20 et ID ; appartenance aux GHT
-- Publication : fiche
-- Note : les pairs sont ceux de la même catégorie regroupée par la SAE (celle du site principal pour une entité juridique) et du même quart de taille, mesurée en ETP, dans toute la France. Sous 40 établissements, la catégorie n'est pas coupée en quarts ; les GHT forment un seul groupe. Sous 5 pairs, ni médiane ni quartiles. Un total partiel n'est pas comparé, ni une part de moins de 5 personnes.
-- Colonnes :
--   niveau : es (site), ej ou ght
--   code : numéro FINESS du site ou de l'entité juridique, ou code du GHT
--   ordre : rang sur les fiches
--   categorie_regroupee : catégorie des pairs ; GHT pour un groupement
--   quart : quart de taille, de 1 (les plus petits) à 4 ; vide où la catégorie n'est pas coupée
--   numerateur : numérateur du rapport ; la valeur pour une taille
--   denominateur : dénominateur du rapport
--   effectif_pairs [établissements] : pairs qui ont une valeur, celui-ci compris
--   decile_1 : un pair sur dix est en dessous
--   quartile_1 : un pair sur quatre est en dessous
--   mediane : la moitié des pairs est en dessous
--   quartile_3 : trois pairs sur quatre sont en dessous
--   decile_9 : neuf pairs sur dix sont en dessous
--   valeur_region : taux de la catégorie dans la région, recalculé des sommes ; vide pour une taille
--   valeur_france : taux de la catégorie en France, recalculé des sommes ; vide pour une taille, et pour les GHT où les membres ne sont connus que dans une région
--   motif : pourquoi il n'y a pas de valeur ou pas de comparaison
WITH personnels AS (
    SELECT millesime, revision, annee, 'es' AS niveau, finess AS code, variable, valeur, statut
    FROM fiches.es_personnels
    UNION ALL
    SELECT millesime, revision, annee, 'ej', finess_ej, variable, valeur, statut FROM fiches.ej_personnels
    UNION ALL
    SELECT millesime, revision, annee, 'ght', code_ght, variable, valeur, statut FROM fiches.ght_personnels
),
larges AS (
    SELECT
        annee, millesime, revision, niveau, code,
        max(valeur) FILTER (variable = 'ETPSAL_TOT') AS etp_medical,
        max(valeur) FILTER (variable = 'ETP_TOT_PNM') AS etp_non_medical,
        max(valeur) FILTER (variable = 'ETP_INFSANSSPE')
        + max(valeur) FILTER (variable = 'ETP_INFAVECSPE') AS infirmiers,
        max(valeur) FILTER (variable = 'ETP_AID') AS aides_soignants,
        max(valeur) FILTER (variable = 'EFFSAL_TOT') AS salaries,
        max(valeur) FILTER (variable = 'EFFLIB_TOT') AS liberaux
    FROM personnels
    WHERE statut <> 'partiel'
        AND variable IN (
            'ETPSAL_TOT', 'ETP_TOT_PNM', 'ETP_INFSANSSPE', 'ETP_INFAVECSPE', 'ETP_AID', 'EFFSAL_TOT', 'EFFLIB_TOT'
        )
    GROUP BY ALL
),
sites AS (
    SELECT
        millesime, finess, finess_ej, code_ght, categorie_regroupee, region,
        -- Nothing is known where every line is blank. In psychiatry SYGEN counts places of all forms of full-time care
        -- with the beds, and doesn't tell them apart: together they are no number of beds.
        CASE WHEN coalesce(LIT_MCO, CAP_COMPLET_TOT, LIT_SSR, LIT_USLD) IS NOT NULL
            THEN coalesce(LIT_MCO, 0) + coalesce(CAP_COMPLET_TOT, 0) + coalesce(LIT_SSR, 0) + coalesce(LIT_USLD, 0)
        END AS capacite,
        -- A cell that was set aside is no zero.
        coalesce(list_has_any(
            string_split(capacites_ecartees, ' '), ['LIT_MCO', 'CAP_COMPLET_TOT', 'LIT_SSR', 'LIT_USLD']
        ), false) AS capacite_inconnue
    FROM fiches.etablissements
),
identites AS (
    SELECT
        millesime, 'es' AS niveau, finess AS code, categorie_regroupee, region, capacite, capacite_inconnue
    FROM sites
    UNION ALL
    SELECT s.millesime, 'ej', s.finess_ej, max(p.categorie_regroupee), max(j.region), sum(s.capacite),
        bool_or(s.capacite_inconnue)
    FROM sites AS s
    JOIN core.entites_juridiques AS j ON j.millesime = s.millesime AND j.finess_ej = s.finess_ej
    JOIN sites AS p ON p.millesime = s.millesime AND p.finess = j.site_principal
    GROUP BY ALL
    UNION ALL
    SELECT millesime, 'ght', code_ght, 'GHT', substr(code_ght, 1, 2), sum(capacite), bool_or(capacite_inconnue)
    FROM sites WHERE code_ght IS NOT NULL
    GROUP BY ALL
),
medecins AS (
    SELECT millesime, niveau, code, effectif, femmes, temps_partiel FROM fiches.medecins WHERE variable = 'EFFSAL_TOT'
),
groupes AS (
    SELECT
        l.*, i.categorie_regroupee, i.region, CASE WHEN NOT i.capacite_inconnue THEN i.capacite END AS capacite,
        i.capacite_inconnue, m.effectif, m.femmes, m.temps_partiel,
        l.etp_medical + l.etp_non_medical AS taille,
        count(l.etp_medical + l.etp_non_medical)
            OVER (PARTITION BY l.millesime, l.niveau, i.categorie_regroupee)
            AS mesures
    FROM larges AS l
    JOIN identites AS i USING (millesime, niveau, code)
    LEFT JOIN medecins AS m USING (millesime, niveau, code)
),
tailles AS (
    SELECT *,
        CASE WHEN taille IS NOT NULL AND mesures >= 40 AND niveau <> 'ght'
            THEN ntile(4)
                OVER (PARTITION BY millesime, niveau, categorie_regroupee, taille IS NULL ORDER BY taille, code)
        END::INTEGER AS quart
    FROM groupes
),
mesures AS (
    SELECT
        t.annee, t.millesime, t.revision, t.niveau, t.code, t.categorie_regroupee, t.quart, t.region, t.taille,
        m.indicateur, m.ordre, m.unite, m.numerateur, m.denominateur,
        CASE
            WHEN m.ordre <= 2 THEN m.numerateur
            WHEN m.denominateur >= m.plancher AND m.denominateur > 0
                THEN CASE WHEN m.unite LIKE '%pour 100%' THEN 100 ELSE 1 END * m.numerateur / m.denominateur
        END::DECIMAL(18, 4) AS valeur,
        CASE
            WHEN m.ordre <= 2 AND m.numerateur IS NULL THEN 'donnée manquante ou partielle'
            WHEN m.ordre <= 2 THEN NULL
            WHEN m.indicateur = 'infirmiers_par_lit_ou_place' AND t.capacite_inconnue
                THEN 'donnée manquante ou partielle'
            WHEN m.indicateur = 'infirmiers_par_lit_ou_place' AND coalesce(m.denominateur, 0) = 0
                THEN 'aucun lit ni place à temps complet déclaré'
            WHEN m.numerateur IS NULL OR m.denominateur IS NULL THEN 'donnée manquante ou partielle'
            WHEN m.denominateur = 0 THEN 'sans objet : le dénominateur est nul'
            WHEN m.denominateur < m.plancher THEN 'moins de 5 personnes'
        END AS motif
    FROM tailles AS t,
    LATERAL (
        VALUES
            (1, 'etp_medical', 'ETP', t.etp_medical, NULL, 0),
            (2, 'etp_non_medical', 'ETP', t.etp_non_medical, NULL, 0),
            (3, 'medecins_pour_100_non_medicaux', 'ETP pour 100 ETP', t.etp_medical, t.etp_non_medical, 0),
            (4, 'infirmiers_par_lit_ou_place', 'ETP par lit ou place', t.infirmiers, t.capacite, 0),
            (5, 'aides_soignants_pour_100_infirmiers', 'ETP pour 100 ETP', t.aides_soignants, t.infirmiers, 0),
            (6, 'part_femmes_medecins', 'part, de 0 à 1', t.femmes, t.effectif, 5),
            (7, 'part_temps_partiel_medecins', 'part, de 0 à 1', t.temps_partiel, t.effectif, 5),
            (8, 'part_liberaux', 'part, de 0 à 1', t.liberaux, t.salaries + t.liberaux, 5)
    ) AS m (ordre, indicateur, unite, numerateur, denominateur, plancher)
),
places AS (
    SELECT
        niveau, millesime, categorie_regroupee, quart, indicateur,
        true AS de_taille_connue,
        count(valeur)::INTEGER AS effectif_pairs,
        quantile_cont(valeur, [0.1, 0.25, 0.5, 0.75, 0.9]) AS q
    FROM mesures
    WHERE taille IS NOT NULL
    GROUP BY ALL
),
regions AS (
    SELECT
        millesime, niveau, categorie_regroupee, region, indicateur,
        sum(numerateur) AS numerateur, sum(denominateur) AS denominateur,
        grouping(region) = 1 AS ensemble, count(DISTINCT region) AS regions
    FROM mesures WHERE numerateur IS NOT NULL AND denominateur IS NOT NULL
    GROUP BY GROUPING SETS (
        (millesime, niveau, categorie_regroupee, region, indicateur),
        (millesime, niveau, categorie_regroupee, indicateur)
    )
)
SELECT
    m.annee, m.millesime, m.revision, m.niveau, m.code, m.indicateur, m.ordre, m.categorie_regroupee, m.quart,
    m.numerateur::DECIMAL(18, 2) AS numerateur, m.denominateur::DECIMAL(18, 2) AS denominateur, m.valeur, m.unite,
    p.effectif_pairs,
    CASE WHEN p.effectif_pairs >= 5 THEN p.q[1]::DECIMAL(18, 4) END AS decile_1,
    CASE WHEN p.effectif_pairs >= 5 THEN p.q[2]::DECIMAL(18, 4) END AS quartile_1,
    CASE WHEN p.effectif_pairs >= 5 THEN p.q[3]::DECIMAL(18, 4) END AS mediane,
    CASE WHEN p.effectif_pairs >= 5 THEN p.q[4]::DECIMAL(18, 4) END AS quartile_3,
    CASE WHEN p.effectif_pairs >= 5 THEN p.q[5]::DECIMAL(18, 4) END AS decile_9,
    (CASE WHEN m.unite LIKE '%pour 100%' THEN 100 ELSE 1 END * r.numerateur / nullif(r.denominateur, 0))::DECIMAL(
        18, 4
    ) AS valeur_region,
    -- The GHT of a single region, where members are known there only, are not France.
    CASE WHEN m.niveau <> 'ght' OR f.regions > 1
        THEN CASE WHEN m.unite LIKE '%pour 100%' THEN 100 ELSE 1 END * f.numerateur / nullif(f.denominateur, 0)
    END::DECIMAL(18, 4) AS valeur_france,
    CASE WHEN m.motif IS NOT NULL THEN m.motif WHEN coalesce(p.effectif_pairs, 0) < 5 THEN 'moins de 5 pairs' END
        AS motif
FROM mesures AS m
LEFT JOIN places AS p
    ON p.niveau = m.niveau AND p.millesime = m.millesime AND p.categorie_regroupee = m.categorie_regroupee
    AND p.quart IS NOT DISTINCT FROM m.quart AND p.indicateur = m.indicateur
    -- Written bare, a condition on one side would have every pair compared.
    AND p.de_taille_connue = (m.taille IS NOT NULL)
LEFT JOIN regions AS r
    ON r.niveau = m.niveau AND r.millesime = m.millesime AND r.categorie_regroupee = m.categorie_regroupee
    AND NOT r.ensemble AND r.region = m.region AND r.indicateur = m.indicateur
LEFT JOIN regions AS f
    ON f.niveau = m.niveau AND f.millesime = m.millesime AND f.categorie_regroupee = m.categorie_regroupee
    AND f.ensemble AND f.indicateur = m.indicateur
