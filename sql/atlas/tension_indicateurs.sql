-- Indicateurs de l'indice de tension : valeur, année, source, rang centile, ou le motif qui les écarte.
-- Grain : groupe, dimension, indicateur, niveau, code
-- Source : marts de l'atlas (DREES, CNAM, France Travail, DARES, zonage)
-- Publication : territoire
-- Colonnes :
--   groupe : groupe de professions
--   dimension : offre, accès, vieillissement, flux, recrutement
--   profession : profession d'où vient la valeur
--   sens : 1 si une valeur haute est de la tension, -1 si c'est une valeur basse
--   rang_centile : rang parmi les départements de métropole, orienté vers la tension, de 0 à 100
--   motif : pourquoi la valeur n'entre pas dans l'indice
--   rupture : ruptures de série que l'évolution traverse (reference.ruptures) ; vide sinon
SELECT
    i.groupe, i.dimension, i.indicateur, i.niveau, i.code, i.profession, i.annee, i.millesime, i.revision, i.source,
    i.valeur, c.sens, d.rang_centile::DECIMAL(9, 4) AS rang_centile, i.motif, i.rupture
FROM atlas.tension_entrees AS i
JOIN reference.tension_composition AS c USING (groupe, dimension, indicateur)
LEFT JOIN calculs.tension_details AS d USING (groupe, code, dimension, indicateur)
WHERE i.situation = 'édition'
