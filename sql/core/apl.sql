-- Accessibilité potentielle localisée (APL) par commune de l'édition et profession : pour chaque année, le millésime le plus récent.
-- Grain : annee, profession, lieu
-- Source : APL (DREES)
-- Publication : region
-- Note : où plusieurs communes publiées n'en font plus qu'une (fusions, arrondissements municipaux), l'APL est pondérée par la population standardisée. Une commune publiée qui ne mène à aucune commune de l'édition reste, sous son code et à son département. `medecin` : médecins généralistes seulement. Une APL vide n'entre ni dans la moyenne, ni dans son poids.
-- Colonnes :
--   lieu : commune de l'édition, ou code publié d'une commune qui n'y mène pas
--   apl : accessibilité, en consultations par an et par habitant standardisé (médecins généralistes) ou en équivalents temps plein pour 100 000 habitants standardisés
--   apl_65 : la même, aux professionnels de 65 ans et moins ; vide où la source ne la donne pas
--   population_standardisee [habitants standardisés] : poids de l'APL, deux ans avant l'année décrite
--   population [habitants] : population totale, deux ans avant l'année décrite
--   population_sous_2_5 [habitants] : dont habitants des communes publiées et arrondissements municipaux dont l'APL est sous 2,5 ; n'a de sens que pour les médecins généralistes
WITH publiees AS (
    SELECT
        annee, millesime, revision, code_commune(commune) AS commune_publiee, apl, apl_65, population_standardisee,
        population_totale,
        profession_apl(profession) AS profession
    FROM staging.apl
    QUALIFY row_number() OVER (
        PARTITION BY annee, profession_apl(profession), commune_publiee ORDER BY millesime DESC, revision DESC
    ) = 1
)
SELECT
    p.annee, max(p.millesime)::INTEGER AS millesime, max(p.revision)::INTEGER AS revision,
    p.profession, coalesce(c.commune, p.commune_publiee) AS lieu, c.commune,
    d.code AS departement, d.regions AS region,
    CASE
        WHEN sum(p.population_standardisee) FILTER (p.apl IS NOT NULL) > 0
            THEN (
                sum(p.apl * p.population_standardisee) / sum(p.population_standardisee) FILTER (p.apl IS NOT NULL)
            )::DECIMAL(12, 6)
        ELSE max(p.apl)
    END AS apl,
    CASE
        WHEN sum(p.population_standardisee) FILTER (p.apl_65 IS NOT NULL) > 0
            THEN (
                sum(p.apl_65 * p.population_standardisee) / sum(p.population_standardisee) FILTER (p.apl_65 IS NOT NULL)
            )::DECIMAL(12, 6)
        ELSE max(p.apl_65)
    END AS apl_65,
    (sum(p.population_standardisee) FILTER (p.apl IS NOT NULL))::DECIMAL(24, 6) AS population_standardisee,
    round(sum(p.population_totale))::INTEGER AS population,
    round(sum(CASE WHEN p.apl < 2.5 THEN p.population_totale ELSE 0 END))::INTEGER AS population_sous_2_5,
    -- What the source doesn't give of anybody (apl_65, some years) is no blank.
    statut_ligne([
        statut_somme(p.apl), statut_somme(p.population_standardisee), statut_somme(p.population_totale),
        nullif(statut_somme(p.apl_65), 'nd')
    ]) AS statut
FROM publiees AS p
LEFT JOIN core.communes_publiees AS c ON c.commune_publiee = p.commune_publiee
LEFT JOIN core.decoupages AS d
    ON d.niveau = 'departement' AND d.code = departement_lu(c.departement, p.commune_publiee, NULL, NULL)
WHERE p.profession IS NOT NULL
GROUP BY p.annee, p.profession, lieu, c.commune, d.code, d.regions
