-- Professionnels comptés par les producteurs, tels que publiés : tous millésimes, toutes modalités.
-- Grain : source, millesime, annee, profession_publiee, feuille, sexe, tranche_age, territoire_publie
-- Source : DREES (médecins, dentistes, infirmiers), CNAM (libéraux)
-- Publication : territoire
-- Note : `niveau` et `code` sont vides pour un territoire hors de la géographie de l'édition (étranger, collectivités d'outre-mer) ; il compte dans le total de la France.
-- Colonnes :
--   profession_publiee : intitulé du producteur
--   feuille : partie du fichier d'où vient l'intitulé, où plusieurs l'emploient ; vide sinon
--   territoire_publie : territoire tel que publié
--   mode_exercice : ensemble des modes d'exercice, ou libéral
--   date_reference : date à laquelle l'effectif est compté
--   effectif [personnes] : professionnels comptés
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
        CASE
            WHEN territoire_publie = 'Ensemble' THEN 'F'
            WHEN territoire_publie LIKE '0%' THEN substr(territoire_publie, 2, 2)
            ELSE substr(territoire_publie, 1, 3)
        END AS code_publie
    FROM drees
),
cnam AS (
    SELECT
        'cnam_demographie' AS source, millesime, revision, coalesce(annee, millesime) AS annee, profession AS profession_publiee,
        'ensemble' AS sexe, 'ensemble' AS tranche_age, departement AS territoire_publie, effectif,
        coalesce(feuille, '') AS feuille, 'libéral' AS mode_exercice,
        make_date(coalesce(annee, millesime), 12, 31) AS date_reference,
        population::DECIMAL(18, 3) AS population_publiee, densite AS densite_publiee,
        CASE
            WHEN departement = 'TOTAL France ENTIERE' OR (departement = '999' AND region = '99') THEN 'F'
            ELSE regexp_extract(departement, '^(2[AB]|97[1-8]|[0-9]{2})(-|$|[^0-9])', 1)
        END AS code_publie
    FROM staging.cnam_demographie
    WHERE coalesce(tranche_age, 'tout_age') = 'tout_age' AND coalesce(sexe, 'tout sexe') = 'tout sexe'
        AND NOT (departement = '999' AND region <> '99')
),
toutes AS (
    SELECT * FROM drees_situee
    UNION ALL BY NAME
    SELECT * FROM cnam
)
SELECT
    t.source, t.millesime, t.revision, t.annee, t.date_reference, t.profession_publiee, t.feuille,
    t.mode_exercice, t.sexe, t.tranche_age, t.territoire_publie,
    d.niveau, d.code, d.regions AS region,
    t.effectif, t.population_publiee, t.densite_publiee
FROM toutes AS t
LEFT JOIN core.decoupages AS d ON d.code = t.code_publie AND d.niveau IN ('departement', 'france')
