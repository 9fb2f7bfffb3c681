-- Indicateurs de l'indice de tension : valeur, année, source, rang centile, ou le motif qui les écarte.
-- Grain : groupe, dimension, indicateur, niveau, code
-- Source : marts de l'atlas (DREES, CNAM, France Travail, DARES, zonage)
-- Publication : nationale
-- Colonnes :
--   groupe : groupe de professions
--   dimension : offre, accès, vieillissement, flux, recrutement
--   profession : profession d'où vient la valeur
--   sens : 1 si une valeur haute est de la tension, -1 si c'est une valeur basse
--   numerateur : ce qui est compté ; pour une évolution, l'effectif d'arrivée
--   denominateur : ce à quoi on le rapporte ; pour une évolution, l'effectif de départ
--   duree [années] : années entre les deux effectifs d'une évolution
--   dispersion : combien de fois plus ces nombres bougent que des personnes ou des projets indépendants ; vide où la valeur n'est pas tirée
--   emprunte_a : à qui la valeur est empruntée, là où elle n'est pas propre au groupe ; vide sinon
--   valeur_classee : valeur classée : une part est lissée (k + ½ sur n + 1, après division par la dispersion), pour que 30 projets sur 30 ne vaillent pas 130 sur 130
--   rang_centile : rang parmi les départements de métropole, orienté vers la tension, de 0 à 100
--   motif : pourquoi la valeur n'entre pas dans l'indice
--   rupture : ruptures de série que l'évolution traverse (reference.ruptures) ; vide sinon
SELECT
    i.groupe, i.dimension, i.indicateur, i.niveau, i.code, i.profession, i.annee, i.millesime, i.revision, i.source,
    i.valeur, i.numerateur, i.denominateur, i.duree, i.dispersion, c.emprunte_a, c.sens,
    d.valeur_classee::DECIMAL(18, 6) AS valeur_classee, d.rang_centile::DECIMAL(9, 4) AS rang_centile, i.motif,
    i.rupture
FROM atlas.tension_entrees AS i
JOIN reference.tension_composition AS c USING (groupe, dimension, indicateur)
LEFT JOIN calculs.tension_details AS d USING (groupe, code, dimension, indicateur)
WHERE i.situation = 'édition'
