-- Âges des professionnels : effectif et part de chaque tranche, par profession et territoire.
-- Grain : annee, source, profession, niveau, code, tranche_age
-- Source : DREES (répertoire RPPS, situation au 1er janvier) ; ADELI pour les infirmiers
-- Publication : territoire
-- Note : les parts sont recalculées depuis les sommes. Les âges des infirmiers (ADELI) ne valent pas : le répertoire garde ceux qui ont cessé.
-- Colonnes :
--   tranche_age : tranche telle que publiée, sans son rang
--   age_min [années] : âge le plus bas de la tranche
--   age_max [années] : âge le plus élevé de la tranche ; vide pour la dernière
--   territoire_publie : territoire tel que publié ; vide pour une somme
--   effectif [personnes] : professionnels de la tranche
--   effectif_total [personnes] : professionnels de toutes les tranches
--   valeur [part, de 0 à 1] : part de la tranche dans le total
WITH tranches AS (
    SELECT
        d.source, d.millesime, d.revision, d.annee, p.profession, d.niveau, d.code, d.territoire_publie, d.region,
        regexp_replace(d.tranche_age, '^[0-9]+ ?- ?', '') AS tranche_age,
        d.effectif
    FROM core.demographie AS d
    JOIN reference.professions_publiees AS p
        ON p.source = d.source AND p.profession_publiee = d.profession_publiee AND p.feuille = d.feuille
    WHERE d.tranche_age <> 'ensemble' AND d.niveau IS NOT NULL
    QUALIFY row_number() OVER (
        PARTITION BY d.source, d.annee, d.profession_publiee, d.tranche_age, d.territoire_publie
        ORDER BY d.millesime DESC, d.revision DESC
    ) = 1
),
situees AS (
    SELECT
        source, millesime, revision, annee, profession, niveau, code, territoire_publie, tranche_age, effectif,
        'publié' AS statut
    FROM tranches
    UNION ALL
    SELECT source, max(millesime)::INTEGER, max(revision)::INTEGER, annee, profession, 'region', region, NULL, tranche_age,
        sum(effectif)::INTEGER, 'calculé'
    FROM tranches
    WHERE niveau = 'departement'
    GROUP BY source, annee, profession, region, tranche_age
),
bornees AS (
    SELECT
        *,
        CASE
            WHEN tranche_age ILIKE 'moins de%' THEN 0
            ELSE regexp_extract(tranche_age, '([0-9]+)', 1)::INTEGER
        END AS age_min,
        CASE
            WHEN tranche_age ILIKE 'moins de%' THEN regexp_extract(tranche_age, '([0-9]+)', 1)::INTEGER - 1
            WHEN tranche_age ILIKE '%plus%' THEN NULL
            ELSE nullif(regexp_extract(tranche_age, '[0-9]+[^0-9]+([0-9]+)', 1), '')::INTEGER
        END AS age_max
    FROM situees
)
SELECT
    annee, millesime, revision, source, profession, niveau, code, territoire_publie, tranche_age, age_min, age_max, effectif,
    sum(effectif) OVER (PARTITION BY annee, source, profession, niveau, code)::INTEGER AS effectif_total,
    CASE
        WHEN sum(effectif) OVER (PARTITION BY annee, source, profession, niveau, code) > 0
            THEN (effectif::DECIMAL(18, 4) / sum(effectif) OVER (PARTITION BY annee, source, profession, niveau, code))::DECIMAL(9, 6)
    END AS valeur,
    statut
FROM bornees
