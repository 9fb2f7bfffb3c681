-- Évolution d'un exercice au suivant des personnels de chaque établissement, entité juridique et GHT.
-- Grain : millesime, niveau, code, variable
-- Source : SAE (DREES), SYGEN ; Q22 pour EFF_INT_recalcule ; appartenance aux GHT
-- Publication : fiche
-- Note : ETP de toutes les lignes, effectifs des totaux. Un total partiel ne se compare pas. EFF_INT n'y est pas, laissé vide en 2022 où un de ses termes l'est : EFF_INT_recalcule le remplace.
-- Colonnes :
--   niveau : es (site), ej ou ght
--   code : numéro FINESS du site ou de l'entité juridique, ou code du GHT
--   valeur_precedente : valeur de l'exercice précédent
--   millesime_precedent [année] : millésime de l'exercice précédent
--   evolution : valeur moins valeur précédente
--   evolution_relative [part] : évolution / valeur précédente ; vide où celle-ci est nulle
--   motif : pourquoi il n'y a pas d'évolution, ou ce qui a changé dans le périmètre
WITH personnels AS (
    SELECT millesime, revision, annee, 'es' AS niveau, finess AS code, variable, mesure, ligne, unite, valeur, statut, NULL AS sites
    FROM fiches.es_personnels
    UNION ALL
    SELECT millesime, revision, annee, 'ej', finess_ej, variable, mesure, ligne, unite, valeur, statut, sites FROM fiches.ej_personnels
    UNION ALL
    SELECT millesime, revision, annee, 'ght', code_ght, variable, mesure, ligne, unite, valeur, statut, sites FROM fiches.ght_personnels
),
suivies AS (
    SELECT * FROM personnels
    WHERE (mesure LIKE 'ETP%' OR ligne = 'total') AND variable <> 'EFF_INT'
)
SELECT
    n.annee, n.millesime, n.revision, n.niveau, n.code, n.variable, n.valeur, n.unite,
    p.valeur AS valeur_precedente, p.millesime AS millesime_precedent,
    CASE WHEN n.statut <> 'partiel' AND p.statut <> 'partiel' THEN n.valeur - p.valeur END::DECIMAL(18, 2) AS evolution,
    CASE WHEN n.statut <> 'partiel' AND p.statut <> 'partiel'
        THEN (n.valeur - p.valeur) / nullif(p.valeur, 0)
    END::DECIMAL(18, 6) AS evolution_relative,
    CASE
        WHEN n.statut = 'partiel' OR p.statut = 'partiel' THEN 'total partiel'
        WHEN n.valeur IS NULL OR p.valeur IS NULL THEN 'donnée manquante'
        WHEN n.sites <> p.sites THEN 'périmètre changé : ' || n.sites || ' sites, contre ' || p.sites
    END AS motif
FROM suivies AS n
JOIN suivies AS p ON p.annee = n.annee - 1 AND p.niveau = n.niveau AND p.code = n.code AND p.variable = n.variable
