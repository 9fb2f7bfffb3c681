-- Entités juridiques dont une réponse est attendue à chaque campagne d'enquête, et leur poids dans la SAE.
-- Grain : enquete, annee, finess_ej
-- Source : champ des questionnaires ; SAE (DREES)
-- Publication : region
-- Note : le champ est celui des régions d'où vient au moins une réponse : une agence n'interroge que ses établissements. La SAE est celle de l'année de la campagne ou, à défaut, de la plus proche.
-- Colonnes :
--   enquete : enquête, au catalogue de l'atlas
--   annee [année] : année décrite par la campagne
--   millesime_sae [année] : millésime de la SAE qui donne le champ, le poids et le territoire
--   revision_sae : révision de ce millésime
--   categorie : catégorie du site principal, code FINESS
--   poids : somme des variables de la SAE que le questionnaire désigne (ETP, ou internes)
WITH campagnes AS (
    SELECT DISTINCT enquete, annee, champ_secteurs, champ_variables FROM reference.questions
),
menees AS (
    SELECT DISTINCT enquete, annee, finess_ej FROM (
        SELECT 'enquete_rh' AS enquete, annee, finess_ej FROM staging.enquete_rh
        UNION ALL
        SELECT 'enquete_internes', annee, finess_ej FROM staging.enquete_internes
    )
),
exercices AS (
    SELECT c.*, s.millesime
    FROM campagnes AS c
    CROSS JOIN (SELECT DISTINCT millesime FROM core.entites_juridiques) AS s
    QUALIFY row_number() OVER (
        PARTITION BY c.enquete, c.annee ORDER BY abs(s.millesime - c.annee), s.millesime
    ) = 1
),
regions AS (
    SELECT DISTINCT e.enquete, e.annee, j.region
    FROM exercices AS e
    JOIN menees AS m ON m.enquete = e.enquete AND m.annee = e.annee
    JOIN core.entites_juridiques AS j ON j.millesime = e.millesime AND j.finess_ej = m.finess_ej
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
)
SELECT
    e.enquete, e.annee, j.millesime AS millesime_sae, j.revision AS revision_sae,
    j.finess_ej, j.raison_sociale, s.categorie, j.departement, j.region, j.code_ght, j.region_ght, p.poids
FROM exercices AS e
JOIN core.entites_juridiques AS j ON j.millesime = e.millesime
JOIN regions AS r ON r.enquete = e.enquete AND r.annee = e.annee AND r.region = j.region
JOIN poids AS p ON p.enquete = e.enquete AND p.annee = e.annee AND p.finess_ej = j.finess_ej
LEFT JOIN core.etablissements AS s ON s.millesime = j.millesime AND s.finess = j.site_principal
WHERE p.poids > 0
    AND EXISTS (
        FROM statuts AS t
        WHERE t.millesime = j.millesime AND t.finess_ej = j.finess_ej
            AND list_contains(string_split(e.champ_secteurs, ' '), t.secteur)
    )
