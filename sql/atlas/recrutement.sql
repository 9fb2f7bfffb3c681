-- Besoins de recrutement et tension par métier de la santé et du social et par territoire.
-- Grain : annee, source, indicateur, nomenclature, fap, niveau, code
-- Source : Besoins en main-d'œuvre (France Travail) ; tensions sur le marché du travail (DARES)
-- Publication : territoire
-- Note : un total de projets est la somme des cases visibles : il est plus bas que le total publié quand des cases sont secrètes, et `couverture` le dit. La nomenclature de l'enquête BMO change en 2024 : FAP 2009 auparavant, FAP 2021 depuis. La part des projets difficiles ne porte que sur les cases où les deux nombres sont visibles. Un territoire qui touche un département sans aucune case, d'aucun métier, est partiel.
-- Colonnes :
--   nomenclature : FAP 2009 ou FAP 2021
--   fap : métier ou famille professionnelle
--   libelle : nom du métier
--   numerateur [projets] : projets difficiles ou saisonniers des cases visibles
--   denominateur [projets] : projets des mêmes cases
--   cases : cases de l'enquête (métier, bassin) sur le territoire
--   cases_visibles : cases dont les nombres nécessaires sont visibles
--   cases_non_placees : cases du territoire dont le département n'est pas reconnu ; pour la France, celles dont la région ne l'est pas : elles manquent à ses parties
--   couverture [part, de 0 à 1] : cases visibles sur cases
WITH sante AS (
    SELECT nomenclature, fap, libelle, niveau_fap FROM reference.familles_professionnelles
),
projets AS (
    -- The basins of a survey are its own: only those of the survey of reference are territories of the edition.
    SELECT b.* REPLACE (CASE WHEN b.reference THEN z.code END AS bassin), b.bassin AS bassin_publie, s.libelle,
        -- Saint-Barthélemy and Saint-Martin are outside France's départements, as they are outside its population.
        CASE WHEN b.region IS NOT NULL OR code_departement(b.departement_publie) IS NULL THEN 'F' END AS france,
        b.departement IS NULL AS sans_departement, b.region IS NULL AS sans_region
    FROM core.bmo_projets AS b
    JOIN sante AS s ON s.nomenclature = b.nomenclature AND s.fap = b.fap
    LEFT JOIN core.decoupages AS z ON z.niveau = 'bassin_bmo' AND z.code = b.bassin
    QUALIFY row_number() OVER (
        PARTITION BY b.annee, b.fap, b.bassin, b.departement_publie ORDER BY b.millesime DESC
    ) = 1
),
situes AS (
    UNPIVOT (SELECT * RENAME (bassin AS bassin_bmo) FROM projets)
    ON bassin_bmo, departement, region, france
    INTO NAME niveau VALUE code
),
sommes AS (
    SELECT
        annee, max(millesime)::INTEGER AS millesime, max(revision)::INTEGER AS revision, nomenclature, fap, libelle,
        niveau, code,
        count(*)::INTEGER AS cases,
        (count(*) FILTER (CASE niveau WHEN 'region' THEN sans_departement WHEN 'france' THEN sans_region END))::INTEGER
            AS cases_non_placees,
        count(met)::INTEGER AS cases_met,
        sum(met) AS met,
        statut_somme(met, met_statut) AS statut_met,
        bool_or(met_statut = 'secret') AS secret_met,
        count(*) FILTER (met IS NOT NULL AND xmet IS NOT NULL)::INTEGER AS cases_xmet,
        sum(xmet) FILTER (met IS NOT NULL) AS xmet,
        sum(met) FILTER (xmet IS NOT NULL) AS met_xmet,
        statut_somme(CASE WHEN met IS NOT NULL THEN xmet END, xmet_statut) AS statut_xmet,
        bool_or('secret' IN (met_statut, xmet_statut)) AS secret_xmet,
        count(*) FILTER (met IS NOT NULL AND smet IS NOT NULL)::INTEGER AS cases_smet,
        sum(smet) FILTER (met IS NOT NULL) AS smet,
        sum(met) FILTER (smet IS NOT NULL) AS met_smet,
        statut_somme(CASE WHEN met IS NOT NULL THEN smet END, smet_statut) AS statut_smet,
        bool_or('secret' IN (met_statut, smet_statut)) AS secret_smet
    FROM situes
    GROUP BY annee, nomenclature, fap, libelle, niveau, code
),
-- A département without a cell of any trade is missing from the survey; without one of a trade, it recruits none.
muets AS (
    SELECT DISTINCT a.annee, d.niveau, d.code
    FROM (SELECT DISTINCT annee FROM core.bmo_projets) AS a
    CROSS JOIN core.territoires_departements AS d
    WHERE (a.annee, d.departement) NOT IN (
            SELECT (annee, departement) FROM core.bmo_projets WHERE departement IS NOT NULL
        )
),
bmo AS (
    SELECT
        annee, millesime, revision, 'bmo' AS source, i.indicateur, nomenclature, fap, libelle, niveau, code,
        CASE i.indicateur
            WHEN 'projets' THEN met::DECIMAL(18, 6)
            WHEN 'part_difficile' THEN CASE WHEN met_xmet > 0 THEN (xmet::DECIMAL(18, 4) / met_xmet)::DECIMAL(18, 6) END
            ELSE CASE WHEN met_smet > 0 THEN (smet::DECIMAL(18, 4) / met_smet)::DECIMAL(18, 6) END
        END AS valeur,
        CASE i.indicateur WHEN 'projets' THEN 'projets' ELSE 'part, de 0 à 1' END AS unite,
        CASE i.indicateur WHEN 'part_difficile' THEN xmet WHEN 'part_saisonniers' THEN smet END::INTEGER AS numerateur,
        CASE i.indicateur WHEN 'part_difficile' THEN met_xmet WHEN 'part_saisonniers' THEN met_smet END::INTEGER
            AS denominateur,
        cases, cases_non_placees,
        CASE i.indicateur WHEN 'projets' THEN cases_met WHEN 'part_difficile' THEN cases_xmet ELSE cases_smet END
            AS cases_visibles,
        CASE i.indicateur WHEN 'projets' THEN statut_met WHEN 'part_difficile' THEN statut_xmet ELSE statut_smet END
            AS statut_cases,
        CASE i.indicateur WHEN 'projets' THEN secret_met WHEN 'part_difficile' THEN secret_xmet ELSE secret_smet END
            AS secret
    FROM sommes, (VALUES ('projets'), ('part_difficile'), ('part_saisonniers')) AS i (indicateur)
),
dares AS (
    SELECT t.*, s.libelle, s.nomenclature
    FROM core.dares_tensions AS t
    JOIN sante AS s ON s.fap = t.fap AND s.niveau_fap = t.niveau_fap
    WHERE t.code IS NOT NULL
    QUALIFY row_number() OVER (
        PARTITION BY t.annee, t.niveau_fap, t.fap, t.niveau, t.code ORDER BY t.millesime DESC
    ) = 1
),
facteurs AS (
    SELECT annee, millesime, revision, nomenclature, fap, libelle, niveau, code, indicateur, valeur
    FROM (
        SELECT annee, millesime, revision, nomenclature, fap, libelle, niveau, code,
            tension_categorie AS tension, intensite_embauches, lien_formation, main_oeuvre, non_durabilite,
            conditions_travail, inadequation_geographique
        FROM dares
    )
    UNPIVOT INCLUDE NULLS (valeur FOR indicateur IN (
        tension, intensite_embauches, lien_formation, main_oeuvre, non_durabilite,
        conditions_travail, inadequation_geographique
    ))
)
SELECT
    annee, millesime, revision, source, indicateur, nomenclature, fap, libelle, niveau, code, valeur, unite,
    CASE
        WHEN valeur IS NULL THEN CASE WHEN secret THEN 'secret' ELSE 'nd' END
        WHEN (annee, niveau, code) IN (SELECT (annee, niveau, code) FROM muets) THEN 'partiel'
        ELSE statut_cases
    END AS statut,
    numerateur, denominateur, cases, cases_visibles, cases_non_placees,
    (cases_visibles::DECIMAL(18, 4) / cases)::DECIMAL(18, 6) AS couverture
FROM bmo
UNION ALL
SELECT
    annee, millesime, revision, 'dares_tensions', indicateur, nomenclature, fap, libelle, niveau, code,
    valeur::DECIMAL(18, 6), 'note de 1 à 5', CASE WHEN valeur IS NULL THEN 'nd' ELSE 'publié' END,
    NULL, NULL, NULL, NULL, NULL, NULL
FROM facteurs
