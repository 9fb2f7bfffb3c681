-- Indicateurs qui entrent dans l'indice de tension, par groupe de professions et département.
-- Grain : situation, groupe, dimension, indicateur, niveau, code
-- Source : marts de l'atlas (DREES, CNAM, France Travail, DARES, zonage)
-- Publication : interne
-- Note : un indicateur écarté reste dans la table, avec son motif : rien n'est imputé. La situation de l'édition précédente se recalcule des millésimes qui la précèdent : elle ne sert qu'aux alertes.
-- Colonnes :
--   situation : édition, ou édition précédente
--   groupe : groupe de professions de l'indice
--   dimension : offre, accès, vieillissement, flux, recrutement
--   profession : profession d'où vient la valeur
--   tirage : loi selon laquelle l'erreur de la valeur est tirée pour l'intervalle de rang : part, nombre ou évolution ; vide pour une valeur tirée telle quelle (zonage, note de la DARES)
--   numerateur : ce qui est compté ; pour une évolution, l'effectif d'arrivée
--   denominateur : ce à quoi on le rapporte ; pour une évolution, l'effectif de départ
--   duree [années] : années entre les deux effectifs d'une évolution
--   dispersion : combien de fois plus ces nombres bougent que des personnes ou des projets indépendants (reference.seuils)
--   retenu : la valeur entre dans l'indice
--   motif : pourquoi elle n'y entre pas
--   rupture : ruptures de série que l'évolution traverse (reference.ruptures) ; vide sinon
WITH situations AS (
    SELECT 'édition' AS situation, edition AS dernier FROM reference.edition
    UNION ALL
    SELECT 'édition précédente', edition - 1 FROM reference.edition
),
groupes AS (
    SELECT * FROM situations CROSS JOIN reference.groupes_tension
),
offre AS (
    SELECT
        g.situation, g.groupe, s.dimension, 'densite' AS indicateur, d.niveau, d.code, d.profession, d.annee,
        d.millesime, d.revision, d.source, d.valeur::DECIMAL(18, 6) AS valeur, 'nombre' AS tirage,
        d.effectif::DECIMAL(18, 1) AS numerateur, d.population::DECIMAL(18, 1) AS denominateur, NULL::INTEGER AS duree,
        NULL::VARCHAR AS motif
    FROM groupes AS g
    JOIN atlas.tension_sources AS s ON s.situation = g.situation AND s.groupe = g.groupe AND s.dimension = 'offre'
    JOIN atlas.densites AS d
        ON d.profession = g.profession AND d.specialite = g.specialite AND d.source = s.source
        AND d.mode_exercice = s.mode_exercice
    WHERE d.niveau = 'departement' AND d.millesime <= g.dernier
    QUALIFY row_number() OVER (PARTITION BY g.situation, g.groupe, d.code ORDER BY d.annee DESC, d.feuille) = 1
),
vieillissement AS (
    SELECT g.situation, g.groupe, s.dimension, 'part_60_plus', d.niveau, d.code, d.profession, d.annee,
        d.millesime, d.revision, d.source, d.valeur::DECIMAL(18, 6), 'part', d.numerateur::DECIMAL(18, 1),
        d.denominateur::DECIMAL(18, 1), NULL, NULL
    FROM groupes AS g
    JOIN atlas.tension_sources AS s
        ON s.situation = g.situation AND s.groupe = g.groupe AND s.dimension = 'vieillissement'
    JOIN atlas.departs AS d
        ON d.profession = g.profession AND d.indicateur = 'part_60_plus' AND d.source = s.source
    WHERE d.niveau = 'departement' AND d.millesime <= g.dernier
    QUALIFY row_number() OVER (PARTITION BY g.situation, g.groupe, d.code ORDER BY d.annee DESC) = 1
),
effectifs AS (
    SELECT
        g.situation, g.groupe, e.niveau, e.code, e.profession, e.annee, e.millesime, e.revision, e.source, e.effectif,
        -- Years on either side of a break that the register calls incomparable are two series.
        (
            SELECT count(*) FROM reference.ruptures AS r
            WHERE NOT r.comparable AND r.source = e.source AND r.profession IN ('', e.profession) AND r.annee <= e.annee
        ) AS serie
    FROM groupes AS g
    JOIN atlas.tension_sources AS s ON s.situation = g.situation AND s.groupe = g.groupe AND s.dimension = 'flux'
    JOIN atlas.effectifs AS e
        ON e.profession = g.profession AND e.specialite = g.specialite AND e.source = s.source
        AND e.mode_exercice = s.mode_exercice
    WHERE e.niveau = 'departement' AND e.sexe = 'ensemble' AND e.effectif > 0 AND e.millesime <= g.dernier
    QUALIFY row_number() OVER (PARTITION BY g.situation, g.groupe, e.code, e.annee ORDER BY e.feuille) = 1
),
-- To the last stock from the newest known four years or more before, both of one series; across two, only to say why not.
evolutions AS (
    SELECT f.situation, f.groupe, f.niveau, f.code, f.profession, f.annee, f.millesime, f.revision, f.source,
        a.annee AS depart, f.effectif, a.effectif AS effectif_depart,
        (pow(f.effectif::DOUBLE / a.effectif, 1.0 / (f.annee - a.annee)) - 1)::DECIMAL(18, 6) AS valeur
    FROM effectifs AS f
    JOIN effectifs AS a
        ON a.situation = f.situation AND a.groupe = f.groupe AND a.code = f.code AND a.annee <= f.annee - 4
    QUALIFY row_number() OVER (
        PARTITION BY f.situation, f.groupe, f.code ORDER BY f.serie = a.serie DESC, f.annee DESC, a.annee DESC) = 1
),
flux AS (
    SELECT
        situation, groupe, 'flux', 'evolution_annuelle', niveau, code, profession, annee, millesime, revision, source,
        valeur, 'évolution', effectif, effectif_depart, annee - depart, NULL
    FROM evolutions
),
difficiles AS (
    SELECT s.situation, r.*, p.valeur AS projets
    FROM situations AS s
    JOIN atlas.recrutement AS r ON r.millesime <= s.dernier
    JOIN atlas.recrutement AS p
        ON p.source = r.source AND p.annee = r.annee AND p.fap = r.fap AND p.niveau = r.niveau AND p.code = r.code
        AND p.indicateur = 'projets'
    WHERE r.source = 'bmo' AND r.indicateur = 'part_difficile' AND r.niveau = 'departement'
    QUALIFY row_number() OVER (PARTITION BY s.situation, r.fap, r.code ORDER BY r.annee DESC) = 1
),
bmo AS (
    SELECT
        g.situation, g.groupe, 'recrutement', 'part_difficile', d.niveau, d.code, g.profession, d.annee, d.millesime,
        d.revision, d.source, d.valeur, 'part', d.numerateur, d.denominateur, NULL,
        CASE
            WHEN d.valeur IS NULL THEN 'secret'
            WHEN d.denominateur < (SELECT valeur FROM reference.seuils WHERE seuil = 'projets_minimum')
                THEN 'moins de 30 projets'
            WHEN d.denominateur < d.projets * (SELECT valeur FROM reference.seuils WHERE seuil = 'projets_visibles')
                THEN 'moins de 80 % des projets visibles'
        END
    FROM groupes AS g
    JOIN difficiles AS d ON d.situation = g.situation AND d.fap = g.fap_bmo
),
dares AS (
    SELECT
        g.situation, g.groupe, 'recrutement', 'tension_dares', t.niveau, t.code, g.profession, t.annee, t.millesime,
        t.revision, 'dares_tensions', t.tension::DECIMAL(18, 6), NULL, NULL, NULL, NULL,
        CASE
            WHEN t.tension IS NULL THEN 'nd'
            WHEN t.tension_statut = 'imputé' THEN 'valeur imputée par la DARES'
        END
    FROM groupes AS g
    JOIN core.dares_tensions AS t
        ON t.fap = g.fap_dares AND t.niveau = 'departement' AND t.code IS NOT NULL AND t.millesime <= g.dernier
    QUALIFY row_number() OVER (PARTITION BY g.situation, g.groupe, t.code ORDER BY t.annee DESC, t.millesime DESC) = 1
),
acces AS (
    SELECT
        g.situation, g.groupe, 'accès', 'part_zip_zac', a.niveau, a.code, a.profession, a.annee,
        max(a.millesime)::INTEGER, max(a.revision)::INTEGER, max(a.source),
        (sum(a.population * z.difficile::INTEGER)::DECIMAL(18, 4) / nullif(max(a.population_totale), 0))
            ::DECIMAL(18, 6),
        NULL,
        sum(a.population * z.difficile::INTEGER), max(a.population_totale), NULL,
        CASE
            WHEN sum(a.valeur) FILTER (a.zone = 'non classée')
                > 1 - (SELECT valeur FROM reference.seuils WHERE seuil = 'habitants_zones')
                THEN 'moins de 80 % des habitants ont une zone'
        END
    FROM groupes AS g
    JOIN atlas.acces AS a ON a.profession = g.profession AND a.niveau = 'departement' AND a.millesime <= g.dernier
    JOIN reference.zones AS z USING (zone)
    WHERE a.annee = (SELECT max(m.annee) FROM atlas.acces AS m WHERE m.profession = g.profession)
    GROUP BY g.situation, g.groupe, a.niveau, a.code, a.profession, a.annee
),
tous AS (
    SELECT * FROM offre
    UNION ALL SELECT * FROM vieillissement
    UNION ALL SELECT * FROM flux
    UNION ALL SELECT * FROM bmo
    UNION ALL SELECT * FROM dares
    UNION ALL SELECT * FROM acces
),
-- A change doesn't cross a break that makes the years incomparable, and names those that it crosses.
ruptures AS (
    SELECT e.situation, e.groupe, e.code,
        min('rupture de série en ' || r.annee || ' : ' || r.rupture) FILTER (NOT r.comparable) AS motif,
        string_agg(r.annee || ' : ' || r.rupture, ' ; ' ORDER BY r.annee) AS rupture
    FROM evolutions AS e
    JOIN reference.ruptures AS r
        ON r.source = e.source AND r.profession IN ('', e.profession) AND r.annee > e.depart AND r.annee <= e.annee
    GROUP BY e.situation, e.groupe, e.code
)
SELECT
    t.situation, t.groupe, t.dimension, t.indicateur, t.niveau, t.code, t.profession, t.annee, t.millesime, t.revision,
    t.source, t.valeur, t.tirage, t.numerateur, t.denominateur, t.duree,
    CASE WHEN t.tirage IS NOT NULL THEN s.valeur END AS dispersion,
    coalesce(t.motif, r.motif) IS NULL AND t.valeur IS NOT NULL AS retenu,
    coalesce(t.motif, r.motif) AS motif, r.rupture
FROM tous AS t
LEFT JOIN ruptures AS r
    ON t.dimension = 'flux' AND r.situation = t.situation AND r.groupe = t.groupe AND r.code = t.code
LEFT JOIN reference.seuils AS s
    ON s.seuil = CASE t.source WHEN 'bmo' THEN 'dispersion_projets' ELSE 'dispersion_registre' END
