-- De qui une réponse est attendue à chaque campagne d'enquête, et son poids : entités juridiques de la SAE, ou ESMS.
-- Grain : enquete, annee, repondant
-- Source : champ des questionnaires ; SAE (DREES) ; FINESS et équipements sociaux et médico-sociaux
-- Publication : region
-- Note : le champ est celui des régions d'où vient au moins une réponse : une agence n'interroge que ses établissements. La SAE est celle de l'année de la campagne ou, à défaut, de la plus proche ; les ESMS sont ceux de la dernière situation de FINESS, quelle que soit la campagne.
-- Colonnes :
--   enquete : enquête, au catalogue de l'atlas
--   annee [année] : année décrite par la campagne
--   millesime_sae [année] : millésime de la SAE qui donne le champ, le poids et le territoire ; vide pour un ESMS
--   revision_sae : révision de ce millésime
--   categorie : catégorie de l'ESMS, ou du site principal de l'entité juridique, code FINESS
--   poids : somme des variables de la SAE que le questionnaire désigne (ETP, ou internes), ou places de l'ESMS ; vide où FINESS n'en connaît pas
WITH campagnes AS (
    SELECT DISTINCT enquete, annee, champ_secteurs, champ_variables, champ_publics FROM reference.questions
),
menees AS (
    SELECT DISTINCT enquete, annee, repondant FROM (
        SELECT 'enquete_rh' AS enquete, annee, repondant FROM staging.enquete_rh
        UNION ALL
        SELECT 'enquete_esms', annee, repondant FROM staging.enquete_esms
        UNION ALL
        SELECT 'enquete_internes', annee, repondant FROM staging.enquete_internes
    )
),
exercices AS (
    SELECT c.*, s.millesime
    FROM campagnes AS c
    CROSS JOIN (SELECT DISTINCT millesime FROM core.entites_juridiques) AS s
    WHERE c.champ_publics = ''
    QUALIFY row_number() OVER (
        PARTITION BY c.enquete, c.annee ORDER BY abs(s.millesime - c.annee), s.millesime
    ) = 1
),
poids AS (
    SELECT e.enquete, e.annee, e.millesime, p.finess_ej, sum(p.valeur)::DECIMAL(18, 2) AS poids
    FROM exercices AS e
    JOIN fiches.ej_personnels AS p
        ON p.millesime = e.millesime AND list_contains(string_split(e.champ_variables, ' '), p.variable)
    GROUP BY ALL
),
statuts AS (
    SELECT DISTINCT millesime, finess_ej, secteur FROM core.etablissements
),
entites AS (
    SELECT
        e.enquete, e.annee, j.millesime AS millesime_sae, j.revision AS revision_sae,
        j.finess_ej AS repondant, j.raison_sociale, s.categorie, j.departement, j.region, j.code_ght, j.region_ght,
        p.poids
    FROM exercices AS e
    JOIN core.entites_juridiques AS j ON j.millesime = e.millesime
    JOIN poids AS p ON p.enquete = e.enquete AND p.annee = e.annee AND p.finess_ej = j.finess_ej
    LEFT JOIN core.etablissements AS s ON s.millesime = j.millesime AND s.finess = j.site_principal
    WHERE p.poids > 0
        AND EXISTS (
            FROM statuts AS t
            WHERE t.millesime = j.millesime AND t.finess_ej = j.finess_ej
                AND list_contains(string_split(e.champ_secteurs, ' '), t.secteur)
        )
),
esms AS (
    SELECT
        c.enquete, c.annee, e.finess AS repondant, e.raison_sociale, e.categorie, e.departement, e.region,
        nullif(e.places, 0)::DECIMAL(18, 2) AS poids
    FROM campagnes AS c
    JOIN core.esms AS e ON list_contains(string_split(c.champ_publics, ' '), e.public)
),
tous AS (
    FROM entites
    UNION ALL BY NAME
    FROM esms
),
-- Whoever answered tells a region, be he asked or not: one of no weight answers as the others.
situes AS (
    SELECT enquete, annee, finess_ej AS repondant, region
    FROM exercices
    JOIN core.entites_juridiques USING (millesime)
    UNION ALL
    SELECT enquete, annee, repondant, region FROM esms
)
SELECT *
FROM tous
SEMI JOIN (SELECT enquete, annee, region FROM situes SEMI JOIN menees USING (enquete, annee, repondant))
    USING (enquete, annee, region)
