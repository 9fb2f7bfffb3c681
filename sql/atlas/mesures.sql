-- Rapports des marts dont on peut dire l'incertitude, chacun avec son numérateur et son dénominateur.
-- Grain : cle
-- Source : marts de l'atlas
-- Publication : interne
-- Note : `hasard` dit ce que le seul hasard donnerait d'un nombre de cette taille : c'est l'intervalle d'un sondage, et d'un registre une hypothèse parmi d'autres (atlas.mouvements_mesures, qualite.intervalles_epreuve). Rien pour les totaux de la SAE, ni pour BMO, enquête pondérée, ni pour une part de population, ni pour les taux de l'enquête RH : ce sont des rapports d'ETP, de jours ou d'euros, et non des parts de personnes ; les accidents, rares et comptés un à un, en ont un. Une région enquête seule : elle n'a pas de France à laquelle se comparer. Sous l'arrondissement, un effectif est trop petit pour une densité. Le reste de la région est la région sans le territoire.
-- Colonnes :
--   cle : numéro de la mesure, dans l'ordre de toutes ses colonnes
--   indicateur : indicateur du dictionnaire
--   modalite : tranche d'âge, partie du fichier, variable de la SAE, catégorie de personnel ou diplôme que la mesure distingue ; vide sinon
--   numerateur : ce qui est compté
--   denominateur : ce à quoi on le rapporte
--   echelle : multiplicateur du rapport
--   hasard : loi que suivrait le nombre par le seul hasard : Byar pour un taux, Wilson pour une part ; vide où elle n'a pas de sens
--   sondage : seule une partie de ce qui est compté a répondu ; un registre compte tout
--   serie : rang du tronçon de la source, entre deux ruptures que rien ne raccorde (reference.ruptures)
--   reste_numerateur : ce qui est compté dans le reste de la région
--   reste_denominateur : ce à quoi on le rapporte dans le reste de la région
--   statut : calculé ; partiel quand un des deux termes l'est
--   petit_nombre : le numérateur est sous dix ; le rapport varie trop pour être commenté
WITH populations AS (
    -- Of that very year: another year's would be a ratio of two dates.
    SELECT p.annee, p.niveau, p.code, p.population, p.statut
    FROM core.population AS p
    WHERE p.sexe = 'ensemble' AND p.tranche_age = 'ensemble'
        AND p.niveau IN ('arrondissement', 'zone_emploi', 'departement', 'region', 'france')
),
rapports AS (
    SELECT 'densite' AS indicateur, annee, millesime, revision, source, profession, specialite, mode_exercice,
        feuille AS modalite, niveau, code, effectif::DECIMAL(18, 2) AS numerateur,
        population::DECIMAL(18, 2) AS denominateur, 100000 AS echelle, 'Byar' AS hasard, statut
    FROM atlas.densites
    WHERE effectif IS NOT NULL AND population > 0
    UNION ALL
    SELECT 'part_age', annee, millesime, revision, source, profession, 'ensemble', mode_exercice,
        tranche_age, niveau, code, effectif, effectif_total, 1, 'Wilson', statut
    FROM atlas.ages
    WHERE effectif IS NOT NULL AND effectif_total > 0
    UNION ALL
    SELECT indicateur, annee, millesime, revision, source, profession, 'ensemble', 'ensemble',
        '', niveau, code, numerateur::DECIMAL(18, 2), denominateur::DECIMAL(18, 2), 1, 'Wilson', statut
    FROM atlas.departs
    WHERE indicateur IN ('part_55_plus', 'part_60_plus') AND denominateur > 0 AND numerateur IS NOT NULL
    UNION ALL
    SELECT 'part_femmes', f.annee, f.millesime, f.revision, f.source, f.profession, f.specialite, f.mode_exercice,
        f.feuille, f.niveau, f.code, f.effectif, e.effectif, 1, 'Wilson', statut_rapport(f.statut, e.statut)
    FROM atlas.effectifs AS f
    JOIN atlas.effectifs AS e USING (annee, source, profession, specialite, feuille, mode_exercice, niveau, code)
    WHERE f.sexe = 'femmes' AND e.sexe = 'ensemble' AND e.effectif > 0 AND f.effectif IS NOT NULL
    UNION ALL
    SELECT 'densite', r.annee, r.millesime, r.revision, 'rpps', r.profession, r.specialite_groupe, r.mode_exercice,
        '', r.niveau, r.code, r.effectif::DECIMAL(18, 2), p.population, 100000, 'Byar',
        statut_rapport(r.statut, p.statut)
    FROM atlas.effectifs_rpps AS r
    JOIN populations AS p USING (annee, niveau, code)
    WHERE r.methode = 'personne' AND p.population > 0
    UNION ALL
    SELECT 'densite_hospitaliere', h.annee, h.millesime, h.revision, 'sae', 'ensemble', 'ensemble', 'ensemble',
        h.variable, h.niveau, h.code, h.valeur, p.population, 100000, NULL, statut_rapport(h.statut, p.statut)
    FROM atlas.hospitaliers AS h
    -- An average of the year, beside the population at its beginning.
    JOIN populations AS p USING (annee, niveau, code)
    WHERE h.secteur = 'ensemble' AND h.valeur IS NOT NULL AND p.population > 0
        AND h.variable IN (
            'ETPSAL_TOT', 'ETP_TOT_PNM', 'ETP_SOINS', 'ETP_INFSANSSPE', 'ETP_INFAVECSPE', 'ETP_AID', 'ETP_SAG'
        )
    UNION ALL
    SELECT 'part_meme_academie', annee, millesime, revision, 'parcoursup', 'ensemble', 'ensemble', 'ensemble',
        diplome, niveau, code, admis_meme_academie, admis_neobacheliers, 1, 'Wilson', 'calculé'
    FROM atlas.formations
    WHERE niveau <> 'institut' AND part_meme_academie IS NOT NULL
    UNION ALL
    SELECT 'part_sans_diplome', annee, millesime, revision, 'formations_sanitaires', 'ensemble', 'ensemble', 'ensemble',
        diplome, niveau, code, promotion_entrants - promotion_diplomes, promotion_entrants, 1, 'Wilson', 'calculé'
    FROM atlas.formations_regionales
    WHERE niveau <> 'institut' AND promotion_statut = 'close' AND promotion_entrants > 0
    UNION ALL
    SELECT
        'entrants_par_place', annee, millesime, revision, 'formations_sanitaires', 'ensemble', 'ensemble', 'ensemble',
        diplome, niveau, code, entrants, places_autorisees, 1, NULL, 'calculé'
    FROM atlas.formations_regionales
    WHERE niveau <> 'institut' AND entrants_par_place IS NOT NULL
    UNION ALL
    SELECT
        indicateur, annee, millesime, revision, 'enquete_rh', 'ensemble', 'ensemble', 'ensemble', categorie, niveau,
        code, numerateur, denominateur, CASE WHEN indicateur LIKE '%_100_etp' THEN 100 ELSE 1 END,
        CASE indicateur WHEN 'accidents_100_etp' THEN 'Byar' END, statut
    FROM atlas.ressources_humaines
    WHERE niveau <> 'france' AND denominateur > 0
),
parties AS (
    SELECT niveau, code, regions AS region FROM reference.territoires WHERE niveau <> 'region'
),
regions AS (
    SELECT code AS region, * EXCLUDE (code) FROM rapports WHERE niveau = 'region' AND statut <> 'partiel'
),
-- A territory astride several regions has no rest.
mesures AS (
    SELECT
        m.*, (r.numerateur - m.numerateur)::DECIMAL(18, 2) AS reste_numerateur,
        (r.denominateur - m.denominateur)::DECIMAL(18, 2) AS reste_denominateur
    FROM rapports AS m
    LEFT JOIN parties AS t ON t.niveau = m.niveau AND t.code = m.code
    LEFT JOIN regions AS r
        ON r.region = t.region AND r.indicateur = m.indicateur AND r.annee = m.annee AND r.source = m.source
        AND r.profession = m.profession AND r.specialite = m.specialite AND r.mode_exercice = m.mode_exercice
        AND r.modalite = m.modalite
    -- A producer whose part is larger than its total gives no share: the warning of the arrival names the line.
    WHERE m.hasard IS DISTINCT FROM 'Wilson' OR m.numerateur <= m.denominateur
)
SELECT
    row_number() OVER (
        ORDER BY
            m.indicateur, m.annee, m.source, m.profession, m.specialite, m.mode_exercice, m.modalite, m.niveau, m.code
    )::BIGINT AS cle,
    m.indicateur, m.annee, m.millesime, m.revision, m.source, m.profession, m.specialite, m.mode_exercice, m.modalite,
    m.niveau, m.code, m.numerateur, m.denominateur, m.echelle,
    (m.echelle * m.numerateur / m.denominateur)::DECIMAL(18, 6) AS valeur,
    m.hasard, m.source = 'enquete_rh' AS sondage,
    (
        SELECT count(*)
        FROM reference.ruptures AS x
        WHERE NOT x.comparable AND x.source = m.source AND x.profession IN ('', m.profession) AND x.annee <= m.annee
    )::INTEGER AS serie,
    -- Nor has one that is all of its region.
    CASE WHEN m.reste_denominateur > 0 AND m.reste_numerateur >= 0 THEN m.reste_numerateur END AS reste_numerateur,
    CASE WHEN m.reste_denominateur > 0 AND m.reste_numerateur >= 0 THEN m.reste_denominateur END
        AS reste_denominateur,
    CASE WHEN m.statut = 'partiel' THEN 'partiel' ELSE 'calculé' END AS statut,
    m.numerateur < (SELECT valeur FROM reference.seuils WHERE seuil = 'petit_nombre') AS petit_nombre
FROM mesures AS m
