-- Entrants, présents et diplômés des instituts de formation de la région, toutes voies, rentrée {annee}.
-- Grain : diplome
-- Source : atlas.formations_regionales
-- Non reçu : La carte régionale des formations n'a pas été reçue.
-- Colonnes :
--   diplome_libelle « Diplôme » : nom du diplôme
--   places_autorisees « Places autorisées » n0 [places] : places autorisées
--   entrants « Entrants » n0 [personnes] : entrants
--   presents « Présents » n0 [personnes] : présents
--   diplomes « Diplômés » n0 [personnes] : diplômés
--   apprentis « Apprentis » n0 [personnes] : apprentis
SELECT
    coalesce(d.libelle, f.diplome) AS diplome_libelle, f.places_autorisees, f.entrants, f.presents, f.diplomes,
    f.apprentis, f.annee, f.diplome, f.niveau, f.code, f.statut
FROM atlas.formations_regionales AS f
LEFT JOIN reference.diplomes AS d USING (diplome)
WHERE f.niveau = 'region' AND f.code = (SELECT region FROM vues.publication) AND f.entrants IS NOT NULL
    AND f.annee = (SELECT annee FROM vues.annees_retenues WHERE objet = 'atlas.formations_regionales')
ORDER BY f.diplome
