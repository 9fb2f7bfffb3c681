-- Ce que les dimensions de l'indice de tension ont en commun : corrélation de leurs rangs, deux à deux.
-- Grain : groupe, dimension, autre_dimension
-- Source : atlas.tension_correlations
-- Vide : Aucun groupe n'a d'indice.
-- Note : Deux dimensions dont les rangs sont corrélés à plus de {seuil} disent surtout la même chose, et se partagent un poids.
-- Colonnes :
--   groupe_libelle : nom du groupe de professions
--   dimension_libelle « Dimension » : dimension de l'indice
--   autre_libelle « Autre dimension » : autre dimension de l'indice
--   territoires « Départements » n0 : départements qui ont les deux
--   correlation « Corrélation des rangs » signe_n2 [de -1 à 1] : corrélation des rangs
--   meme_bloc « Un seul poids » bool : les deux dimensions se partagent un poids
--   accord « Selon la règle » bool : la composition suit la mesure
--   seuil n1 : corrélation au-delà de laquelle deux dimensions se partagent un poids
SELECT
    g.libelle AS groupe_libelle, coalesce(a.libelle, c.dimension) AS dimension_libelle,
    coalesce(b.libelle, c.autre_dimension) AS autre_libelle, c.territoires, c.correlation, c.meme_bloc, c.accord,
    s.valeur AS seuil, c.groupe, c.dimension, c.autre_dimension
FROM atlas.tension_correlations AS c
JOIN reference.groupes_tension AS g USING (groupe)
JOIN reference.seuils AS s ON s.seuil = 'correlation_bloc'
LEFT JOIN reference.codes AS a ON a.liste = 'dimension' AND a.code = c.dimension
LEFT JOIN reference.codes AS b ON b.liste = 'dimension' AND b.code = c.autre_dimension
WHERE c.indice
ORDER BY g.ordre, c.correlation DESC, c.dimension, c.autre_dimension
