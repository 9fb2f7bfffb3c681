-- Baromètre des violences sexistes et sexuelles : part des répondants concernés, par public et question.
-- Grain : annee, public, question, niveau, code
-- Source : agence (contrat de données)
-- Publication : territoire
-- Note : secret sous trente répondants, ou quand moins de cinq personnes ont répondu oui, ou non (reference.seuils) : le nombre de répondants reste, la part disparaît. Aucun total de publics ni de territoires n'est publié : rien ne s'en déduit. D'une année, le millésime le plus récent.
-- Colonnes :
--   public : ceux qui répondent
--   question : question posée
--   repondants [personnes] : répondants
--   repondants_statut : statut des répondants : publié, secret, nd, sans objet, vide
--   part_concernee [part] : part des répondants qui répondent oui
WITH derniers AS (
    SELECT * FROM core.barometre_vss
    WHERE region IS NOT NULL
    QUALIFY millesime = max(millesime) OVER (PARTITION BY annee)
),
caches AS (
    SELECT
        d.*, d.repondants < r.valeur OR d.concernes BETWEEN 1 AND p.valeur - 1
            OR d.repondants - d.concernes BETWEEN 1 AND p.valeur - 1 AS cache
    FROM derniers AS d
    JOIN reference.seuils AS r ON r.seuil = 'repondants_vss'
    JOIN reference.seuils AS p ON p.seuil = 'personnes_vss'
)
SELECT
    annee, millesime, revision, public, question, 'region' AS niveau, region AS code, repondants,
    repondants_statut,
    CASE WHEN NOT cache AND repondants > 0 AND concernes <= repondants
        THEN (concernes::DECIMAL(18, 4) / repondants)::DECIMAL(18, 6) END
        AS part_concernee,
    CASE
        WHEN part_concernee IS NOT NULL THEN 'calculé'
        WHEN statut_absent(repondants_statut) THEN repondants_statut
        WHEN statut_absent(concernes_statut) THEN concernes_statut
        WHEN cache THEN 'secret'
        ELSE 'nd'
    END AS statut
FROM caches
