-- Indice de tension par groupe de professions et département, de 0 (détendu) à 100 (tendu).
-- Grain : groupe, niveau, code
-- Source : indicateurs de l'atlas, composés selon reference.tension_composition
-- Publication : nationale
-- Note : moyenne pondérée de rangs centiles parmi les 96 départements de métropole ; 50 est le milieu. Rien n'est imputé : sous deux tiers du poids, ou sans une dimension requise, l'indice est vide et `motif` dit pourquoi. L'intervalle de rang couvre mille tirages des poids et de l'erreur des données ensemble (5e à 95e centile), et l'abandon de chaque dimension.
-- Colonnes :
--   annee : édition de l'atlas ; l'année de chaque indicateur est dans atlas.tension_indicateurs
--   millesime : édition de l'atlas
--   revision : version de la composition
--   groupe : groupe de professions
--   libelle : nom du département
--   score_geometrique : indice, moyenne géométrique des dimensions
--   rang : rang parmi les départements classés, 1 pour le plus tendu
--   rang_bas : meilleur rang plausible
--   rang_haut : pire rang plausible
--   territoires_classes : départements classés
--   poids_present : part du poids que portent les dimensions connues
--   motif : pourquoi l'indice est vide
--   version_poids : version de la composition
SELECT
    e.edition AS annee, e.edition AS millesime, t.version_poids::INTEGER AS revision,
    groupe, 'departement' AS niveau, t.code, d.libelle,
    score::DECIMAL(9, 4) AS score, score_geometrique::DECIMAL(9, 4) AS score_geometrique,
    rang, rang_bas, rang_haut, territoires_classes, poids_present::DECIMAL(18, 6) AS poids_present, statut, motif,
    version_poids
FROM calculs.tension AS t
JOIN reference.territoires AS d ON d.niveau = 'departement' AND d.code = t.code
CROSS JOIN reference.edition AS e
WHERE t.situation = 'édition'
