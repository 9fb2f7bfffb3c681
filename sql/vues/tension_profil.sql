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
--   par_specialite : une spécialité au moins en a une
WITH connues AS (
    SELECT
        dimension, count(DISTINCT profession) FILTER (nature = 'profession') AS professions,
        count(DISTINCT profession) FILTER (nature = 'spécialité') AS specialites
    FROM vues.tension_cases
    WHERE valeur IS NOT NULL AND niveau <> 'france'
    GROUP BY dimension
)
SELECT
    p.dimension, coalesce(c.libelle, p.dimension) AS dimension_libelle,
    string_agg(i.libelle_court, ' ; ' ORDER BY p.ordre) AS mesures, min(p.ordre) AS ordre,
    coalesce(max(n.professions), 0) AS professions, coalesce(max(n.specialites), 0) > 0 AS par_specialite
FROM reference.tension_profil AS p
LEFT JOIN reference.indicateurs AS i USING (indicateur)
LEFT JOIN reference.codes AS c ON c.liste = 'dimension' AND c.code = p.dimension
LEFT JOIN connues AS n ON n.dimension = p.dimension
WHERE p.sens IS NOT NULL
GROUP BY p.dimension, c.libelle
ORDER BY min(p.ordre)
