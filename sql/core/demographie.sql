-- Professionnels comptés par les producteurs, tels que publiés : tous millésimes, toutes modalités.
-- Grain : source, millesime, annee, profession_publiee, feuille, mode_exercice, sexe, tranche_age, territoire_publie
-- Source : DREES (export de l'application et classeurs par profession), CNAM (libéraux)
-- Publication : territoire
-- Note : `niveau` et `code` sont vides pour un territoire hors de la géographie de l'édition (étranger, collectivités d'outre-mer) ; il compte dans le total de la France. Des classeurs de la DREES sont gardés les totaux, chaque mode d'exercice, âge et sexe pris seul, et les spécialités par mode d'exercice ; les autres croisements restent en amont (staging).
-- Colonnes :
--   profession_publiee : intitulé du producteur, suivi de la spécialité où le classeur la donne
--   feuille : partie du fichier d'où vient l'intitulé, où plusieurs l'emploient ; vide sinon
--   territoire_publie : territoire tel que publié
--   mode_exercice : ensemble, libéral, salarié ou mixte
--   date_reference : date à laquelle l'effectif est compté
--   effectif [personnes] : professionnels comptés ; vide où ils sont moins de dix (classeurs)
--   effectif_statut : publié, secret, nd, ou vide
--   age_moyen [années] : âge moyen publié (classeurs)
--   population_publiee [habitants] : population à laquelle le producteur rapporte l'effectif
--   densite_publiee [pour 100 000 habitants] : densité publiée
WITH drees AS (
    SELECT 'drees_demographie' AS source, millesime, revision, annee, profession AS profession_publiee,
        'ensemble' AS sexe, 'ensemble' AS tranche_age, territoire AS territoire_publie, effectif
    FROM staging.drees_demographie_departements
    UNION ALL
    SELECT 'drees_demographie', millesime, revision, annee, profession, 'ensemble', tranche_age, 'Ensemble', effectif
    FROM staging.drees_demographie_ages
    WHERE tranche_age <> 'Ensemble'
    UNION ALL
    SELECT 'drees_demographie', millesime, revision, annee, profession,
        CASE sexe WHEN 'Femme' THEN 'femmes' WHEN 'Homme' THEN 'hommes' ELSE sexe END, 'ensemble', 'Ensemble', effectif
    FROM staging.drees_demographie_sexes
    WHERE sexe <> 'Ensemble'
    UNION ALL
    SELECT 'drees_medecins_ages', millesime, revision, millesime, 'Medecin', 'ensemble',
        CASE WHEN tranche_age = 'Ensemble' THEN 'ensemble' ELSE tranche_age END, territoire, effectif
    FROM staging.drees_medecins_ages
),
drees_situee AS (
    SELECT
        *, '' AS feuille, 'ensemble' AS mode_exercice, make_date(annee, 1, 1) AS date_reference,
        NULL::DECIMAL(18, 3) AS population_publiee, NULL::DECIMAL(24, 15) AS densite_publiee,
        CASE WHEN territoire_publie = 'Ensemble' THEN 'france' ELSE 'departement' END AS niveau_publie,
        CASE
            WHEN territoire_publie = 'Ensemble' THEN 'F'
            ELSE code_departement(territoire_publie)
        END AS code_publie
    FROM drees
),
cnam AS (
    SELECT
        'cnam_demographie' AS source, millesime, revision, coalesce(annee, millesime) AS annee,
        profession AS profession_publiee,
        'ensemble' AS sexe, 'ensemble' AS tranche_age,
        CASE WHEN departement = '999' AND region <> '99' THEN 'région ' || region ELSE departement END
            AS territoire_publie,
        effectif, coalesce(feuille, '') AS feuille, 'libéral' AS mode_exercice,
        make_date(coalesce(annee, millesime), 12, 31) AS date_reference,
        population::DECIMAL(18, 3) AS population_publiee, densite AS densite_publiee,
        CASE
            WHEN departement = 'TOTAL France ENTIERE' OR (departement = '999' AND region = '99') THEN 'france'
            WHEN departement = '999' THEN 'region'
            ELSE 'departement'
        END AS niveau_publie,
        CASE
            WHEN departement = 'TOTAL France ENTIERE' OR (departement = '999' AND region = '99') THEN 'F'
            WHEN departement = '999' THEN code_region(region)
            ELSE code_departement(departement)
        END AS code_publie
    FROM staging.cnam_demographie
    WHERE coalesce(tranche_age, 'tout_age') = 'tout_age' AND coalesce(sexe, 'tout sexe') = 'tout sexe'
),
cnam_ages AS (
    SELECT
        'cnam_demographie' AS source, millesime, revision, annee, profession AS profession_publiee,
        'ensemble' AS sexe, tranche_age, departement AS territoire_publie, effectif, '' AS feuille,
        'libéral' AS mode_exercice, make_date(annee, 12, 31) AS date_reference,
        CASE WHEN departement = '999' THEN 'france' ELSE 'departement' END AS niveau_publie,
        CASE WHEN departement = '999' THEN 'F' ELSE code_departement(departement) END AS code_publie
    FROM staging.cnam_demographie_ages
    WHERE sexe = 'tout sexe' AND (departement <> '999' OR region = '99')
),
-- The workbooks: three sheets for each profession, one for nurses.
lignes AS (
    SELECT
        'drees_professionnels' AS source, 'effectif' AS mesure, millesime, revision, annee, profession,
        specialite_agregee, specialite, exercice, secteur_activite, tranche_age, sexe,
        territoire, region, departement, effectif, effectif_statut, NULL AS age_moyen, NULL AS densite
    FROM staging.drees_professionnels_effectifs
    UNION ALL
    SELECT
        'drees_professionnels', 'age', millesime, revision, annee, profession, specialite_agregee, specialite, exercice,
        secteur_activite, tranche_age, sexe, territoire, region, departement, NULL, NULL, age_moyen, NULL
    FROM staging.drees_professionnels_ages_moyens
    UNION ALL
    SELECT
        'drees_professionnels', 'densite', millesime, revision, annee, profession, specialite_agregee, specialite,
        exercice, secteur_activite, tranche_age, sexe, territoire, region, departement, NULL, NULL, NULL, densite
    FROM staging.drees_professionnels_densites
    UNION ALL
    -- The code 00 says a total: of France, or of a region; small sectors and specialties stay upstream.
    SELECT
        'drees_infirmiers', 'effectif', millesime, revision, annee, 'Infirmières', NULL, NULL,
        CASE WHEN mode ILIKE 'lib%' THEN '1-Libéral' ELSE '2-Salarié' END,
        secteur_activite, tranche_age, sexe,
        CASE WHEN regexp_matches(region, '^0+ ?-') AND regexp_matches(departement, '^0+ ?-') THEN region ELSE '1' END,
        CASE WHEN regexp_matches(region, '^0+ ?-') THEN 'Ensemble' ELSE region END,
        CASE WHEN regexp_matches(departement, '^0+ ?-') THEN 'Ensemble' ELSE departement END,
        effectif, effectif_statut, NULL, NULL
    FROM staging.drees_infirmiers_effectifs
    WHERE coalesce(specialite, 'Ensemble') ILIKE '%ensemble'
),
nommees AS (
    SELECT
        source, mesure, millesime, revision, annee, effectif, effectif_statut, age_moyen, densite,
        CASE
            WHEN coalesce(specialite, 'Ensemble') NOT ILIKE '%ensemble' THEN profession || ' / ' || specialite
            WHEN coalesce(specialite_agregee, 'Ensemble') NOT ILIKE '%ensemble'
                THEN profession || ' / famille ' || specialite_agregee
            ELSE profession
        END AS profession_publiee,
        lower(regexp_replace(coalesce(exercice, 'ensemble'), '^[0-9]+ ?- ?', '')) AS mode_exercice,
        lower(regexp_replace(sexe, '^[0-9]+ ?- ?', '')) AS sexe,
        CASE WHEN tranche_age ILIKE '%ensemble' THEN 'ensemble' ELSE tranche_age END AS tranche_age,
        CASE
            WHEN departement NOT ILIKE '%ensemble' THEN 'departement'
            WHEN region NOT ILIKE '%ensemble' THEN 'region'
            ELSE 'france'
        END AS niveau_publie,
        territoire, region, departement
    FROM lignes
    WHERE coalesce(secteur_activite, 'Ensemble') ILIKE '%ensemble'
        -- Sums of départements that are no territory of the atlas, and what would stand twice.
        AND (territoire LIKE '0%') = (departement ILIKE '%ensemble' AND region ILIKE '%ensemble')
),
classeurs AS (
    SELECT
        source, millesime, revision, annee, profession_publiee, mode_exercice, sexe, tranche_age, niveau_publie,
        CASE niveau_publie WHEN 'departement' THEN departement WHEN 'region' THEN region ELSE territoire END
            AS territoire_publie,
        CASE niveau_publie
            WHEN 'departement' THEN code_departement(departement)
            WHEN 'region' THEN code_region(region)
            ELSE 'F'
        END AS code_publie,
        '' AS feuille,
        CASE WHEN source = 'drees_infirmiers' THEN make_date(annee, 12, 31) ELSE make_date(annee, 1, 1) END
            AS date_reference,
        max(effectif) AS effectif, max(effectif_statut) AS effectif_statut, max(age_moyen) AS age_moyen,
        max(densite)::DECIMAL(24, 15) AS densite_publiee
    FROM nommees
    WHERE (sexe <> 'ensemble')::INTEGER + (tranche_age <> 'ensemble')::INTEGER
        + (mode_exercice <> 'ensemble' AND source <> 'drees_infirmiers')::INTEGER <= 1
        AND (profession_publiee NOT LIKE '% / %' OR (sexe = 'ensemble' AND tranche_age = 'ensemble'))
    GROUP BY ALL
),
toutes AS (
    SELECT * FROM drees_situee
    UNION ALL BY NAME
    SELECT * FROM cnam
    UNION ALL BY NAME
    SELECT * FROM cnam_ages
    UNION ALL BY NAME
    SELECT * FROM classeurs
)
SELECT
    t.source, t.millesime, t.revision, t.annee, t.date_reference, t.profession_publiee, t.feuille,
    t.mode_exercice, t.sexe, t.tranche_age, t.territoire_publie,
    d.niveau, d.code, d.regions AS region,
    t.effectif,
    coalesce(t.effectif_statut, CASE WHEN t.effectif IS NULL THEN 'nd' ELSE 'publié' END) AS effectif_statut,
    t.age_moyen, t.population_publiee, t.densite_publiee
FROM toutes AS t
LEFT JOIN core.decoupages AS d ON d.niveau = t.niveau_publie AND d.code = t.code_publie
