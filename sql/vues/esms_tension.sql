-- Tension, par dimension, des professions que les établissements sociaux et médico-sociaux de chaque public emploient, dans chaque département.
-- Grain : public, profession, dimension, niveau, code
-- Source : vues.tension_cases, reference.publics_professions
-- Publication : interne
-- Note : Tous les employeurs du département. Entre parenthèses, le rang parmi les départements de métropole : 1ᵉʳ, le plus tendu. Ce qui manque, et pourquoi, est à la page de chaque profession.
-- Vide : Aucune mesure de la tension de ces professions n'est connue dans le département.
-- Colonnes :
--   public : public accueilli (reference.publics_esms)
--   profession_libelle « Profession »
--   dimension_libelle « Dimension » : ce que la mesure dit de la tension
--   valeur « Valeur » selon : valeur de la mesure
--   valeur_detail text : rang, en ordinal
--   valeur_statut : pourquoi elle est vide
--   format : comment la valeur s'écrit
--   territoire : département, tel que dans l'adresse de sa page
WITH dimensions AS (
    SELECT dimension, min(ordre) AS rang FROM reference.tension_profil GROUP BY dimension
),
cases AS (
    SELECT
        p.public, c.profession_libelle, c.dimension_libelle, c.valeur, c.valeur_detail, c.valeur_statut, c.format,
        c.profession, c.dimension, c.territoire, c.niveau, c.code, c.annee, c.sources, p.ordre, d.rang,
        -- A column, or a line, of which nothing is known tells nothing.
        bool_or(c.valeur IS NOT NULL) OVER (PARTITION BY p.public, c.dimension, c.code) AS dimension_connue,
        bool_or(c.valeur IS NOT NULL) OVER (PARTITION BY p.public, c.profession, c.code) AS profession_connue
    FROM vues.tension_cases AS c
    JOIN reference.publics_professions AS p USING (profession)
    JOIN dimensions AS d USING (dimension)
    WHERE c.niveau = 'departement'
)
SELECT * EXCLUDE (dimension_connue, profession_connue, rang)
FROM cases
WHERE dimension_connue AND profession_connue
ORDER BY public, code, ordre, rang
