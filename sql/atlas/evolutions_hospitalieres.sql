-- Évolution d'un exercice au suivant des personnels des établissements de chaque territoire, où les mêmes sites ont répondu.
-- Grain : annee, niveau, code, variable
-- Source : SAE (DREES), SYGEN ; Q22 pour EFF_INT_recalcule
-- Publication : territoire
-- Note : ETP de toutes les lignes, effectifs des totaux, tous statuts ensemble. Un site qui ouvre ou ferme fait partie de l'évolution du territoire ; un site qui n'a répondu qu'une année empêche de la calculer. EFF_INT n'y est pas, laissé vide en 2022 où un de ses termes l'est : EFF_INT_recalcule le remplace. Les établissements, entités et GHT sont dans fiches.evolutions.
-- Colonnes :
--   valeur_precedente : valeur de l'exercice précédent
--   statut_precedent : statut de la valeur précédente
--   millesime_precedent [année] : millésime de l'exercice précédent
--   sites [établissements] : sites du territoire
--   sites_repondants [établissements] : sites dont la valeur est connue
--   sites_precedents [établissements] : sites du territoire, l'exercice précédent
--   sites_repondants_precedents [établissements] : sites dont la valeur était connue, l'exercice précédent
--   sites_inegaux [établissements] : sites présents les deux années, qui n'ont répondu qu'une
--   evolution : valeur moins valeur précédente
--   evolution_relative [part] : évolution / valeur précédente ; vide où celle-ci est nulle
--   motif : pourquoi il n'y a pas d'évolution
WITH suivies AS (
    SELECT * FROM atlas.hospitaliers
    WHERE secteur = 'ensemble' AND niveau IN ('arrondissement', 'departement', 'region', 'france')
        AND (mesure LIKE 'ETP%' OR ligne = 'total') AND variable <> 'EFF_INT'
),
-- Each site that was in both surveys and answered one of them only, in the territory where it is. Without a line in
-- SYGEN, it has not answered.
inegaux AS (
    SELECT e.annee, v.variable, e.arrondissement, e.departement, e.region, 'F' AS france
    FROM fiches.etablissements AS e
    JOIN fiches.etablissements AS d ON d.annee = e.annee - 1 AND d.finess = e.finess
    CROSS JOIN (SELECT DISTINCT variable FROM suivies) AS v
    LEFT JOIN fiches.es_personnels AS n ON n.annee = e.annee AND n.finess = e.finess AND n.variable = v.variable
    LEFT JOIN fiches.es_personnels AS p ON p.annee = d.annee AND p.finess = d.finess AND p.variable = v.variable
    WHERE (n.valeur IS NULL) <> (p.valeur IS NULL)
),
reponses AS (
    SELECT annee, variable, niveau, code, count(*)::INTEGER AS une_annee
    FROM (UNPIVOT inegaux ON arrondissement, departement, region, france INTO NAME niveau VALUE code)
    GROUP BY ALL
),
comparees AS (
    SELECT
        n.*, p.valeur AS valeur_precedente, p.statut AS statut_precedent, p.millesime AS millesime_precedent,
        p.sites AS sites_precedents, p.sites_repondants AS sites_repondants_precedents,
        coalesce(r.une_annee, 0) AS sites_inegaux,
        CASE
            WHEN n.valeur IS NULL OR p.valeur IS NULL THEN 'donnée manquante'
            WHEN r.une_annee > 1 THEN 'réponses inégales : ' || r.une_annee || ' sites n''ont répondu qu''une année'
            WHEN r.une_annee = 1 THEN 'réponses inégales : 1 site n''a répondu qu''une année'
        END AS motif
    FROM suivies AS n
    JOIN suivies AS p ON p.annee = n.annee - 1 AND p.niveau = n.niveau AND p.code = n.code AND p.variable = n.variable
    LEFT JOIN reponses AS r ON r.annee = n.annee AND r.niveau = n.niveau AND r.code = n.code AND r.variable = n.variable
)
SELECT
    annee, millesime, revision, niveau, code, variable, valeur, statut, valeur_precedente, statut_precedent,
    millesime_precedent, unite, sites, sites_repondants, sites_precedents, sites_repondants_precedents, sites_inegaux,
    CASE WHEN motif IS NULL THEN valeur - valeur_precedente END::DECIMAL(18, 2) AS evolution,
    CASE WHEN motif IS NULL THEN (valeur - valeur_precedente) / nullif(valeur_precedente, 0) END::DECIMAL(18, 6)
        AS evolution_relative,
    motif
FROM comparees
