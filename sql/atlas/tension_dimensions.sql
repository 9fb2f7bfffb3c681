-- Dimensions de l'indice de tension : score, poids et contribution, pour lire d'où vient un indice.
-- Grain : groupe, niveau, code, dimension
-- Source : indicateurs de l'atlas
-- Publication : nationale
-- Note : la somme des contributions est l'écart de l'indice à 50. Les dimensions d'un groupe sans indice restent lisibles.
-- Colonnes :
--   annee : édition de l'atlas ; l'année de chaque indicateur est dans atlas.tension_indicateurs
--   millesime : édition de l'atlas
--   revision : version de la composition
--   groupe : groupe de professions
--   dimension : offre, accès, vieillissement, flux, recrutement
--   poids : part du poids de la dimension parmi celles qui sont connues
--   contribution : poids multiplié par l'écart du score à 50
SELECT
    e.edition AS annee, e.edition AS millesime,
    (SELECT max(version_poids)::INTEGER FROM reference.tension_composition) AS revision,
    groupe, 'departement' AS niveau, code, dimension,
    score::DECIMAL(9, 4) AS score, poids::DECIMAL(18, 6) AS poids, contribution::DECIMAL(9, 4) AS contribution
FROM calculs.tension_dimensions, reference.edition AS e
