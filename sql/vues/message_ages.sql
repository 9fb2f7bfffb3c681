-- Médecins de 60 ans ou plus : la région, et le département où leur part est la plus forte.
-- Grain : annee
-- Source : atlas.departs
-- Publication : interne
-- Colonnes :
--   part pct0 [part] : part des médecins de la région qui ont 60 ans ou plus
--   part_max pct0 [part] : part la plus forte parmi les départements
--   departement_max : département où elle est la plus forte
WITH parts AS (
    SELECT annee, niveau, code, plus_60 AS valeur, territoire_libelle
    FROM vues.ages_60_plus
    WHERE profession = 'medecin'
),
region AS (
    SELECT annee, valeur FROM parts WHERE niveau = 'region'
),
departement AS (
    SELECT annee, valeur, territoire_libelle
    FROM parts
    WHERE niveau = 'departement'
    QUALIFY row_number() OVER (ORDER BY valeur DESC, code) = 1
)
SELECT r.annee, r.valeur AS part, d.valeur AS part_max, d.territoire_libelle AS departement_max
FROM region AS r
JOIN departement AS d USING (annee)
ORDER BY r.annee
