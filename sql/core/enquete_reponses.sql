-- Réponses aux enquêtes de l'agence, une par répondant, question et ligne, telles que déclarées.
-- Grain : enquete, millesime, repondant, question, modalite
-- Source : enquêtes de l'agence
-- Publication : region
-- Note : déclarations non redressées. Une réponse écartée à la lecture n'est pas ici, mais dans qualite.quarantaine. Le territoire est celui de l'entité juridique dans la SAE la plus proche, ou celui de l'ESMS à la dernière situation de FINESS ; il est vide pour un numéro que ni l'un ni l'autre ne connaît.
-- Colonnes :
--   enquete : enquête, au catalogue de l'atlas
--   annee [année] : année décrite par la campagne
--   question : question (reference.questions)
--   modalite : ligne du tableau ; ensemble hors tableau
--   valeur : nombre répondu, dans l'unité de la question
--   reponse : code de la réponse choisie dans une liste
--   statut : publié, nd, sans objet, vide
--   anomalie : ce que la vérification signale sans écarter la réponse
--   version : version du gabarit
WITH reponses AS (
    SELECT 'enquete_rh' AS enquete, * FROM staging.enquete_rh
    UNION ALL BY NAME
    SELECT 'enquete_esms' AS enquete, * FROM staging.enquete_esms
    UNION ALL BY NAME
    SELECT 'enquete_internes' AS enquete, * FROM staging.enquete_internes
),
entites AS (
    SELECT c.annee, j.finess_ej AS repondant, j.departement, j.region, j.code_ght, j.region_ght
    FROM (SELECT DISTINCT annee FROM reponses) AS c
    CROSS JOIN core.entites_juridiques AS j
    QUALIFY row_number() OVER (
        PARTITION BY c.annee, j.finess_ej ORDER BY abs(j.millesime - c.annee), j.millesime
    ) = 1
)
SELECT
    r.enquete, r.annee, r.millesime, r.revision, r.repondant,
    coalesce(s.departement, e.departement) AS departement, coalesce(s.region, e.region) AS region,
    s.code_ght, s.region_ght, r.question, r.modalite, r.valeur, r.reponse, r.statut, r.anomalie, r.version
FROM reponses AS r
LEFT JOIN entites AS s ON s.annee = r.annee AND s.repondant = r.repondant
LEFT JOIN core.esms AS e ON e.finess = r.repondant
