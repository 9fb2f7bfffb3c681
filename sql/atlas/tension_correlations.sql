-- Corrélations entre les dimensions de l'indice de tension, et si la composition leur fait partager un poids.
-- Grain : groupe, dimension, autre_dimension
-- Source : indicateurs de l'atlas, dimensions de l'indice
-- Publication : nationale
-- Note : corrélation des rangs (Spearman) entre les scores de deux dimensions, sur les départements de métropole qui ont les deux ; vide sous dix. Au-delà du seuil (reference.seuils, correlation_bloc), deux dimensions doivent partager un poids : `accord` dit si la composition le fait.
-- Colonnes :
--   annee : édition de l'atlas
--   millesime : édition de l'atlas
--   revision : version de la composition
--   niveau : france ; la corrélation est celle des départements de métropole
--   groupe : groupe de professions
--   dimension : offre, accès, vieillissement, flux, recrutement
--   autre_dimension : l'autre dimension
--   territoires [départements] : départements qui ont les deux
--   correlation : corrélation des rangs, de -1 à 1
--   meme_bloc : les deux dimensions partagent un poids
--   indice : le groupe a un indice, et la règle des blocs s'y applique
--   accord : la composition suit la mesure : même bloc si et seulement si la corrélation dépasse le seuil
WITH blocs AS (
    SELECT DISTINCT groupe, dimension, bloc FROM reference.tension_composition
),
indices AS (
    SELECT groupe, count(score) > 0 AS indice FROM calculs.tension WHERE situation = 'édition' GROUP BY groupe
)
SELECT
    e.edition AS annee, e.edition AS millesime,
    (SELECT max(version_poids)::INTEGER FROM reference.tension_composition) AS revision,
    'france' AS niveau, 'F' AS code, c.groupe, c.dimension, c.autre_dimension, c.territoires,
    c.correlation::DECIMAL(9, 4) AS correlation, a.bloc = b.bloc AS meme_bloc, i.indice,
    (c.correlation > s.valeur) = (a.bloc = b.bloc) AS accord
FROM calculs.tension_correlations AS c
JOIN blocs AS a ON a.groupe = c.groupe AND a.dimension = c.dimension
JOIN blocs AS b ON b.groupe = c.groupe AND b.dimension = c.autre_dimension
JOIN indices AS i ON i.groupe = c.groupe
JOIN reference.seuils AS s ON s.seuil = 'correlation_bloc'
CROSS JOIN reference.edition AS e
