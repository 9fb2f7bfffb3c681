-- Professionnels à former et places des universités, par profession.
-- Grain : profession
-- Source : atlas.objectifs_formation
-- Non reçu : Ni les objectifs, ni les capacités d'accueil n'ont été reçus.
-- Colonnes :
--   profession_libelle « Profession »
--   periode « Période » : période de l'objectif
--   objectif « Objectif » n0 [personnes] : professionnels à former
--   capacite_cycle_2 « Places, deuxième cycle » n0 [places] : places de deuxième cycle
--   capacite_cumulee « Places cumulées » n0 [places] : places cumulées depuis le début de la période
--   valeur « Part de l'objectif » pct0 [part] : places cumulées, rapportées à l'objectif
SELECT
    coalesce(p.libelle, o.profession) AS profession_libelle, o.periode_debut || ' à ' || o.periode_fin AS periode,
    o.objectif, o.capacite_cycle_2, o.capacite_cumulee, o.valeur, o.annee, o.profession, o.niveau, o.code, o.statut
FROM atlas.objectifs_formation AS o
LEFT JOIN reference.professions AS p USING (profession)
WHERE o.niveau = 'region' AND o.code = (SELECT region FROM vues.publication)
    AND o.annee = (SELECT annee FROM vues.annees_retenues WHERE objet = 'atlas.objectifs_formation')
ORDER BY o.profession
