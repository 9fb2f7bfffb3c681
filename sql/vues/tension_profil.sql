-- Dimensions du tableau des tensions, et leurs mesures, dans l'ordre où elles sont montrées.
-- Grain : dimension
-- Source : reference.tension_profil, vues.tension_cases
-- Publication : interne
-- Colonnes :
--   dimension : dimension de la tension (reference.tension_profil)
--   ordre : rang dans les tableaux
--   dimension_libelle : nom de la dimension
--   mesures : ses mesures, la première connue étant montrée
--   professions n0 : professions qui en ont une dans la région ou un département
SELECT
    p.dimension, coalesce(c.libelle, p.dimension) AS dimension_libelle,
    string_agg(i.libelle_court, ' ; ' ORDER BY p.ordre) AS mesures, min(p.ordre) AS ordre,
    (
        SELECT count(DISTINCT v.profession) FROM vues.tension_cases AS v
        WHERE v.dimension = p.dimension AND v.valeur IS NOT NULL AND v.niveau <> 'france'
    ) AS professions
FROM reference.tension_profil AS p
LEFT JOIN reference.indicateurs AS i USING (indicateur)
LEFT JOIN reference.codes AS c ON c.liste = 'dimension' AND c.code = p.dimension
WHERE p.sens IS NOT NULL
GROUP BY p.dimension, c.libelle
ORDER BY min(p.ordre)
