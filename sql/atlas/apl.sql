-- Accessibilité potentielle localisée (APL) de la commune à la France, et part des habitants sous 2,5 consultations par an.
-- Grain : annee, profession, niveau, code
-- Source : APL (DREES)
-- Publication : territoire
-- Note : l'APL d'un territoire est la moyenne de celles de ses communes, pondérée par la population standardisée, jamais une moyenne simple. Sous 2,5 consultations par an et par habitant, la sous-densité au sens des premiers zonages ; ce seuil n'a de sens que pour les médecins généralistes (`medecin`). France hors Mayotte ; un territoire dont un autre département n'a aucune commune dans la source est partiel.
-- Colonnes :
--   valeur_65 : accessibilité aux professionnels de 65 ans et moins ; vide où la source ne la donne pas
--   population_standardisee [habitants standardisés] : somme des poids
--   population [habitants] : population totale des communes, deux ans avant l'année décrite
--   population_sous_2_5 [habitants] : habitants des communes, et des arrondissements municipaux, dont l'APL est sous 2,5 ; médecins généralistes seulement
--   communes_sans_apl [communes] : communes du territoire sans APL
--   statut : publié pour une commune, calculé au-dessus ; partiel quand l'APL ou la population d'une commune n'est pas connue ; nd quand aucune APL ne l'est
--   communes_non_placees [communes] : communes publiées des départements du territoire qui ne mènent à aucune commune de l'édition : elles sont comptées au département, et manquent peut-être à un territoire plus petit
WITH situees AS (
    SELECT a.*, m.niveau, m.code FROM core.apl AS a JOIN reference.appartenances AS m USING (commune)
    UNION ALL
    SELECT a.*, m.niveau, m.code
    FROM core.apl AS a
    LEFT JOIN core.decoupages AS d ON d.niveau = 'departement' AND d.code = a.departement
    CROSS JOIN LATERAL (
        VALUES ('departement', d.code), ('region', d.regions), ('france', 'F')
    ) AS m (niveau, code)
    -- A code that says no département may be of any; one of a collectivity overseas is outside France's.
    WHERE a.commune IS NULL AND m.code IS NOT NULL
        AND (d.code IS NOT NULL OR departement_commune(a.lieu) IS NULL)
),
non_placees AS (
    SELECT a.annee, a.profession, d.niveau, d.code, count(*)::INTEGER AS communes
    FROM core.apl AS a
    JOIN core.decoupages_departements AS d USING (departement)
    WHERE a.commune IS NULL
    GROUP BY a.annee, a.profession, d.niveau, d.code
    UNION ALL
    SELECT annee, profession, 'france', 'F', count(*)::INTEGER
    FROM core.apl
    WHERE commune IS NULL AND departement IS NULL AND departement_commune(lieu) IS NULL
    GROUP BY annee, profession
),
-- A département that has no line at all, but for those that the source leaves out.
muets AS (
    SELECT DISTINCT l.annee, l.profession, d.niveau, d.code
    FROM (SELECT DISTINCT annee, profession FROM core.apl) AS l
    CROSS JOIN core.territoires_departements AS d
    WHERE d.departement NOT IN (SELECT departement FROM reference.champs_sources WHERE source = 'apl')
        AND (l.annee, l.profession, d.departement) NOT IN (
            SELECT (annee, profession, departement) FROM core.apl WHERE departement IS NOT NULL
        )
),
sommes AS (
    SELECT
        annee, max(millesime)::INTEGER AS millesime, max(revision)::INTEGER AS revision, profession, niveau, code,
        sum(apl * population_standardisee) AS consultations,
        sum(apl_65 * population_standardisee) AS consultations_65,
        sum(population_standardisee) FILTER (apl_65 IS NOT NULL) AS poids_65,
        sum(population_standardisee) FILTER (apl IS NOT NULL) AS poids,
        sum(population)::INTEGER AS population,
        sum(population_sous_2_5)::INTEGER AS sous_2_5,
        count(*) FILTER (apl IS NULL)::INTEGER AS communes_sans_apl,
        [
            statut_somme(apl, statut), statut_somme(apl_65, statut), statut_somme(population, statut),
            statut_somme(population_standardisee)
        ] AS statuts
    FROM situees
    GROUP BY annee, profession, niveau, code
)
SELECT
    annee, millesime, revision, profession, niveau, code,
    CASE WHEN poids > 0 THEN (consultations / poids)::DECIMAL(18, 4) END AS valeur,
    CASE WHEN poids_65 > 0 THEN (consultations_65 / poids_65)::DECIMAL(18, 4) END AS valeur_65,
    CASE profession
        WHEN 'medecin' THEN 'consultations par an et par habitant standardisé'
        ELSE 'ETP pour 100 000 habitants standardisés'
    END AS unite,
    poids::DECIMAL(18, 3) AS population_standardisee,
    population,
    CASE WHEN profession = 'medecin' THEN sous_2_5 END AS population_sous_2_5,
    CASE
        WHEN profession = 'medecin' AND population > 0 THEN (sous_2_5::DECIMAL(18, 4) / population)::DECIMAL(18, 6)
    END AS part_sous_2_5,
    communes_sans_apl, coalesce(n.communes, 0) AS communes_non_placees,
    CASE
        WHEN coalesce(poids, 0) = 0 THEN 'nd'
        WHEN list_contains(statuts, 'partiel') OR n.communes > 0 OR m.code IS NOT NULL THEN 'partiel'
        WHEN niveau = 'commune' THEN 'publié'
        ELSE 'calculé'
    END AS statut
FROM sommes
LEFT JOIN non_placees AS n USING (annee, profession, niveau, code)
LEFT JOIN muets AS m USING (annee, profession, niveau, code)
