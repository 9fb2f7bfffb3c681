-- Pourquoi ce score : ce que chaque dimension ajoute à 50, le milieu des départements classés, ou lui retire.
-- Grain : groupe, niveau, code, dimension
-- Source : atlas.tension_dimensions, vues.tension
-- Colonnes :
--   groupe_libelle : nom du groupe de professions
--   dimension_libelle « Dimension » : dimension de l'indice
--   score_dimension « Rang centile moyen (0 à 100) » n1 [de 0 à 100] : moyenne des rangs centiles des indicateurs de la dimension
--   poids « Poids » pct1 [part] : poids de la dimension, parmi celles qui sont connues
--   contribution « Apport à l'indice (points) » signe_n1 [points] : ce que la dimension ajoute à 50
--   score [de 0 à 100] : indice
--   rang : rang, 1 pour le plus tendu
--   rang_bas : meilleur rang plausible
--   rang_haut : pire rang plausible
--   territoires_classes : départements classés
SELECT
    i.territoire, i.niveau, i.code, i.territoire_libelle, i.groupe, i.groupe_libelle, d.dimension,
    coalesce(c.libelle, d.dimension) AS dimension_libelle, d.score AS score_dimension, d.poids, d.contribution,
    i.score, i.rang, i.rang_bas, i.rang_haut, i.territoires_classes
FROM vues.tension AS i
JOIN atlas.tension_dimensions AS d USING (groupe, niveau, code)
LEFT JOIN reference.codes AS c ON c.liste = 'dimension' AND c.code = d.dimension
WHERE i.score IS NOT NULL
ORDER BY i.groupe, i.code, d.contribution DESC, d.dimension
