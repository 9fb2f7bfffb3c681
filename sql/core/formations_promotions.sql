-- Promotions suivies de l'entrée au diplôme, telles que déclarées.
-- Grain : millesime, annee, uai, diplome, annee_entree
-- Source : carte régionale des formations sanitaires et sociales (contrat de données)
-- Publication : region
-- Note : diplômés, encore en formation et sortis sans diplôme font les entrants. Une promotion n'est close que quand plus personne n'y est en formation.
-- Colonnes :
--   annee [année] : année de l'observation
--   uai : code UAI de l'institut
--   diplome : diplôme préparé (reference.diplomes)
--   annee_entree [année] : année de la rentrée de la promotion
--   entrants [personnes] : entrants de la promotion
--   diplomes [personnes] : diplômés depuis l'entrée, en retard compris
--   en_formation [personnes] : encore en formation
--   interruptions [personnes] : sortis sans diplôme
WITH lieux AS (
    SELECT uai, arg_max(commune, (annee, commune)) AS commune
    FROM core.formations_instituts
    WHERE commune IS NOT NULL
    GROUP BY uai
)
SELECT
    p.annee, p.millesime, p.revision, p.reference, p.uai, p.diplome, p.annee_entree,
    r.commune, r.departement, r.region,
    p.entrants, p.diplomes, p.en_formation, p.interruptions
FROM staging.formations_sanitaires_promotions AS p
LEFT JOIN lieux AS l ON l.uai = p.uai
LEFT JOIN reference.communes AS r ON r.commune = l.commune
