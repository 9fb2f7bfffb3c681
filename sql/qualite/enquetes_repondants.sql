-- Qui a répondu à chaque campagne d'enquête, qui non, et l'état de chaque dépôt.
-- Grain : enquete, annee, repondant
-- Source : enquêtes de l'agence ; SAE (DREES) pour le champ
-- Publication : region
-- Note : un dépôt refusé dont le numéro FINESS ne se lit pas n'est que dans qualite.quarantaine.
-- Colonnes :
--   enquete : enquête, au catalogue de l'atlas
--   annee [année] : année décrite par la campagne
--   categorie : catégorie du site principal, code FINESS
--   etat : répondu, à corriger (des réponses sont écartées ou manquent), dépôt refusé, sans réponse, hors champ
--   attendu : une réponse est attendue
--   reponses : réponses données, nombres ou choix
--   non_disponibles : réponses n.d. ou sans objet
--   vides : réponses laissées vides
--   ecartees : réponses ou dépôts écartés, avec leur raison dans qualite.quarantaine
--   a_verifier : réponses signalées sans être écartées
WITH reponses AS (
    SELECT
        enquete, annee, repondant, max(region) AS region, max(departement) AS departement,
        max(code_ght) AS code_ght, max(region_ght) AS region_ght,
        count(*) FILTER (statut = 'publié')::INTEGER AS reponses,
        count(*) FILTER (statut IN ('nd', 'sans objet'))::INTEGER AS non_disponibles,
        count(*) FILTER (statut = 'vide')::INTEGER AS vides,
        count(anomalie)::INTEGER AS a_verifier
    FROM core.enquete_reponses
    GROUP BY enquete, annee, repondant
),
mises_de_cote AS (
    SELECT source AS enquete, millesime AS annee, json_extract_string(contenu, '$.repondant') AS repondant
    FROM staging.quarantaine
    WHERE source IN (SELECT enquete FROM reference.questions) AND json_valid(contenu)
),
ecartees AS (
    SELECT enquete, annee, repondant, count(*)::INTEGER AS ecartees
    FROM mises_de_cote
    WHERE repondant IS NOT NULL
    GROUP BY enquete, annee, repondant
),
tous AS (
    SELECT enquete, annee, repondant FROM core.enquete_attendus
    UNION
    SELECT enquete, annee, repondant FROM reponses
    UNION
    SELECT enquete, annee, repondant FROM ecartees
)
SELECT
    t.enquete, t.annee, t.repondant, a.raison_sociale, a.categorie,
    coalesce(a.departement, r.departement) AS departement, coalesce(a.region, r.region) AS region,
    coalesce(a.code_ght, r.code_ght) AS code_ght, coalesce(a.region_ght, r.region_ght) AS region_ght,
    CASE
        WHEN a.repondant IS NULL THEN 'hors champ'
        WHEN r.repondant IS NULL THEN CASE WHEN e.repondant IS NULL THEN 'sans réponse' ELSE 'dépôt refusé' END
        WHEN e.repondant IS NOT NULL OR r.a_verifier > 0 THEN 'à corriger'
        ELSE 'répondu'
    END AS etat,
    a.repondant IS NOT NULL AS attendu,
    coalesce(r.reponses, 0) AS reponses, coalesce(r.non_disponibles, 0) AS non_disponibles,
    coalesce(r.vides, 0) AS vides, coalesce(e.ecartees, 0) AS ecartees, coalesce(r.a_verifier, 0) AS a_verifier
FROM tous AS t
LEFT JOIN core.enquete_attendus AS a USING (enquete, annee, repondant)
LEFT JOIN reponses AS r USING (enquete, annee, repondant)
LEFT JOIN ecartees AS e USING (enquete, annee, repondant)
