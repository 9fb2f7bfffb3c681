-- Mesures de la tension de chaque profession, telles que la dernière année de leur source les donne.
-- Grain : profession, indicateur, niveau, code
-- Source : marts de l'atlas
-- Publication : interne
-- Note : une seule source et une seule année par profession et indicateur, les mêmes partout : la dernière année, puis le rang de la source (reference.priorites_sources). Une famille professionnelle qui en réunit plusieurs donne à chacune le même nombre, et `champ` la nomme. Ce qui est trop petit pour être classé reste, avec son motif.
-- Colonnes :
--   classee : valeur qui classe : celle qui est montrée, ou l'indicateur continu dont elle est une note
--   n : ce sur quoi elle est comptée ; vide où la source ne le dit pas
--   couverture [part, de 0 à 1] : part de ce qui est connu ; vide où la source n'en manque pas
--   champ : ceux qu'elle compte, quand ce n'est pas la profession seule
--   tirage : loi selon laquelle son erreur est tirée pour l'intervalle de rang : part ou nombre ; vide sinon
--   numerateur : ce qui est compté
--   denominateur : ce à quoi on le rapporte
--   motif : pourquoi elle est vide, ou n'est pas classée
WITH lignes AS (
    SELECT profession, coalesce(ensemble, profession) AS compte, specialite, ensemble
    FROM reference.professions
    WHERE ordre IS NOT NULL
),
familles AS (
    SELECT c.profession, c.nomenclature, c.code, c.melange
    FROM reference.correspondances AS c
    JOIN lignes USING (profession)
    WHERE c.rang = 1
),
bmo AS (
    SELECT
        f.profession, r.indicateur, r.niveau, r.code, r.annee, r.millesime, r.revision, r.source, r.valeur,
        r.valeur AS classee, r.statut, coalesce(r.denominateur, r.valeur)::DECIMAL(18, 1) AS n, r.couverture,
        f.melange AS champ, CASE r.indicateur WHEN 'part_difficile' THEN 'part' END AS tirage,
        r.numerateur::DECIMAL(18, 1) AS numerateur, r.denominateur::DECIMAL(18, 1) AS denominateur,
        CASE
            WHEN r.valeur IS NULL AND r.statut = 'secret' THEN 'secret statistique'
            WHEN r.valeur IS NULL THEN 'projets inconnus'
            WHEN r.indicateur <> 'part_difficile' THEN NULL
            WHEN r.denominateur < (SELECT valeur FROM reference.seuils WHERE seuil = 'projets_minimum')
                THEN 'moins de 30 projets : pas de rang'
            WHEN r.denominateur < p.valeur * (SELECT valeur FROM reference.seuils WHERE seuil = 'projets_visibles')
                THEN 'moins de 80 % des projets visibles : pas de rang'
        END AS motif
    FROM familles AS f
    JOIN atlas.recrutement AS r ON r.nomenclature = f.nomenclature AND r.fap = f.code
    LEFT JOIN atlas.recrutement AS p
        ON p.indicateur = 'projets' AND p.source = r.source AND p.annee = r.annee AND p.fap = r.fap
        AND p.niveau = r.niveau AND p.code = r.code
    WHERE r.source = 'bmo' AND r.niveau IN ('departement', 'region', 'france')
        AND r.indicateur IN ('part_difficile', 'projets')
        AND r.annee = (SELECT max(annee) FROM atlas.recrutement WHERE source = 'bmo')
),
-- The finest families: nurses and midwives are apart in those of 2009.
dares AS (
    SELECT
        f.profession, 'tension', t.niveau, t.code, t.annee, t.millesime, t.revision, 'dares_tensions',
        t.tension_categorie::DECIMAL(18, 6), t.tension::DECIMAL(18, 6),
        CASE WHEN t.tension_categorie IS NULL THEN 'nd' ELSE 'publié' END, t.emploi_moyen::DECIMAL(18, 1),
        NULL::DECIMAL(18, 6), f.melange, NULL::VARCHAR, NULL::DECIMAL(18, 1), NULL::DECIMAL(18, 1),
        CASE
            WHEN t.tension_categorie IS NULL
                THEN 'trop peu d''offres et de demandeurs : la DARES n''en donne pas de note'
        END
    FROM familles AS f
    JOIN core.dares_tensions AS t
        ON t.fap = f.code
        AND f.nomenclature = CASE t.niveau_fap WHEN 'fap 225' THEN 'FAP 2009' WHEN 'fap 228' THEN 'FAP 2021' END
    WHERE t.code IS NOT NULL AND t.annee = (SELECT max(annee) FROM core.dares_tensions)
    QUALIFY row_number() OVER (
        PARTITION BY f.profession, t.niveau, t.code ORDER BY f.nomenclature DESC, t.millesime DESC) = 1
),
marche AS (
    SELECT
        f.profession, 'demandeurs_par_offre', m.niveau, m.code, m.annee, m.millesime, m.revision, m.source,
        m.demandeurs_par_offre, m.demandeurs_par_offre AS classee, m.demandeurs_par_offre_statut,
        m.offres::DECIMAL(18, 1), NULL::DECIMAL(18, 6), f.melange, NULL::VARCHAR, NULL::DECIMAL(18, 1),
        NULL::DECIMAL(18, 1),
        CASE
            WHEN m.offres = 0 THEN 'aucune offre déposée ici'
            WHEN m.demandeurs_par_offre IS NULL THEN 'demandeurs ou offres inconnus'
            WHEN m.offres < (SELECT valeur FROM reference.seuils WHERE seuil = 'offres_minimum')
                THEN 'moins de 30 offres dans l''année : pas de rang'
        END
    FROM familles AS f
    JOIN atlas.marche_travail AS m ON f.nomenclature = 'ROME' AND m.rome = f.code
    -- The year that has begun has not its four quarters.
    QUALIFY m.annee = coalesce(max(m.annee) FILTER (m.trimestres = 4) OVER (), max(m.annee) OVER ())
),
-- Two titles of the producer for one profession: neither is it.
sociales AS (
    SELECT
        s.profession, 'offres_par_offre_pourvue', s.niveau, s.code, s.annee, s.millesime, s.revision,
        'drees_tensions_social', s.tension::DECIMAL(18, 6), s.tension::DECIMAL(18, 6) AS classee, s.tension_statut,
        NULL::DECIMAL(18, 1), NULL::DECIMAL(18, 6), NULL::VARCHAR, NULL::VARCHAR, NULL::DECIMAL(18, 1),
        NULL::DECIMAL(18, 1), CASE WHEN s.tension IS NULL THEN 'offres ou recrutements inconnus' END
    FROM atlas.tensions_sociales AS s
    JOIN lignes USING (profession)
    QUALIFY s.annee = max(s.annee) OVER () AND count(*) OVER (PARTITION BY s.annee, s.profession, s.niveau, s.code) = 1
),
equilibres AS (
    SELECT
        f.profession, i.indicateur, e.niveau, e.code, i.annee, e.millesime, e.revision, i.source, i.valeur,
        i.valeur AS classee, i.statut, e.emploi::DECIMAL(18, 1), NULL::DECIMAL(18, 6), f.melange, NULL::VARCHAR,
        NULL::DECIMAL(18, 1), NULL::DECIMAL(18, 1), i.motif
    FROM familles AS f
    JOIN atlas.equilibre AS e ON f.nomenclature = 'FAP 2009' AND e.fap = f.code AND e.variante = 'central'
    CROSS JOIN LATERAL (
        VALUES
            (
                'part_desequilibre', left(e.periode, 4)::INTEGER,
                (e.desequilibre_annuel / nullif(e.emploi, 0))::DECIMAL(18, 6),
                'dares_metiers_2030',
                CASE WHEN e.desequilibre_annuel IS NULL THEN 'nd' ELSE 'projeté' END,
                CASE
                    WHEN e.desequilibre_annuel IS NULL THEN 'la DARES ne projette pas cette région'
                    WHEN e.reunie THEN 'la DARES réunit plusieurs familles dans cette région : pas de rang'
                END
            ),
            (
                'solde_formation', e.annee, e.solde_annuel::DECIMAL(18, 6), e.source,
                CASE WHEN e.solde_annuel IS NULL THEN 'nd' ELSE e.statut END,
                CASE WHEN e.solde_annuel IS NULL THEN e.motif END
            )
    ) AS i (indicateur, annee, valeur, source, statut, motif)
),
-- The widest mode of practice, then the last year, then the best source. A series that its producer broke off since,
-- because it counted this profession badly, is left out.
densites AS (
    SELECT
        l.profession, 'densite', d.niveau, d.code, d.annee, d.millesime, d.revision, d.source, d.valeur, d.valeur,
        d.statut, d.effectif::DECIMAL(18, 1), NULL::DECIMAL(18, 6),
        CASE d.mode_exercice
            WHEN 'libéral' THEN 'libéraux' WHEN 'salarié' THEN 'salariés' WHEN 'mixte' THEN 'mixtes'
        END,
        CASE WHEN d.effectif > 0 AND d.population > 0 THEN 'nombre' END, d.effectif::DECIMAL(18, 1),
        d.population::DECIMAL(18, 1),
        CASE WHEN d.valeur IS NULL THEN 'effectif ou population inconnus' END
    FROM lignes AS l
    JOIN atlas.densites AS d
        ON d.profession = l.compte AND d.specialite = coalesce(l.specialite, 'ensemble')
    JOIN reference.priorites_sources AS p ON p.source = d.source
    JOIN reference.codes AS m ON m.liste = 'mode_exercice' AND m.code = d.mode_exercice
    WHERE (l.ensemble IS NULL OR l.specialite IS NOT NULL) AND d.niveau IN ('departement', 'region', 'france')
        AND NOT EXISTS (
            FROM reference.ruptures AS r
            WHERE NOT r.comparable AND r.source = d.source AND r.profession = d.profession AND r.annee > d.annee
        )
    QUALIFY dense_rank() OVER (PARTITION BY l.profession ORDER BY m.ordre, d.annee DESC, p.rang) = 1
        AND row_number() OVER (
            PARTITION BY l.profession, m.ordre, d.annee, p.rang, d.niveau, d.code ORDER BY d.feuille) = 1
),
hopital AS (
    SELECT
        c.profession, h.niveau, h.code, h.annee, max(h.millesime)::INTEGER AS millesime,
        max(h.revision)::INTEGER AS revision, sum(h.valeur) AS etp, statut_somme(h.valeur, h.statut) AS statut,
        max(p.population) AS population, max(p.statut) AS statut_population,
        sum(h.sites_repondants) / nullif(sum(h.sites), 0) AS repondants
    FROM reference.correspondances AS c
    JOIN atlas.hospitaliers AS h
        ON c.nomenclature = 'SAE' AND h.variable = 'ETP_' || c.code AND h.secteur = 'ensemble'
        AND h.niveau IN ('departement', 'region', 'france')
    JOIN core.population AS p
        ON p.annee = h.annee AND p.niveau = h.niveau AND p.code = h.code AND p.sexe = 'ensemble'
        AND p.tranche_age = 'ensemble' AND p.population > 0
    GROUP BY c.profession, h.niveau, h.code, h.annee
),
hospitalieres AS (
    SELECT
        profession, 'densite_hospitaliere', niveau, code, annee, millesime, revision, 'sae',
        (100000 * etp / population)::DECIMAL(18, 6) AS valeur, valeur AS classee,
        statut_rapport(statut, statut_population), etp::DECIMAL(18, 1), repondants::DECIMAL(18, 6), 'à l''hôpital',
        NULL::VARCHAR, NULL::DECIMAL(18, 1), NULL::DECIMAL(18, 1),
        CASE WHEN etp IS NULL THEN 'aucun établissement n''a répondu' END
    FROM hopital
    QUALIFY annee = max(annee) OVER (PARTITION BY profession)
),
ages AS (
    SELECT
        l.profession, 'part_60_plus', d.niveau, d.code, d.annee, d.millesime, d.revision, d.source, d.valeur, d.valeur,
        d.statut, d.denominateur, NULL::DECIMAL(18, 6), CASE d.source WHEN 'cnam_demographie' THEN 'libéraux' END,
        CASE WHEN d.denominateur > 0 THEN 'part' END, d.numerateur, d.denominateur,
        CASE WHEN d.valeur IS NULL THEN 'âges inconnus, ou secrets' END
    FROM lignes AS l
    JOIN atlas.departs AS d ON d.profession = l.profession AND d.indicateur = 'part_60_plus'
    JOIN reference.priorites_sources AS p ON p.source = d.source
    -- Those in private practice only where nobody else is counted.
    QUALIFY dense_rank() OVER (
        PARTITION BY l.profession ORDER BY d.source = 'cnam_demographie', d.annee DESC, p.rang) = 1
),
departs AS (
    SELECT
        f.profession, 'part_departs', d.niveau, d.code, d.annee, d.millesime, d.revision, d.source, d.valeur, d.valeur,
        d.statut, d.denominateur, NULL::DECIMAL(18, 6), f.melange, NULL::VARCHAR, NULL::DECIMAL(18, 1),
        NULL::DECIMAL(18, 1), CASE WHEN d.valeur IS NULL THEN 'départs ou emploi inconnus' END
    FROM familles AS f
    JOIN atlas.departs AS d ON f.nomenclature = 'FAP 2009' AND d.profession = f.code AND d.indicateur = 'part_departs'
),
zones AS (
    SELECT
        a.profession, a.niveau, a.code, a.annee, max(a.millesime)::INTEGER AS millesime,
        max(a.revision)::INTEGER AS revision, max(a.source) AS source,
        -- Where no zone is difficult, nobody lives in one; where the inhabitants of one are unknown, it isn't nobody.
        (CASE WHEN bool_or(z.difficile) THEN sum(a.population) FILTER (z.difficile) ELSE 0 END
            / nullif(max(a.population_totale), 0))::DECIMAL(18, 6) AS valeur,
        max(a.population_totale) AS population,
        CASE WHEN bool_and(a.statut = 'calculé') THEN 'calculé' ELSE 'partiel' END AS statut,
        coalesce(sum(a.valeur) FILTER (z.degre IS NULL), 0) AS sans_zone
    FROM atlas.acces AS a
    JOIN reference.zones AS z USING (zone)
    WHERE a.niveau IN ('departement', 'region', 'france')
    GROUP BY a.profession, a.niveau, a.code, a.annee
    QUALIFY a.annee = max(a.annee) OVER (PARTITION BY a.profession)
),
-- Doctors are zoned as general practitioners.
acces AS (
    SELECT
        l.profession, 'part_zones_difficiles', z.niveau, z.code, z.annee, z.millesime, z.revision,
        z.source, CASE WHEN NOT m.insuffisant THEN z.valeur::DECIMAL(18, 6) END AS valeur, valeur AS classee,
        CASE WHEN valeur IS NULL THEN 'nd' ELSE z.statut END, z.population::DECIMAL(18, 1),
        (1 - z.sans_zone)::DECIMAL(18, 6), CASE l.profession WHEN 'medecin' THEN 'médecins généralistes' END,
        NULL::VARCHAR, NULL::DECIMAL(18, 1), NULL::DECIMAL(18, 1),
        CASE
            WHEN m.insuffisant THEN 'moins de 80 % des habitants ont une zone'
            WHEN z.valeur IS NULL THEN 'habitants des zones inconnus'
        END
    FROM lignes AS l
    JOIN zones AS z ON z.profession = CASE l.profession WHEN 'medecin_generaliste' THEN 'medecin' ELSE l.profession END
    CROSS JOIN LATERAL (
        SELECT z.sans_zone > 1 - s.valeur AS insuffisant FROM reference.seuils AS s WHERE s.seuil = 'habitants_zones'
    ) AS m
),
apl AS (
    SELECT
        l.profession, 'apl', a.niveau, a.code, a.annee, a.millesime, a.revision, 'apl', a.valeur::DECIMAL(18, 6),
        a.valeur::DECIMAL(18, 6), a.statut, a.population::DECIMAL(18, 1), NULL::DECIMAL(18, 6),
        CASE l.profession WHEN 'medecin' THEN 'médecins généralistes' END, NULL::VARCHAR, NULL::DECIMAL(18, 1),
        NULL::DECIMAL(18, 1), CASE WHEN a.valeur IS NULL THEN 'APL inconnue' END
    FROM lignes AS l
    JOIN atlas.apl AS a
        ON a.profession = CASE l.profession WHEN 'medecin_generaliste' THEN 'medecin' ELSE l.profession END
    WHERE a.niveau IN ('departement', 'region', 'france')
    QUALIFY a.annee = max(a.annee) OVER (PARTITION BY l.profession)
),
-- A year of which the entrants aren't known yet says nothing of how places are filled.
carte AS (
    SELECT
        c.profession, i.indicateur, f.niveau, f.code, f.annee, f.millesime, f.revision, 'formations_sanitaires',
        i.valeur::DECIMAL(18, 6), i.valeur::DECIMAL(18, 6) AS classee, i.statut, i.n::DECIMAL(18, 1),
        NULL::DECIMAL(18, 6), NULL::VARCHAR, NULL::VARCHAR, NULL::DECIMAL(18, 1), NULL::DECIMAL(18, 1),
        CASE WHEN i.valeur IS NULL THEN i.motif END
    FROM reference.correspondances AS c
    JOIN lignes USING (profession)
    JOIN atlas.formations_regionales AS f ON c.nomenclature = 'diplôme' AND f.diplome = c.code
    CROSS JOIN LATERAL (
        VALUES
            ('entrants_par_place', f.entrants_par_place, f.places_autorisees, f.statut, f.entrants IS NOT NULL,
                'places ou entrants inconnus'),
            ('part_sans_diplome', f.valeur, f.promotion_entrants,
                CASE WHEN f.valeur IS NULL THEN 'nd' ELSE 'calculé' END, f.valeur IS NOT NULL,
                'aucune promotion achevée n''est suivie ici')
    ) AS i (indicateur, valeur, n, statut, connu, motif)
    WHERE f.niveau IN ('departement', 'region', 'france') AND i.connu
    QUALIFY f.annee = max(f.annee) OVER (PARTITION BY c.profession, i.indicateur)
),
ecoles AS (
    SELECT
        c.profession, 'inscrits_par_place', f.niveau, f.code, f.annee, f.millesime, f.revision, 'drees_formations',
        f.inscrits_par_place::DECIMAL(18, 6), f.inscrits_par_place::DECIMAL(18, 6) AS classee,
        f.inscrits_par_place_statut, f.places::DECIMAL(18, 1), NULL::DECIMAL(18, 6), NULL::VARCHAR, NULL::VARCHAR,
        NULL::DECIMAL(18, 1), NULL::DECIMAL(18, 1),
        CASE WHEN f.inscrits_par_place IS NULL THEN 'places ou inscrits inconnus' END
    FROM reference.correspondances AS c
    JOIN lignes USING (profession)
    JOIN atlas.formations_ecoles AS f ON c.nomenclature = 'diplôme' AND f.diplome = c.code
    WHERE f.niveau IN ('region', 'france')
    QUALIFY f.annee = max(f.annee) OVER (PARTITION BY c.profession)
),
parcoursup AS (
    SELECT
        c.profession, 'admis_par_place', f.niveau, f.code, f.annee, f.millesime, f.revision, 'parcoursup',
        CASE WHEN f.places_offertes > 0 THEN (f.admis::DECIMAL(18, 4) / f.places_offertes)::DECIMAL(18, 6) END
            AS valeur,
        valeur AS classee, f.statut, f.places_offertes::DECIMAL(18, 1), NULL::DECIMAL(18, 6),
        'hors formation continue', NULL::VARCHAR, NULL::DECIMAL(18, 1), NULL::DECIMAL(18, 1),
        CASE WHEN valeur IS NULL THEN 'places ou admis inconnus' END
    FROM reference.correspondances AS c
    JOIN lignes USING (profession)
    JOIN reference.diplomes AS d ON c.nomenclature = 'diplôme' AND d.diplome = c.code
    JOIN atlas.formations AS f ON f.diplome = d.libelle_parcoursup
    WHERE f.niveau IN ('departement', 'region', 'france')
    QUALIFY f.annee = max(f.annee) OVER (PARTITION BY c.profession)
),
internat AS (
    SELECT
        'medecin', 'part_postes_pourvus', i.niveau, i.code, i.annee, i.millesime, i.revision, 'internat_postes',
        i.valeur::DECIMAL(18, 6), i.valeur::DECIMAL(18, 6), i.statut, i.postes::DECIMAL(18, 1), NULL::DECIMAL(18, 6),
        NULL::VARCHAR, NULL::VARCHAR, NULL::DECIMAL(18, 1), NULL::DECIMAL(18, 1), NULL::VARCHAR
    FROM atlas.internat AS i
    WHERE i.specialite = 'ensemble' AND i.niveau IN ('region', 'france') AND i.valeur IS NOT NULL
    QUALIFY i.annee = max(i.annee) OVER ()
),
-- The index ranks by itself.
indices AS (
    SELECT
        groupe, 'tension_indice', niveau, code, annee, millesime, revision, NULL::VARCHAR, score::DECIMAL(18, 6),
        NULL::DECIMAL(18, 6), statut, NULL::DECIMAL(18, 1), poids_present, NULL::VARCHAR, NULL::VARCHAR,
        NULL::DECIMAL(18, 1), NULL::DECIMAL(18, 1), motif
    FROM atlas.tension
)
SELECT * FROM bmo
UNION ALL SELECT * FROM dares
UNION ALL SELECT * FROM marche
UNION ALL SELECT * FROM sociales
UNION ALL SELECT * FROM equilibres
UNION ALL SELECT * FROM densites
UNION ALL SELECT * FROM hospitalieres
UNION ALL SELECT * FROM ages
UNION ALL SELECT * FROM departs
UNION ALL SELECT * FROM acces
UNION ALL SELECT * FROM apl
UNION ALL SELECT * FROM carte
UNION ALL SELECT * FROM ecoles
UNION ALL SELECT * FROM parcoursup
UNION ALL SELECT * FROM internat
UNION ALL SELECT * FROM indices
UNION ALL
SELECT
    profession, indicateur, niveau, code, annee, millesime, revision, source, valeur, valeur AS classee, statut, n,
    couverture, champ, tirage, numerateur, denominateur, motif
FROM atlas.tension_specialites
