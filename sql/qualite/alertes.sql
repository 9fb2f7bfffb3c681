-- Alertes : ce qui a changé plus que son intervalle ou que sa série, baissé d'un cinquième, changé de rang, paru ou disparu.
-- Grain : nature, source, niveau, code, profession, objet, annee
-- Source : marts de l'atlas ; tous les millésimes épinglés par le verrou
-- Publication : institut
-- Note : compare la dernière année d'une série à celle d'avant, deux exercices de la SAE (mêmes sites, mêmes réponses : fiches.evolutions), deux millésimes de la même année (révision), et l'indice de tension à celui que donneraient les millésimes de l'édition précédente. Les seuils sont dans reference.seuils : sous eux, rien n'est signalé. Une rupture de série connue (reference.ruptures) explique une alerte, et l'abaisse. Une variation est inédite quand elle dépasse, à la hausse comme à la baisse (un doublement vaut une division par deux), la plus grande que la même série ait connue avant, à ce niveau, de tous les territoires, et passe un seuil plus haut quand son passé est court ; d'une série sans passé, quand elle triple ou se divise par trois. Un nombre sous le seuil des petits nombres y compte pour ce seuil. Les liquidations des caisses, protégées, et les objectifs pluriannuels, fixés et non observés, ne sont pas suivis. Une alerte se vérifie : ce n'est ni une erreur, ni une tendance.
-- Colonnes :
--   nature : hors de l'intervalle, variation inédite, baisse d'un cinquième, révision, rang de tension, site paru, site disparu, entrée dans un GHT, sortie d'un GHT
--   niveau : niveau du territoire, etablissement ou institut
--   code : code du territoire, numéro FINESS ou code UAI
--   profession : profession de l'atlas, famille professionnelle, ou ensemble
--   objet : indicateur, variable ou entité, avec ce qu'il distingue
--   libelle : nom du territoire, du site ou de l'institut
--   annee : année ou exercice où le changement se voit
--   annee_avant [année] : année ou exercice comparé
--   millesime_avant [année] : millésime comparé
--   avant : valeur d'avant
--   apres : valeur d'après
--   ecart : après moins avant
--   ecart_relatif [part] : écart rapporté à la valeur d'avant
--   bas : borne basse de ce qui était plausible (intervalle à 95 %, intervalle de rang, ou ce que la plus grande variation connue laissait attendre)
--   haut : borne haute de ce qui était plausible
--   explication : rupture de série ou fait connu qui l'explique ; vide sinon
--   severite : forte, moyenne, information
WITH seuils AS (
    SELECT
        max(valeur) FILTER (seuil = 'nombre_suivi') AS suivi,
        max(valeur) FILTER (seuil = 'baisse') AS baisse,
        max(valeur) FILTER (seuil = 'evolution') AS evolution,
        max(valeur) FILTER (seuil = 'saut_rapport') AS rapport,
        max(valeur) FILTER (seuil = 'annees_serie') AS annees
    FROM reference.seuils
),
rapports AS (
    SELECT
        source, niveau, code, profession, concat_ws(', ', indicateur, nullif(modalite, '')) AS objet, annee, millesime,
        valeur, bas, haut, petit_nombre,
        lag(annee) OVER serie AS annee_avant, lag(millesime) OVER serie AS millesime_avant,
        lag(valeur) OVER serie AS avant,
        lag(bas) OVER serie AS bas_avant, lag(haut) OVER serie AS haut_avant,
        lag(petit_nombre) OVER serie AS petit_avant,
        max(annee) OVER (PARTITION BY source, indicateur, profession, modalite) AS derniere
    FROM atlas.indicateurs
    -- Bands of age move as people grow older; their sums from 55 and 60 on are followed instead.
    WHERE indicateur <> 'part_age' AND specialite = 'ensemble' AND mode_exercice = 'ensemble' AND bas IS NOT NULL
    WINDOW serie AS (PARTITION BY source, indicateur, profession, modalite, niveau, code ORDER BY annee)
),
hors_intervalle AS (
    SELECT
        'hors de l''intervalle' AS nature, source, niveau, code, profession, objet, annee, millesime, annee_avant,
        millesime_avant, avant, valeur AS apres, bas_avant AS bas, haut_avant AS haut, NULL AS explication
    FROM rapports, seuils
    WHERE annee = derniere AND NOT petit_nombre AND NOT petit_avant
        AND valeur NOT BETWEEN bas_avant AND haut_avant AND avant NOT BETWEEN bas AND haut
        AND abs(valeur - avant) >= evolution * avant
),
comptes AS (
    SELECT
        source, 'effectif' AS indicateur, feuille AS modalite, profession, niveau, code, annee, millesime,
        effectif::DECIMAL(18, 2) AS valeur
    FROM atlas.effectifs
    WHERE specialite = 'ensemble' AND sexe = 'ensemble' AND mode_exercice = 'ensemble'
    UNION ALL
    SELECT 'parcoursup', m.indicateur, diplome, 'ensemble', niveau, code, annee, millesime,
        CASE m.indicateur WHEN 'admis' THEN admis ELSE places_offertes END
    FROM atlas.formations, (VALUES ('admis'), ('places_offertes')) AS m (indicateur)
    WHERE niveau IN ('institut', 'departement', 'region', 'france')
    UNION ALL
    SELECT 'formations_sanitaires', m.indicateur, diplome, 'ensemble', niveau, code, annee, millesime,
        CASE m.indicateur WHEN 'entrants' THEN entrants ELSE places_autorisees END
    FROM atlas.formations_regionales, (VALUES ('entrants'), ('places_autorisees')) AS m (indicateur)
    WHERE niveau IN ('institut', 'departement', 'region', 'france') AND statut <> 'partiel'
    UNION ALL
    SELECT 'internat_postes', 'postes_internat', specialite, 'medecin', niveau, code, annee, millesime, postes
    FROM atlas.internat
    WHERE statut <> 'partiel'
    UNION ALL
    SELECT 'bmo', 'projets', nomenclature, fap, niveau, code, annee, millesime, valeur
    FROM atlas.recrutement
    WHERE indicateur = 'projets' AND statut = 'calculé' AND niveau <> 'bassin_bmo'
    UNION ALL
    SELECT source, indicateur, NULL, 'ensemble', niveau, code, annee, millesime, valeur
    FROM atlas.besoins
    WHERE scenario = 'observé' AND unite IN ('habitants', 'personnes') AND statut IN ('calculé', 'publié')
        AND niveau IN ('departement', 'region', 'france')
    UNION ALL
    -- What professionals offer in a year, by which a level of access is weighed, moves as it does.
    SELECT 'apl', 'offre accessible', unite, profession, niveau, code, annee, millesime,
        valeur * population_standardisee
    FROM atlas.apl
    WHERE statut = 'calculé' AND niveau IN ('departement', 'region', 'france')
    UNION ALL
    SELECT 'dispositifs', 'beneficiaires', concat_ws(', ', dispositif, public, nature), profession, niveau, code, annee,
        millesime, beneficiaires
    FROM atlas.dispositifs
    WHERE statut = 'calculé' AND niveau IN ('departement', 'region')
),
suivis AS (
    SELECT
        *, lag(annee) OVER serie AS annee_avant, lag(millesime) OVER serie AS millesime_avant,
        lag(valeur) OVER serie AS avant,
        -- A series that stops, as the trades of a former nomenclature do, is no news.
        max(annee) OVER (PARTITION BY source, indicateur) AS derniere
    FROM comptes
    WHERE valeur IS NOT NULL
    WINDOW serie AS (PARTITION BY source, indicateur, modalite, profession, niveau, code ORDER BY annee)
),
-- Steps of all series, from one year to the next that each has. In surveys of hospitals, of the same sites.
pas AS (
    SELECT
        source, niveau, code, profession, concat_ws(', ', indicateur, nullif(modalite, '')) AS objet, annee, millesime,
        annee_avant, millesime_avant, avant, valeur, derniere
    FROM suivis
    WHERE avant IS NOT NULL
    UNION ALL
    SELECT
        'sae', e.niveau, e.code, 'ensemble', 'personnels, ' || e.variable, e.annee, e.millesime, e.annee - 1,
        e.millesime_precedent, e.valeur_precedente, e.valeur, max(e.annee) OVER ()
    FROM fiches.evolutions AS e
    JOIN reference.variables_sae AS v USING (variable)
    WHERE e.niveau IN ('ej', 'ght') AND v.ligne = 'total' AND e.evolution IS NOT NULL
    UNION ALL
    SELECT
        'sae', niveau, code, 'ensemble', 'personnels, ' || variable, annee, millesime, annee - 1,
        millesime_precedent, valeur_precedente, valeur, max(annee) OVER ()
    FROM atlas.evolutions_hospitalieres
    WHERE niveau IN ('departement', 'region', 'france') AND evolution IS NOT NULL
),
sauts AS (
    SELECT p.*, s.*, abs(ln(greatest(valeur, suivi)::DOUBLE / greatest(avant, suivi))) AS saut
    FROM pas AS p
    CROSS JOIN seuils AS s
),
-- What a series did before, at its level, wherever that was.
records AS (
    SELECT source, niveau, profession, objet, max(saut) AS saut, count(DISTINCT annee) AS pas
    FROM sauts
    WHERE annee < derniere
    GROUP BY ALL
),
inedites AS (
    SELECT
        s.source, s.niveau, s.code, s.profession, s.objet, s.annee, s.millesime, s.annee_avant, s.millesime_avant,
        s.avant, s.valeur, greatest(s.avant, s.suivi) AS base,
        -- Of a short past, the largest step says little: less than a fall of a fifth, or its like, is not told.
        CASE
            WHEN r.pas >= s.annees THEN greatest(r.saut, ln(1 + s.evolution))
            WHEN r.pas > 0 THEN greatest(r.saut, -ln(1 - s.baisse))
            ELSE ln(s.rapport)
        END AS connu
    FROM sauts AS s
    LEFT JOIN records AS r USING (source, niveau, profession, objet)
    -- Fewer units than a fifth of those followed are no news.
    WHERE s.annee = s.derniere AND s.saut > connu AND abs(s.valeur - s.avant) >= s.baisse * s.suivi
),
variations AS (
    SELECT
        'variation inédite', source, niveau, code, profession, objet, annee, millesime, annee_avant, millesime_avant,
        avant, valeur, base * exp(-connu), base * exp(connu), NULL
    FROM inedites
),
-- Falls that have been seen before, all the same; of hospitals, where an entity has not given a site away.
baisses AS (
    SELECT
        'baisse d''un cinquième', p.source, p.niveau, p.code, p.profession, p.objet, p.annee, p.millesime,
        p.annee_avant, p.millesime_avant, p.avant, p.valeur, NULL, NULL, NULL
    FROM sauts AS p
    ANTI JOIN inedites AS i USING (source, niveau, code, profession, objet, annee)
    WHERE p.annee = p.derniere AND p.avant >= p.suivi AND p.valeur < (1 - p.baisse) * p.avant
        AND (p.source <> 'sae' OR p.niveau IN ('ej', 'ght'))
),
revisees AS (
    SELECT
        d.source, d.niveau, d.code, p.profession, concat_ws(', ', 'effectif', nullif(d.feuille, '')) AS objet, d.annee,
        d.millesime, d.effectif::DECIMAL(18, 2) AS valeur,
        lag(d.millesime) OVER vus AS millesime_avant, lag(d.effectif) OVER vus AS avant,
        max(d.millesime) OVER (PARTITION BY d.source) AS dernier
    FROM core.demographie AS d
    JOIN reference.professions_publiees AS p
        ON p.source = d.source AND p.profession_publiee = d.profession_publiee AND p.feuille = d.feuille
    WHERE d.tranche_age = 'ensemble' AND d.sexe = 'ensemble' AND d.mode_exercice = 'ensemble'
        AND p.specialite = 'ensemble'
        AND p.profession IS NOT NULL AND d.niveau IS NOT NULL AND d.effectif IS NOT NULL
    WINDOW vus AS (
        PARTITION BY d.source, d.annee, d.profession_publiee, d.feuille, d.niveau, d.code
        ORDER BY d.millesime, d.revision
    )
),
revisions AS (
    SELECT
        'révision', source, niveau, code, profession, objet, annee, millesime, annee, millesime_avant, avant, valeur,
        NULL, NULL, NULL
    FROM revisees, seuils
    WHERE millesime = dernier AND avant >= suivi AND abs(valeur - avant) >= evolution * avant
    -- One line a territory and profession: the latest year of those revised.
    QUALIFY row_number() OVER (PARTITION BY source, niveau, code, profession, objet ORDER BY annee DESC) = 1
),
rangs AS (
    SELECT
        'rang de tension', 'tension', 'departement', t.code, t.groupe, 'rang', e.edition, e.edition, e.edition - 1,
        e.edition - 1, a.rang, t.rang, a.rang_bas, a.rang_haut, NULL
    FROM calculs.tension AS t
    JOIN calculs.tension AS a ON a.groupe = t.groupe AND a.code = t.code AND a.situation = 'édition précédente'
    CROSS JOIN reference.edition AS e
    WHERE t.situation = 'édition' AND t.rang NOT BETWEEN a.rang_bas AND a.rang_haut
),
exercices AS (
    SELECT max(millesime) AS millesime, max(millesime) FILTER (millesime < dernier) AS avant
    FROM (SELECT DISTINCT millesime, max(millesime) OVER () AS dernier FROM fiches.etablissements)
),
sites AS (
    SELECT e.*, e.millesime = x.millesime AS apres, x.millesime AS exercice, x.avant AS exercice_avant
    FROM fiches.etablissements AS e
    JOIN exercices AS x ON e.millesime IN (x.millesime, x.avant) AND x.avant IS NOT NULL
),
changes AS (
    SELECT s.*,
        count(*) OVER (PARTITION BY s.finess_ej) > count(*) OVER (PARTITION BY s.finess_ej, s.apres) AS des_deux_cotes
    FROM sites AS s
    WHERE s.finess NOT IN (SELECT a.finess FROM sites AS a WHERE a.apres <> s.apres)
),
mouvements_sites AS (
    SELECT
        CASE WHEN c.apres THEN 'site paru' ELSE 'site disparu' END, 'sae', 'etablissement', c.finess, 'ensemble',
        'entité ' || c.finess_ej, c.exercice, c.exercice, c.exercice_avant, c.exercice_avant,
        CASE WHEN NOT c.apres THEN 1 END, CASE WHEN c.apres THEN 1 END, NULL, NULL,
        CASE
            WHEN c.des_deux_cotes
                THEN 'la même entité juridique perd et ouvre des sites cette année-là : changement de numéro probable'
            WHEN EXISTS (FROM sites AS a WHERE a.finess_ej = c.finess_ej AND a.apres <> c.apres)
                THEN 'l''entité juridique a d''autres sites avant et après'
        END
    FROM changes AS c
),
membres AS (
    SELECT m.*, x.millesime AS exercice, x.avant AS exercice_avant
    FROM core.ght_membres AS m
    JOIN exercices AS x ON m.millesime IN (x.millesime, x.avant) AND x.avant IS NOT NULL
    -- Where membership is known on both sides.
    WHERE substr(m.code_ght, 1, 2) IN (
        SELECT substr(a.code_ght, 1, 2)
        FROM core.ght_membres AS a
        WHERE a.millesime <> m.millesime AND a.millesime IN (x.millesime, x.avant)
    )
),
mouvements_ght AS (
    SELECT
        CASE WHEN m.millesime = m.exercice THEN 'entrée dans un GHT' ELSE 'sortie d''un GHT' END, 'ght', 'ght',
        m.code_ght, 'ensemble', 'entité ' || m.finess_ej, m.exercice, m.exercice, m.exercice_avant, m.exercice_avant,
        CASE WHEN m.millesime <> m.exercice THEN 1 END, CASE WHEN m.millesime = m.exercice THEN 1 END, NULL, NULL,
        CASE
            WHEN EXISTS (FROM membres AS a WHERE a.finess_ej = m.finess_ej AND a.millesime <> m.millesime)
                THEN 'l''entité change de groupement'
        END
    FROM membres AS m
    WHERE NOT EXISTS (
        FROM membres AS a WHERE a.finess_ej = m.finess_ej AND a.code_ght = m.code_ght AND a.millesime <> m.millesime
    )
),
tous AS (
    SELECT * FROM hors_intervalle
    UNION ALL SELECT * FROM variations
    UNION ALL SELECT * FROM baisses
    UNION ALL SELECT * FROM revisions
    UNION ALL SELECT * FROM rangs
    UNION ALL SELECT * FROM mouvements_sites
    UNION ALL SELECT * FROM mouvements_ght
),
ruptures AS (
    SELECT
        t.nature, t.source, t.niveau, t.code, t.profession, t.objet, t.annee,
        string_agg(r.annee || ' : ' || r.rupture, ' ; ' ORDER BY r.annee, r.rupture) AS rupture
    FROM tous AS t
    JOIN reference.ruptures AS r
        ON r.source = t.source AND r.profession IN ('', t.profession) AND r.annee > t.annee_avant AND r.annee <= t.annee
    GROUP BY ALL
),
expliques AS (
    SELECT t.* REPLACE (coalesce(r.rupture, t.explication) AS explication)
    FROM tous AS t
    LEFT JOIN ruptures AS r USING (nature, source, niveau, code, profession, objet, annee)
),
noms AS (
    SELECT niveau, code, libelle, regions AS region FROM reference.territoires
    UNION ALL
    SELECT 'etablissement', finess, arg_max(raison_sociale, millesime), arg_max(region, millesime)
    FROM fiches.etablissements
    GROUP BY finess
)
SELECT
    e.nature, e.source, e.niveau, e.code, n.libelle, CASE WHEN n.region NOT LIKE '% %' THEN n.region END AS region,
    e.profession, e.objet, e.annee, e.millesime, e.annee_avant, e.millesime_avant,
    e.avant::DECIMAL(18, 6) AS avant, e.apres::DECIMAL(18, 6) AS apres,
    (e.apres - e.avant)::DECIMAL(18, 6) AS ecart,
    CASE
        WHEN e.avant <> 0 AND e.nature <> 'rang de tension'
            THEN ((e.apres - e.avant)::DECIMAL(18, 6) / e.avant)::DECIMAL(18, 6)
    END AS ecart_relatif,
    e.bas::DECIMAL(18, 6) AS bas, e.haut::DECIMAL(18, 6) AS haut, e.explication,
    CASE
        WHEN e.explication IS NOT NULL OR e.nature IN ('site paru', 'entrée dans un GHT') THEN 'information'
        WHEN e.nature IN (
                'variation inédite', 'baisse d''un cinquième', 'site disparu', 'rang de tension', 'sortie d''un GHT'
            )
            THEN 'forte'
        ELSE 'moyenne'
    END AS severite
FROM expliques AS e
LEFT JOIN noms AS n USING (niveau, code)
