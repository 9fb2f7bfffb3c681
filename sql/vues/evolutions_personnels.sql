-- Évolution des personnels des hôpitaux d'une année à la suivante, par territoire, groupement, entité juridique et établissement.
-- Grain : niveau, code
-- Source : atlas.evolutions_hospitalieres, fiches.evolutions
-- Vide : La SAE n'a pas été reçue pour deux années qui se suivent.
-- Note : Équivalents temps plein moyens annuels rémunérés. Ceux d'un établissement, d'une entité ou d'un groupement se comparent à sites constants ; celle d'un territoire comprend les sites qui y ont ouvert ou fermé. Rien n'est donné où un site n'a répondu qu'une année.
-- Colonnes :
--   niveau_libelle « Niveau » : niveau du territoire ou de l'établissement
--   libelle « Nom » : nom du territoire, du groupement, de l'entité ou de l'établissement
--   code « Code ou FINESS » : code du territoire ou du groupement, numéro FINESS de l'entité ou de l'établissement
--   medecins_avant « Médecins salariés, {annee_avant} » n1 [ETP] : équivalents temps plein de l'année précédente
--   medecins_avant_statut : pourquoi ils sont vides, ou partiels
--   medecins « Médecins salariés, {annee} » n1 [ETP] : équivalents temps plein de l'année
--   medecins_statut : pourquoi ils sont vides, ou partiels
--   medecins_evolution « Médecins salariés, évolution » signed1 [part] (vide : nd) : évolution, rapportée à l'année précédente
--   medecins_motif « Médecins : ce qu'il faut savoir » text (vide : rien) : pourquoi l'évolution manque, ou ce qui a changé
--   non_medicaux_avant « Non médicaux, {annee_avant} » n1 [ETP] : équivalents temps plein de l'année précédente
--   non_medicaux_avant_statut : pourquoi ils sont vides, ou partiels
--   non_medicaux « Non médicaux, {annee} » n1 [ETP] : équivalents temps plein de l'année
--   non_medicaux_statut : pourquoi ils sont vides, ou partiels
--   non_medicaux_evolution « Non médicaux, évolution » signed1 [part] (vide : nd) : évolution, rapportée à l'année précédente
--   non_medicaux_motif « Non médicaux : ce qu'il faut savoir » text (vide : rien) : pourquoi l'évolution manque, ou ce qui a changé
--   annee_avant [année] : année précédente
WITH longues AS (
    SELECT
        annee, niveau, code, variable, valeur_precedente, statut_precedent, valeur, statut, evolution_relative, motif
    FROM atlas.evolutions_hospitalieres
    WHERE annee = (SELECT annee FROM vues.annees_retenues WHERE objet = 'atlas.hospitaliers')
        AND (niveau, code) IN (SELECT (niveau, code) FROM vues.territoires)
    UNION ALL
    SELECT
        annee, niveau, code, variable, valeur_precedente, statut_precedent, valeur, statut, evolution_relative, motif
    FROM fiches.evolutions
    WHERE annee = (SELECT annee FROM vues.annees_retenues WHERE objet = 'fiches.etablissements')
),
larges AS (
    SELECT
        niveau, code, annee, annee - 1 AS annee_avant,
        max(valeur_precedente) FILTER (variable = 'ETPSAL_TOT') AS medecins_avant,
        max(statut_precedent) FILTER (variable = 'ETPSAL_TOT') AS medecins_avant_statut,
        max(valeur) FILTER (variable = 'ETPSAL_TOT') AS medecins,
        max(statut) FILTER (variable = 'ETPSAL_TOT') AS medecins_statut,
        max(evolution_relative) FILTER (variable = 'ETPSAL_TOT') AS medecins_evolution,
        max(motif) FILTER (variable = 'ETPSAL_TOT') AS medecins_motif,
        max(valeur_precedente) FILTER (variable = 'ETP_TOT_PNM') AS non_medicaux_avant,
        max(statut_precedent) FILTER (variable = 'ETP_TOT_PNM') AS non_medicaux_avant_statut,
        max(valeur) FILTER (variable = 'ETP_TOT_PNM') AS non_medicaux,
        max(statut) FILTER (variable = 'ETP_TOT_PNM') AS non_medicaux_statut,
        max(evolution_relative) FILTER (variable = 'ETP_TOT_PNM') AS non_medicaux_evolution,
        max(motif) FILTER (variable = 'ETP_TOT_PNM') AS non_medicaux_motif
    FROM longues
    WHERE variable IN ('ETPSAL_TOT', 'ETP_TOT_PNM')
    GROUP BY niveau, code, annee
)
SELECT
    l.niveau, n.libelle AS niveau_libelle, coalesce(e.raison_sociale, t.libelle, l.code) AS libelle, l.code, l.annee,
    l.annee_avant,
    l.medecins_avant,
    CASE WHEN l.medecins_avant IS NULL THEN 'nd' ELSE l.medecins_avant_statut END AS medecins_avant_statut,
    l.medecins, CASE WHEN l.medecins IS NULL THEN 'nd' ELSE l.medecins_statut END AS medecins_statut,
    l.medecins_evolution, replace(l.medecins_motif, '''', '’') AS medecins_motif,
    l.non_medicaux_avant,
    CASE WHEN l.non_medicaux_avant IS NULL THEN 'nd' ELSE l.non_medicaux_avant_statut END AS non_medicaux_avant_statut,
    l.non_medicaux, CASE WHEN l.non_medicaux IS NULL THEN 'nd' ELSE l.non_medicaux_statut END AS non_medicaux_statut,
    l.non_medicaux_evolution,
    replace(l.non_medicaux_motif, '''', '’') AS non_medicaux_motif, 'sae' AS source
FROM larges AS l
JOIN reference.niveaux AS n USING (niveau)
LEFT JOIN reference.territoires AS t USING (niveau, code)
LEFT JOIN vues.etablissements AS e ON l.niveau = 'es' AND e.finess = l.code
ORDER BY n.ordre, libelle, l.code
