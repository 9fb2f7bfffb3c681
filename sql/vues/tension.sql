-- Indice de tension par groupe de professions et par département : son rang, ses rangs plausibles, et pourquoi il manque.
-- Grain : groupe, niveau, code
-- Source : atlas.tension
-- Note : Rang 1 : le plus tendu de France métropolitaine, où les départements sont classés. Les rangs plausibles tiennent compte des poids et de l'erreur des données : deux départements dont ils se recouvrent ne se distinguent pas. [Comment l'indice est composé](pages/tension.html).
-- Vide : L'indice n'existe pas pour ce territoire.
-- Colonnes :
--   groupe_libelle « Groupe » : nom du groupe de professions
--   territoire_libelle « Département »
--   score « Indice (0 à 100) » n0 [de 0 à 100] : indice ; 50 au milieu des départements classés
--   score_geometrique « Indice, moyenne géométrique » n0 [de 0 à 100] : le même, par moyenne géométrique
--   rang « Rang » n0 (vide : sans objet) : rang, 1 pour le plus tendu
--   rang_bas « Rangs plausibles » entre_n0 (vide : sans objet) : meilleur rang plausible
--   rang_haut : pire rang plausible
--   motif « Pourquoi il manque » text (vide : rien) : pourquoi il n'y a pas d'indice
--   territoires_classes : départements classés
SELECT
    t.territoire, i.niveau, i.code, t.territoire_libelle, i.groupe, g.libelle AS groupe_libelle,
    i.score, i.score_geometrique, i.rang, i.rang_bas, i.rang_haut, i.territoires_classes, i.motif, i.statut,
    t.adresse AS lien
FROM atlas.tension AS i
JOIN vues.territoires AS t USING (niveau, code)
JOIN reference.groupes_tension AS g USING (groupe)
WHERE i.niveau = 'departement'
ORDER BY t.code, i.score IS NULL, i.score DESC, i.groupe
