-- Rang de tension de chaque département si l'on pesait autrement.
-- Grain : groupe, niveau, code, variante
-- Source : indicateurs de l'atlas, composés selon reference.tension_variantes
-- Publication : nationale
-- Colonnes :
--   annee : édition de l'atlas
--   millesime : édition de l'atlas
--   revision : version de la composition
--   groupe : groupe de professions
--   variante : autre façon de peser (reference.tension_variantes)
--   score [de 0 à 100] : indice ainsi pesé
--   rang : rang ainsi obtenu, 1 pour le plus tendu
--   rang_indice : rang selon la composition
--   ecart [rangs] : du rang de la composition à celui de la variante
SELECT
    e.edition AS annee, e.edition AS millesime, t.version_poids::INTEGER AS revision, v.groupe,
    'departement' AS niveau, v.code, v.variante, v.score::DECIMAL(9, 4) AS score, v.rang,
    t.rang AS rang_indice, v.rang - t.rang AS ecart
FROM calculs.tension_variantes AS v
JOIN calculs.tension AS t ON t.groupe = v.groupe AND t.code = v.code AND t.situation = 'édition'
CROSS JOIN reference.edition AS e
