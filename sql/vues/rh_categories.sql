-- Postes vacants, rotation et contractuels par catégorie de personnel, {annee}.
-- Grain : categorie
-- Source : atlas.ressources_humaines, reference.questions
-- Note : « s » : un nombre si petit, ou si dépendant d'un seul établissement, qu'il dirait ce que celui-ci a répondu. Ce qu'un établissement déclare seul n'est pas publié.
-- Colonnes :
--   categorie_libelle « Catégorie » : catégorie de personnel
--   taux_vacance « Postes vacants » pct1 [part] : part des postes budgétés qui sont vacants
--   taux_vacance_statut : pourquoi elle est vide
--   taux_rotation « Rotation » pct1 [part] : rotation
--   taux_rotation_statut : pourquoi elle est vide
--   part_contractuels « Contractuels » pct1 [part] : part des contractuels
--   part_contractuels_statut : pourquoi elle est vide
--   valeur pct1 [part] : part des postes vacants, dans la figure
WITH derniere AS (
    SELECT *
    FROM atlas.ressources_humaines
    WHERE annee = (SELECT annee FROM vues.annees_retenues WHERE objet = 'atlas.ressources_humaines')
        AND niveau = 'region' AND code = (SELECT region FROM vues.publication)
),
categories AS (
    SELECT modalite, max(modalite_libelle) AS libelle
    FROM reference.questions
    WHERE enquete = 'enquete_rh'
    GROUP BY modalite
)
SELECT
    coalesce(c.libelle, d.categorie) AS categorie_libelle,
    max(d.valeur) FILTER (d.indicateur = 'taux_vacance') AS taux_vacance,
    max(d.statut) FILTER (d.indicateur = 'taux_vacance') AS taux_vacance_statut,
    max(d.valeur) FILTER (d.indicateur = 'taux_rotation') AS taux_rotation,
    max(d.statut) FILTER (d.indicateur = 'taux_rotation') AS taux_rotation_statut,
    max(d.valeur) FILTER (d.indicateur = 'part_contractuels') AS part_contractuels,
    max(d.statut) FILTER (d.indicateur = 'part_contractuels') AS part_contractuels_statut,
    taux_vacance AS valeur, max(d.annee) AS annee, d.categorie, 'enquete_rh' AS source
FROM derniere AS d
LEFT JOIN categories AS c ON c.modalite = d.categorie
WHERE d.indicateur IN ('taux_vacance', 'taux_rotation', 'part_contractuels')
GROUP BY d.categorie, c.libelle
ORDER BY d.categorie = 'ensemble', categorie_libelle
