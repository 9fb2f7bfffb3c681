-- Infirmiers et aides-soignants par territoire : ceux de l'hôpital à côté des libéraux, parties d'une même offre.
-- Grain : annee, source, profession, exercice, niveau, code
-- Source : SAE (ETP et personnes des établissements de santé) ; libéraux de la DREES ou de la CNAM
-- Publication : territoire
-- Note : des ETP moyens de l'année et des personnes en fin d'année ne s'additionnent pas ; l'hôpital compte deux fois qui travaille sur deux sites. Il y manque les salariés hors de l'hôpital (médico-social, prévention, entreprises, écoles). Le répertoire ADELI, où restent ceux qui ont cessé, n'y entre jamais. La densité est rapportée à la population de la même année, ou n'est pas donnée.
-- Colonnes :
--   exercice : hôpital ou libéral
--   effectif [personnes] : personnes
--   etp [ETP] : équivalents temps plein, à l'hôpital
--   population [habitants] : habitants au 1er janvier, de l'année de la SAE, ou celui qui suit pour les libéraux
--   densite_etp [ETP pour 100 000 habitants] : ETP rapportés à la population
--   densite [pour 100 000 habitants] : personnes rapportées à la population
--   dernier : dernière année connue de cette profession et de cet exercice
WITH population AS (
    SELECT annee, niveau, code, population, statut
    FROM core.population
    WHERE sexe = 'ensemble' AND tranche_age = 'ensemble'
),
hopital AS (
    SELECT
        annee, max(millesime)::INTEGER AS millesime, max(revision)::INTEGER AS revision, 'sae' AS source,
        CASE WHEN ends_with(variable, '_AID') THEN 'aide_soignant' ELSE 'infirmier' END AS profession,
        'hôpital' AS exercice, niveau, code,
        sum(valeur) FILTER (starts_with(variable, 'EFF_'))::INTEGER AS effectif,
        sum(valeur) FILTER (starts_with(variable, 'ETP_'))::DECIMAL(18, 2) AS etp,
        statut_somme(valeur, statut) AS statut
    FROM atlas.hospitaliers
    WHERE secteur = 'ensemble' AND niveau IN ('departement', 'region', 'france')
        AND variable IN (
            'EFF_INFSANSSPE', 'EFF_INFAVECSPE', 'EFF_AID', 'ETP_INFSANSSPE', 'ETP_INFAVECSPE', 'ETP_AID'
        )
    GROUP BY annee, profession, niveau, code
),
places AS (
    SELECT
        h.*, p.population,
        CASE WHEN p.population > 0 AND statut_rapport(h.statut, p.statut) IN ('calculé', 'partiel')
            THEN (100000 * h.etp / p.population)::DECIMAL(18, 4) END AS densite_etp,
        CASE WHEN p.population > 0 AND statut_rapport(h.statut, p.statut) IN ('calculé', 'partiel')
            THEN (100000 * h.effectif::DECIMAL(18, 4) / p.population)::DECIMAL(18, 4) END AS densite
    FROM hopital AS h
    LEFT JOIN population AS p USING (annee, niveau, code)
),
liberaux AS (
    SELECT
        annee, millesime, revision, source, profession, 'libéral' AS exercice, niveau, code, effectif,
        NULL::DECIMAL(18, 2) AS etp, statut, population, NULL::DECIMAL(18, 4) AS densite_etp, valeur AS densite
    FROM atlas.densites
    WHERE profession = 'infirmier' AND specialite = 'ensemble' AND mode_exercice = 'libéral'
        AND niveau IN ('departement', 'region', 'france')
),
parties AS (
    SELECT * FROM places
    UNION ALL BY NAME
    SELECT * FROM liberaux
)
SELECT
    p.annee, p.millesime, p.revision, p.source, p.profession, p.exercice, p.niveau, p.code, p.effectif, p.etp,
    p.population, p.densite_etp, p.densite, p.statut,
    -- Of the same year, the source that the pages prefer.
    dense_rank() OVER (
        PARTITION BY p.profession, p.exercice ORDER BY p.annee DESC, coalesce(r.rang, 0), p.source
    ) = 1 AS dernier
FROM parties AS p
LEFT JOIN reference.priorites_sources AS r ON r.source = p.source AND r.sujet = 'professionnels'
