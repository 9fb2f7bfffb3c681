-- Devenir des formés de chaque établissement : emploi salarié à six et douze mois, poursuite d'études, tels que publiés.
-- Grain : source, millesime, promotion, etablissement, formation_publiee, code_formation
-- Source : InserJeunes (DEPP, DARES), lycées professionnels ; InserSup (SIES), établissements d'enseignement supérieur
-- Publication : region
-- Note : ne sont gardées que les formations de l'atlas (reference.formations_initiales). Les deux sources ne se comparent pas : InserJeunes rapporte l'emploi aux sortants d'une formation, diplômés ou non, InserSup aux diplômés sortis d'études. La région se reconnaît à son nom. Un total de plusieurs diplômes n'est pas un diplôme : il est laissé de côté.
-- Colonnes :
--   promotion : années de sortie réunies, telles que publiées
--   annee [année] : dernière de ces années
--   etablissement : code UAI ; nom de l'établissement, où le producteur ne donne pas de code
--   etablissement_libelle : nom de l'établissement
--   region_publiee : région telle que publiée
--   region : code de la région ; vide où elle n'est pas reconnue
--   formation : formation de l'atlas
--   formation_publiee : type et intitulé tels que publiés
--   code_formation : code du producteur (MEFSTAT11, SISE) ; texte vide où il n'y en a pas
--   sortants [personnes] : diplômés sortis d'études (InserSup)
--   sortants_statut : publié, secret, nd, vide ; nd là où la source n'a pas d'effectif
--   taux_poursuite [part, de 0 à 1] : poursuivent des études
--   taux_poursuite_statut : publié, calculé, secret, nd, vide
--   taux_emploi_6 [part, de 0 à 1] : en emploi salarié six mois après la sortie
--   taux_emploi_6_statut : publié, secret, nd, vide
--   taux_emploi_12 [part, de 0 à 1] : en emploi salarié douze mois après la sortie
--   taux_emploi_12_statut : publié, secret, nd, vide
--   salaire_median_12 [euros par mois] : salaire net médian en équivalent temps plein, douze mois après (InserSup)
--   salaire_median_12_statut : publié, secret, nd, vide ; nd là où la source n'a pas de salaire
WITH lycees AS (
    SELECT
        'inserjeunes' AS source, millesime, revision, reference, periode AS promotion, uai AS etablissement,
        etablissement AS etablissement_libelle, region AS region_publiee,
        concat_ws(' ', type_diplome, libelle_formation) AS formation_publiee, code_formation,
        NULL::INTEGER AS sortants, 'nd' AS sortants_statut,
        (taux_poursuite_etudes / 100)::DECIMAL(18, 6) AS taux_poursuite,
        taux_poursuite_etudes_statut AS taux_poursuite_statut,
        (taux_emploi_6_mois / 100)::DECIMAL(18, 6) AS taux_emploi_6, taux_emploi_6_mois_statut AS taux_emploi_6_statut,
        (taux_emploi_12_mois / 100)::DECIMAL(18, 6) AS taux_emploi_12,
        taux_emploi_12_mois_statut AS taux_emploi_12_statut,
        NULL::INTEGER AS salaire_median_12, 'nd' AS salaire_median_12_statut
    FROM staging.inserjeunes_formations
),
universites AS (
    SELECT
        'insersup', millesime, revision, reference, promotion, coalesce(etablissement, etablissement_libelle),
        etablissement_libelle, region, concat_ws(' ', type_diplome, libelle_diplome), coalesce(code_diplome, ''),
        sortants, sortants_statut,
        CASE WHEN sortants + poursuivants > 0
            THEN (poursuivants::DECIMAL(18, 4) / (sortants + poursuivants))::DECIMAL(18, 6) END AS poursuite,
        CASE
            WHEN poursuite IS NOT NULL THEN 'calculé'
            WHEN statut_absent(poursuivants_statut) THEN poursuivants_statut
            WHEN statut_absent(sortants_statut) THEN sortants_statut
            ELSE 'nd'
        END,
        (taux_emploi_6_mois / 100)::DECIMAL(18, 6), taux_emploi_6_mois_statut,
        (taux_emploi_12_mois / 100)::DECIMAL(18, 6), taux_emploi_12_mois_statut, salaire_median_12_mois,
        salaire_median_12_mois_statut
    FROM staging.insersup_diplomes
    WHERE regexp_full_match(lower(strip_accents(obtention)), 'diplomes?') AND lower(genre) = 'ensemble'
        AND lower(nationalite) = 'ensemble' AND lower(regime) = 'ensemble'
        AND NOT regexp_full_match(libelle_diplome, 'Tou(t|te|s|tes) .*')
),
publiees AS (
    SELECT * FROM lycees
    UNION ALL
    SELECT * FROM universites
),
reconnues AS (
    SELECT p.formation_publiee, f.formation
    FROM (SELECT DISTINCT formation_publiee FROM publiees) AS p
    JOIN reference.formations_initiales AS f ON regexp_matches(mots_metier(p.formation_publiee), f.intitule)
    QUALIFY row_number() OVER (PARTITION BY p.formation_publiee ORDER BY f.ordre) = 1
),
noms AS (
    SELECT cle_lieu(libelle) AS cle, min(code) AS code FROM core.decoupages WHERE niveau = 'region' GROUP BY cle
)
SELECT
    p.source, p.millesime, p.revision, p.reference, derniere_annee(p.promotion) AS annee, p.promotion,
    p.etablissement, p.etablissement_libelle, p.region_publiee, n.code AS region, r.formation, p.formation_publiee,
    p.code_formation, p.sortants, p.sortants_statut, p.taux_poursuite, p.taux_poursuite_statut, p.taux_emploi_6,
    p.taux_emploi_6_statut, p.taux_emploi_12, p.taux_emploi_12_statut, p.salaire_median_12,
    p.salaire_median_12_statut
FROM publiees AS p
JOIN reconnues AS r USING (formation_publiee)
LEFT JOIN noms AS n ON n.cle = cle_lieu(p.region_publiee)
