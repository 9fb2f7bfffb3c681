-- Âges des professionnels : effectif et part de chaque tranche, par profession et territoire.
-- Grain : annee, source, profession, mode_exercice, niveau, code, tranche_age
-- Source : DREES (répertoire RPPS, situation au 1er janvier) ; ADELI pour les infirmiers, puis SNDS (libérales) et base Tous salariés ; CNAM (libéraux, au 31 décembre)
-- Publication : territoire
-- Note : les parts sont recalculées depuis les sommes ; une tranche de moins de dix professionnels est vide, avec le statut « secret », et le total est alors le total publié. Les âges des infirmiers (ADELI) ne valent pas : le répertoire garde ceux qui ont cessé.
-- Colonnes :
--   tranche_age : tranche telle que publiée, sans son rang
--   age_min [années] : âge le plus bas de la tranche
--   age_max [années] : âge le plus élevé de la tranche ; vide pour la dernière
--   territoire_publie : territoire tel que publié ; vide pour une somme
--   effectif [personnes] : professionnels de la tranche
--   effectif_total [personnes] : professionnels de toutes les tranches, somme ou total publié
WITH tranches AS (
    SELECT
        d.source, d.millesime, d.revision, d.annee, d.profession_publiee, p.profession, d.mode_exercice,
        d.niveau, d.code, d.territoire_publie, d.region,
        regexp_replace(d.tranche_age, '^[0-9]+ ?- ?', '') AS tranche_age,
        d.effectif, d.effectif_statut
    FROM core.demographie AS d
    JOIN reference.professions_publiees AS p
        ON p.source = d.source AND p.profession_publiee = d.profession_publiee AND p.feuille = d.feuille
    WHERE d.tranche_age <> 'ensemble' AND d.sexe = 'ensemble' AND p.specialite = 'ensemble' AND d.niveau IS NOT NULL
    QUALIFY row_number() OVER (
        PARTITION BY d.source, d.annee, d.profession_publiee, d.mode_exercice, d.tranche_age, d.territoire_publie
        ORDER BY d.millesime DESC, d.revision DESC
    ) = 1
),
departements AS (
    SELECT regions AS region, count(*) AS departements
    FROM core.decoupages
    WHERE niveau = 'departement'
    GROUP BY regions
),
situees AS (
    SELECT
        t.source, t.millesime, t.revision, t.annee, t.profession, t.mode_exercice, t.niveau, t.code,
        t.territoire_publie, t.tranche_age, t.effectif, t.effectif_statut AS statut, e.effectif AS total_publie
    FROM tranches AS t
    LEFT JOIN core.demographie AS e
        ON e.source = t.source AND e.millesime = t.millesime AND e.annee = t.annee
        AND e.profession_publiee = t.profession_publiee AND e.mode_exercice = t.mode_exercice
        AND e.territoire_publie = t.territoire_publie AND e.tranche_age = 'ensemble' AND e.sexe = 'ensemble'
    UNION ALL
    SELECT
        source, max(millesime)::INTEGER, max(revision)::INTEGER, annee, profession, mode_exercice, 'region', region,
        NULL, tranche_age, sum(effectif)::INTEGER,
        -- A département that has no line, where the others of its region have one, is missing.
        CASE
            WHEN statut_somme(effectif, effectif_statut) = 'calculé' AND count(DISTINCT code) < min(d.departements)
                THEN 'partiel'
            ELSE statut_somme(effectif, effectif_statut)
        END, NULL
    FROM tranches
    JOIN departements AS d USING (region)
    WHERE niveau = 'departement' AND source NOT IN (SELECT source FROM tranches WHERE niveau = 'region')
    GROUP BY source, annee, profession, mode_exercice, region, tranche_age
),
bornees AS (
    SELECT
        *,
        age_plus_bas(tranche_age) AS age_min,
        CASE
            WHEN tranche_age ILIKE 'moins de%' THEN regexp_extract(tranche_age, '([0-9]+)', 1)::INTEGER - 1
            WHEN tranche_age ILIKE '%plus%' THEN NULL
            ELSE nullif(regexp_extract(tranche_age, '[0-9]+[^0-9]+([0-9]+)', 1), '')::INTEGER
        END AS age_max
    FROM situees
),
totalisees AS (
    SELECT
        *,
        CASE
            -- A hidden class leaves its territory's sum short: the published total stands instead.
            WHEN count(effectif) OVER territoire < count(*) OVER territoire THEN total_publie
            ELSE sum(effectif) OVER territoire
        END::INTEGER AS effectif_total,
        bool_or(statut = 'partiel') OVER territoire AS total_partiel
    FROM bornees
    WINDOW territoire AS (PARTITION BY annee, source, profession, mode_exercice, niveau, code)
)
SELECT
    annee, millesime, revision, source, profession, mode_exercice, niveau, code, territoire_publie,
    tranche_age, age_min, age_max, effectif, effectif_total,
    CASE WHEN effectif_total > 0 THEN (effectif::DECIMAL(18, 4) / effectif_total)::DECIMAL(18, 6) END AS valeur,
    CASE WHEN total_partiel AND NOT statut_absent(statut) THEN 'partiel' ELSE statut END AS statut
FROM totalisees
