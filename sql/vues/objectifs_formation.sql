-- Professionnels à former et places des universités, par profession.
-- Grain : profession
-- Source : atlas.objectifs_formation
-- Non reçu : Ni les objectifs, ni les capacités d'accueil n'ont été reçus.
-- Colonnes :
--   profession_libelle « Profession »
--   periode « Période » : période de l'objectif
--   objectif « Objectif » n0 [personnes] : professionnels à former
--   objectif_statut : pourquoi il est vide, ou partiel
--   capacite_cycle_2 « Places, deuxième cycle » n0 [places] : places de deuxième cycle
--   capacite_cycle_2_statut : pourquoi ce nombre est vide, ou partiel
--   capacite_cumulee « Places cumulées » n0 [places] : places cumulées depuis le début de la période
--   capacite_cumulee_statut : pourquoi ce nombre est vide : une année, ou une case, n'est pas connue
--   valeur « Part de l'objectif » pct0 [part] : places cumulées, rapportées à l'objectif
--   valeur_statut : pourquoi elle est vide
SELECT
    coalesce(p.libelle, o.profession) AS profession_libelle, o.periode_debut || ' à ' || o.periode_fin AS periode,
    o.objectif, CASE WHEN o.objectif IS NULL THEN 'nd' ELSE o.statut END AS objectif_statut,
    o.capacite_cycle_2, CASE WHEN o.capacite_cycle_2 IS NULL THEN 'nd' ELSE o.statut END AS capacite_cycle_2_statut,
    o.capacite_cumulee, CASE WHEN o.capacite_cumulee IS NULL THEN 'nd' ELSE 'calculé' END AS capacite_cumulee_statut,
    o.valeur, CASE WHEN o.valeur IS NULL THEN 'nd' ELSE 'calculé' END AS valeur_statut,
    o.annee, o.profession, o.niveau, o.code, o.statut
FROM atlas.objectifs_formation AS o
LEFT JOIN reference.professions AS p USING (profession)
WHERE o.niveau = 'region' AND o.code = (SELECT region FROM vues.publication)
    AND o.annee = (SELECT annee FROM vues.annees_retenues WHERE objet = 'atlas.objectifs_formation')
ORDER BY o.profession
