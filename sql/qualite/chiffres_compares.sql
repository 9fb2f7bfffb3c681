-- Chiffres publiés ailleurs, et celui que l'édition trouve : sa source, son année, l'écart, et ce qui l'explique.
-- Grain : chiffre
-- Source : sql/chiffres_publies.yml, et les sources que chaque chiffre nomme
-- Publication : nationale
-- Note : un chiffre se compare au millésime et à l'année que dit son enregistrement ; où il n'en dit pas, à la dernière année connue. `observe` est vide où l'édition n'a pas de quoi le calculer : `motif` dit pourquoi.
-- Colonnes :
--   chiffre : identifiant (reference.chiffres_publies)
--   libelle : ce qui est publié
--   document : document d'où vient le chiffre, où c'est la feuille de route régionale : feuille_de_route
--   mesure : ce que l'édition lui compare
--   millesime [année] : millésime de la source où l'édition lit le sien
--   annee [année] : année du nombre de l'édition ; celle du chiffre où elle n'en a pas
--   observe : nombre de l'édition
--   attendu : nombre publié
--   ecart : nombre de l'édition moins nombre publié
--   tolerance : écart admis, celui de l'arrondi publié
--   resultat : égal, écart expliqué, écart, ou sans nombre
--   publication : où il est publié
--   definition : ce que la publication compte
--   explication : pourquoi les deux diffèrent, tant que l'édition trouve ce qui a été constaté
--   lecture : ce qu'il faut savoir pour les comparer
--   motif : pourquoi l'édition n'a pas de nombre
--   unite : unité des deux nombres
--   source_presente : l'édition a cette source, à ce millésime s'il est dit
--   fictif : le nombre de l'édition vient d'extraits fictifs : il ne se compare à rien
-- A population is that of the vintage which was examined: the next one revises it.
WITH populations AS (
    SELECT p.millesime, p.annee, t.niveau, t.code, sum(p.population) AS population
    FROM staging.insee_population_departements AS p
    JOIN core.decoupages AS d ON d.niveau = 'departement' AND d.code = p.departement
    CROSS JOIN LATERAL (VALUES ('departement', d.code), ('region', d.regions), ('france', 'F')) AS t (niveau, code)
    WHERE p.sexe = 'Ensemble' AND p.tranche_age = 'Total'
    GROUP BY p.millesime, p.annee, t.niveau, t.code
),
-- What the edition has of the measures that sql/chiffres_publies.yml names.
valeurs_uniques AS (
    SELECT 'population_municipale' AS mesure, annee, niveau, code, sum(population) AS valeur
    FROM (
        SELECT annee, 'region' AS niveau, region AS code, population FROM core.population_communes
        UNION ALL SELECT annee, 'departement', departement, population FROM core.population_communes
    )
    GROUP BY annee, niveau, code
    UNION ALL
    SELECT 'medecins', annee, niveau, code, effectif
    FROM atlas.effectifs
    WHERE source = 'drees_medecins_ages' AND sexe = 'ensemble'
    UNION ALL
    SELECT 'medecins_60_plus', annee, niveau, code, valeur
    FROM atlas.departs
    WHERE source = 'drees_medecins_ages' AND indicateur = 'effectif_60_plus'
    UNION ALL
    SELECT 'medecins_pour_10000', annee, niveau, code, valeur / 10
    FROM atlas.densites
    WHERE source = 'drees_medecins_ages'
    UNION ALL
    SELECT m.mesure, annee, niveau, code, valeur / m.diviseur
    FROM atlas.densites
    CROSS JOIN (
        VALUES ('generalistes_liberaux_pour_100000', 1), ('generalistes_liberaux_pour_10000', 10)
    ) AS m (mesure, diviseur)
    WHERE source = 'cnam_demographie' AND profession = 'medecin' AND specialite = 'généralistes'
    UNION ALL
    SELECT 'internes', annee, 'france', 'F', sum(valeur)
    FROM fiches.es_personnels
    WHERE variable = 'EFF_INT' AND statut = 'publié'
    GROUP BY annee
    UNION ALL
    SELECT 'ght', annee, 'region', substr(code_ght, 1, 2), count(DISTINCT code_ght)
    FROM fiches.ght_personnels
    GROUP BY annee, substr(code_ght, 1, 2)
    UNION ALL
    SELECT 'part_zip_zac_pourcent', annee, niveau, code, 100 * sum(valeur)
    FROM atlas.acces
    WHERE profession = 'medecin' AND zone IN ('ZIP', 'ZAC')
    GROUP BY annee, niveau, code
    UNION ALL
    SELECT 'projets_bmo', annee, 'region', region, sum(met)
    FROM core.bmo_projets
    GROUP BY annee, region
    UNION ALL
    SELECT m.mesure, f.annee, f.niveau, f.code, CASE m.mesure WHEN 'places_ifsi' THEN f.places_offertes ELSE f.admis END
    FROM atlas.formations AS f
    CROSS JOIN (VALUES ('places_ifsi'), ('admis_ifsi')) AS m (mesure)
    WHERE f.diplome = 'D.E Infirmier'
    UNION ALL
    SELECT
        CASE indicateur WHEN 'part_65_plus_population' THEN 'part_65_plus_pourcent' ELSE indicateur END,
        annee, niveau, code, CASE indicateur WHEN 'part_65_plus_population' THEN 100 ELSE 1 END * valeur
    FROM atlas.besoins
    WHERE indicateur IN ('part_65_plus_population', 'population_65_plus') AND scenario = 'observé'
    UNION ALL
    SELECT 'evolution_65_plus_2050_pourcent', p.annee, p.niveau, p.code, 100 * (p.valeur / d.valeur - 1)
    FROM atlas.besoins AS p
    JOIN atlas.besoins AS d USING (indicateur, niveau, code)
    WHERE p.indicateur = 'population_65_plus' AND p.scenario = 'Central' AND p.annee = 2050
        AND d.scenario = 'observé' AND d.annee = 2020
    UNION ALL
    SELECT 'instituts_toutes_voies', annee, 'region', region, count(DISTINCT uai)
    FROM core.formations_instituts
    GROUP BY annee, region
    UNION ALL
    SELECT 'instituts_parcoursup', annee, 'region', region, count(DISTINCT code)
    FROM atlas.formations
    WHERE niveau = 'institut'
    GROUP BY annee, region
    UNION ALL
    SELECT m.mesure, d.annee, d.niveau, d.code, sum(1000 * d.departs_fin_carriere / 11)
    FROM core.dares_metiers AS d
    JOIN (
        VALUES
            ('departs_social', ['T2A', 'V4Z']), ('departs_social_et_assistants_maternels', ['T2A', 'T2B', 'V4Z']),
            ('departs_sante', ['V0Z', 'V1Z', 'V2Z', 'V3Z']), ('departs_sante_sans_paramedicaux', ['V0Z', 'V1Z', 'V2Z'])
    ) AS m (mesure, faps)
        ON list_contains(m.faps, d.fap)
    WHERE d.reference
    GROUP BY m.mesure, d.annee, d.niveau, d.code
    UNION ALL
    SELECT 'places_odontologie', annee, niveau, code, capacite_cycle_2
    FROM atlas.objectifs_formation
    WHERE profession = 'chirurgien_dentiste'
),
valeurs AS (
    SELECT
        millesime, 'population_1er_janvier' AS mesure, annee, niveau, code, population::DECIMAL(18, 2) AS valeur
    FROM populations
    UNION ALL
    SELECT
        millesime, 'evolution_population', annee, niveau, code,
        population - lag(population) OVER (PARTITION BY millesime, niveau, code ORDER BY annee)
    FROM populations
    UNION ALL
    -- What a number of people published for 2020 would be of that year's population.
    SELECT millesime, 'part_de_729000_pourcent', annee, niveau, code, 100 * 729000 / population
    FROM populations
    WHERE annee = 2020
    UNION ALL
    SELECT NULL, mesure, annee, niveau, code, valeur::DECIMAL(18, 2) FROM valeurs_uniques
),
presentes AS (
    SELECT c.chiffre, max(m.millesime)::INTEGER AS millesime, bool_or(m.fictif) AS fictif
    FROM reference.chiffres_publies AS c
    JOIN reference.millesimes AS m
        ON m.source = c.source AND m.statut = 'accepté' AND m.millesime = coalesce(c.millesime, m.millesime)
    GROUP BY c.chiffre
),
-- Where the record names no year, the last that is known.
trouvees AS (
    SELECT c.chiffre, v.annee, v.valeur::DECIMAL(18, 2) AS valeur
    FROM reference.chiffres_publies AS c
    JOIN presentes AS p USING (chiffre)
    JOIN valeurs AS v
        ON v.mesure = c.mesure AND v.annee = coalesce(c.annee, v.annee) AND v.niveau = c.niveau AND v.code = c.code
        AND coalesce(v.millesime, p.millesime) = p.millesime
    WHERE v.valeur IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY c.chiffre ORDER BY v.annee DESC) = 1
)
SELECT
    c.chiffre, c.libelle, c.document, c.source, coalesce(c.millesime, p.millesime) AS millesime, c.mesure,
    coalesce(t.annee, c.annee) AS annee, c.niveau, c.code, t.valeur AS observe, c.attendu,
    (t.valeur - c.attendu)::DECIMAL(18, 2) AS ecart, c.tolerance, c.unite,
    CASE
        WHEN t.valeur IS NULL THEN 'sans nombre'
        WHEN abs(t.valeur - c.attendu) <= c.tolerance THEN 'égal'
        WHEN c.constate = t.valeur THEN 'écart expliqué'
        ELSE 'écart'
    END AS resultat,
    c.publication, c.definition, c.explication, c.lecture,
    CASE
        WHEN t.valeur IS NOT NULL THEN NULL
        WHEN p.chiffre IS NULL THEN 'la source qui le donnerait n''est pas dans cette édition'
        ELSE 'la source est là, et n''a pas ce nombre'
    END AS motif,
    p.chiffre IS NOT NULL AS source_presente, coalesce(p.fictif, false) AS fictif
FROM reference.chiffres_publies AS c
LEFT JOIN presentes AS p USING (chiffre)
LEFT JOIN trouvees AS t USING (chiffre)
