-- Ce que chaque facteur explique des dimensions de l'indice de tension.
-- Grain : groupe, facteur
-- Source : indicateurs de l'atlas, dimensions de l'indice
-- Publication : nationale
-- Note : composantes principales des corrélations de rangs entre dimensions, sur les départements de métropole qui les ont toutes. Si un facteur explique presque tout, l'indice ne mesure qu'une chose.
-- Colonnes :
--   annee : édition de l'atlas
--   millesime : édition de l'atlas
--   revision : version de la composition
--   niveau : france ; les facteurs sont ceux des départements de métropole
--   groupe : groupe de professions
--   facteur : rang du facteur, 1 pour celui qui explique le plus
--   part [part, de 0 à 1] : part de la variance des dimensions
--   cumul [part, de 0 à 1] : la même, avec les facteurs qui précèdent
--   territoires [départements] : départements qui ont toutes les dimensions
SELECT
    e.edition AS annee, e.edition AS millesime,
    (SELECT max(version_poids)::INTEGER FROM reference.tension_composition) AS revision,
    'france' AS niveau, 'F' AS code, groupe, facteur,
    part::DECIMAL(18, 4) AS part, (sum(part) OVER (PARTITION BY groupe ORDER BY facteur))::DECIMAL(18, 4) AS cumul,
    territoires
FROM calculs.tension_facteurs, reference.edition AS e
