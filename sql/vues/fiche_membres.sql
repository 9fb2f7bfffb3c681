-- Membres de chaque GHT côte à côte : personnels des sites publics de chaque entité juridique, et sa part du total.
-- Grain : niveau, code, membre, variable
-- Source : fiches.ght_membres, fiches.es_personnels, vues.fiche_personnels, reference.blocs
-- Note : Entre parenthèses, part du total du groupement ; chaque membre y compte ses sites publics.[[ N'y entrent pas, de statut privé : {exclus}.]][[ Membres plus petits, non détaillés : {non_detailles}.]]
-- Colonnes :
--   niveau : ght
--   code : code du GHT
--   membre : numéro FINESS de l'entité juridique ; « ensemble » pour le groupement
--   membre_libelle « Membre » : raison sociale de l'entité juridique
--   variable_libelle « Personnels » : personnels comptés, et l'unité
--   valeur « Valeur » selon : valeur
--   valeur_statut : pourquoi elle est vide, ou partielle
--   valeur_format : comment elle s'écrit
--   valeur_detail pct0 [part] : part du total du groupement ; vide où l'un des deux manque
--   exclus : sites de statut privé, qui n'entrent pas dans le total
--   non_detailles n0 [entités juridiques] : membres que la fiche ne montre pas ; vide si elle les montre tous
WITH membres AS (
    SELECT m.*
    FROM fiches.ght_membres AS m
    JOIN vues.annees_retenues AS a ON a.objet = 'fiches.etablissements' AND a.millesime = m.millesime
),
exclus AS (
    SELECT code_ght, string_agg(raison_sociale, ', ' ORDER BY finess_ej, finess) FILTER (NOT retenu) AS exclus
    FROM membres
    GROUP BY code_ght
),
-- What a member brings to its group: an entity may have private sites, which the group doesn't count.
apports AS (
    SELECT
        m.code_ght, m.finess_ej, p.variable, sum(p.valeur) AS valeur,
        CASE
            WHEN count(p.valeur) = 0 THEN min(p.statut)
            WHEN count(p.valeur) < count(*) OR bool_or(p.statut = 'partiel') THEN 'partiel'
            ELSE 'calculé'
        END AS statut
    FROM membres AS m
    JOIN fiches.es_personnels AS p USING (millesime, finess)
    WHERE m.retenu
    GROUP BY m.code_ght, m.finess_ej, p.variable
),
entites AS (
    SELECT
        m.code_ght, m.finess_ej,
        coalesce(min(j.raison_sociale), arg_min(m.raison_sociale, m.finess)) AS libelle,
        row_number() OVER (PARTITION BY m.code_ght ORDER BY coalesce(min(p.valeur), 0) DESC, m.finess_ej) AS rang,
        count(*) OVER (PARTITION BY m.code_ght) AS entites
    FROM membres AS m
    LEFT JOIN core.entites_juridiques AS j USING (millesime, finess_ej)
    LEFT JOIN apports AS p
        ON p.code_ght = m.code_ght AND p.finess_ej = m.finess_ej AND p.variable = 'ETP_TOT_PNM'
    GROUP BY m.code_ght, m.finess_ej
),
-- The smallest are only counted.
lignes AS (
    SELECT code_ght, finess_ej AS membre, libelle, 'détail' AS ligne, rang
    FROM entites
    WHERE rang <= (SELECT valeur FROM reference.seuils WHERE seuil = 'lignes_fiche')
    UNION ALL
    SELECT DISTINCT code_ght, 'ensemble', 'Groupement', 'total', NULL FROM entites
),
comptes AS (
    SELECT code_ght, finess_ej AS membre, variable, valeur, statut FROM apports
    UNION ALL
    SELECT code, 'ensemble', variable, valeur, statut FROM vues.fiche_personnels WHERE niveau = 'ght'
),
restes AS (
    SELECT DISTINCT e.code_ght, nullif(greatest(e.entites - l.valeur, 0), 0)::INTEGER AS non_detailles
    FROM entites AS e
    JOIN reference.seuils AS l ON l.seuil = 'lignes_fiche'
)
SELECT
    f.niveau, f.code, l.membre, l.libelle AS membre_libelle, l.ligne, v.variable,
    v.libelle_court || CASE v.unite WHEN 'ETP' THEN ' (ETP)' ELSE '' END AS variable_libelle,
    p.valeur, p.statut AS valeur_statut, 'n' || u.decimales AS valeur_format,
    CASE WHEN l.ligne <> 'total' THEN p.valeur / nullif(g.valeur, 0) END::DECIMAL(18, 9) AS valeur_detail,
    e.exclus, r.non_detailles
FROM vues.fiche_identites AS f
JOIN lignes AS l ON l.code_ght = f.code
JOIN exclus AS e ON e.code_ght = f.code
JOIN restes AS r ON r.code_ght = f.code
JOIN reference.blocs AS b ON b.bloc = 'fiche.membres'
JOIN reference.variables_sae AS v ON v.variable = b.code
JOIN reference.unites AS u USING (unite)
LEFT JOIN comptes AS p ON p.code_ght = l.code_ght AND p.membre = l.membre AND p.variable = b.code
LEFT JOIN vues.fiche_personnels AS g ON g.niveau = 'ght' AND g.code = f.code AND g.variable = b.code
WHERE f.niveau = 'ght'
ORDER BY f.code, l.rang NULLS LAST, b.ordre
