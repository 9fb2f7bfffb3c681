-- Ressources humaines par groupement hospitalier de territoire et par département, {annee}.
-- Grain : niveau, code
-- Source : atlas.ressources_humaines, fiches.ght_membres
-- Vide : Aucun établissement n'a répondu.
-- Note : « s » : un nombre si petit, ou si dépendant d'un seul établissement, qu'il dirait ce que celui-ci a répondu. Ce qu'un établissement déclare seul n'est pas publié.
-- Colonnes :
--   lieu « Groupement ou département » : groupement ou département
--   taux_vacance « Postes vacants » pct1 [part] : part des postes budgétés qui sont vacants
--   taux_vacance_statut : pourquoi elle est vide
--   taux_rotation « Rotation » pct1 [part] : rotation
--   taux_rotation_statut : pourquoi elle est vide
--   taux_absence « Absences » pct1 [part] : part des jours théoriques
--   taux_absence_statut : pourquoi elle est vide
--   part_contractuels « Contractuels » pct1 [part] : part des contractuels
--   part_contractuels_statut : pourquoi elle est vide
--   part_interim « Intérim » pct1 [part] : part de l'intérim
--   part_interim_statut : pourquoi elle est vide
--   reponses « Réponses » : établissements qui ont répondu, parmi ceux qui étaient interrogés
WITH derniere AS (
    SELECT r.*
    FROM atlas.ressources_humaines AS r
    JOIN reference.blocs AS b ON b.bloc = 'ressources_humaines.territoires' AND b.code = r.indicateur
    WHERE r.annee = (SELECT annee FROM vues.annees_retenues WHERE objet = 'atlas.ressources_humaines')
        AND r.niveau IN ('ght', 'departement') AND r.categorie = 'ensemble'
),
noms AS (
    SELECT code_ght, max(nom_ght) AS nom FROM fiches.ght_membres GROUP BY code_ght
)
SELECT
    coalesce(CASE WHEN d.niveau = 'ght' THEN n.nom ELSE t.libelle END, d.code) AS lieu,
    max(d.valeur) FILTER (d.indicateur = 'taux_vacance') AS taux_vacance,
    max(d.statut) FILTER (d.indicateur = 'taux_vacance') AS taux_vacance_statut,
    max(d.valeur) FILTER (d.indicateur = 'taux_rotation') AS taux_rotation,
    max(d.statut) FILTER (d.indicateur = 'taux_rotation') AS taux_rotation_statut,
    max(d.valeur) FILTER (d.indicateur = 'taux_absence') AS taux_absence,
    max(d.statut) FILTER (d.indicateur = 'taux_absence') AS taux_absence_statut,
    max(d.valeur) FILTER (d.indicateur = 'part_contractuels') AS part_contractuels,
    max(d.statut) FILTER (d.indicateur = 'part_contractuels') AS part_contractuels_statut,
    max(d.valeur) FILTER (d.indicateur = 'part_interim') AS part_interim,
    max(d.statut) FILTER (d.indicateur = 'part_interim') AS part_interim_statut,
    arg_max(d.repondants || ' sur ' || d.attendus, d.indicateur) AS reponses,
    max(d.annee) AS annee, d.niveau, d.code, 'enquete_rh' AS source
FROM derniere AS d
LEFT JOIN noms AS n ON d.niveau = 'ght' AND n.code_ght = d.code
LEFT JOIN reference.territoires AS t ON t.niveau = d.niveau AND t.code = d.code
GROUP BY d.niveau, d.code, n.nom, t.libelle
ORDER BY d.niveau, d.code
