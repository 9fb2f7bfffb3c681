-- Mots des codes que portent les tables : ce qu'un tableau montre à la place du code, ou à côté, et l'unité de ce qu'il compte.
-- Grain : colonne, code
-- Source : reference.professions, reference.indicateurs, reference.variables_sae, reference.territoires, reference.niveaux, reference.codes, fiches.etablissements, atlas.ages
-- Publication : interne
-- Note : le code d'un territoire suit son niveau : « departement 14 ».
-- Colonnes :
--   colonne : colonne dont la ligne donne les mots
--   code : valeur de cette colonne ; pour un territoire, son niveau puis son code
--   libelle : ce que la valeur veut dire
--   unite : unité de ce qu'elle compte, où elle est une mesure ; vide sinon
--   ordre : rang dans les tableaux
WITH noms AS (
    SELECT finess AS code, max_by(raison_sociale, millesime) AS libelle
    FROM fiches.etablissements
    GROUP BY finess
),
tranches AS (
    SELECT DISTINCT
        tranche_age AS code, coalesce(age_min, 0) AS age_min, age_max,
        CASE
            WHEN coalesce(age_min, 0) = 0 THEN 'Moins de ' || (age_max + 1) || ' ans'
            WHEN age_max IS NULL THEN age_min || ' ans et plus'
            ELSE age_min || '-' || age_max || ' ans'
        END AS libelle
    FROM atlas.ages
)
SELECT 'profession' AS colonne, profession AS code, libelle, NULL::VARCHAR AS unite, 0 AS ordre
FROM reference.professions
UNION ALL
SELECT 'groupe', profession, libelle, NULL, 0 FROM reference.professions
UNION ALL
SELECT 'indicateur', indicateur, libelle, unite, 0 FROM reference.indicateurs
UNION ALL
SELECT 'variable', variable, libelle || ', ' || mesure, unite, ordre FROM reference.variables_sae
UNION ALL
SELECT 'tranche_age', code, libelle, 'personnes', rank() OVER (ORDER BY coalesce(age_max, 1000 + age_min), age_min DESC)
FROM tranches
UNION ALL
SELECT 'territoire', niveau || ' ' || code, libelle, NULL, 0 FROM reference.territoires
UNION ALL
SELECT 'niveau', niveau, libelle, NULL, ordre FROM reference.niveaux
UNION ALL
SELECT liste, code, libelle, NULL, ordre FROM reference.codes WHERE liste IN ('secteur', 'dimension')
UNION ALL
SELECT 'finess', code, libelle, NULL, 0 FROM noms
UNION ALL
SELECT 'finess_ej', code, libelle, NULL, 0 FROM reference.territoires WHERE niveau = 'ej'
UNION ALL
SELECT 'code_ght', code, libelle, NULL, 0 FROM reference.territoires WHERE niveau = 'ght'
ORDER BY colonne, ordre, code
