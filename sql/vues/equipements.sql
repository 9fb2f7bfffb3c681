-- Équipements de santé et de petite enfance par territoire, {annee}.
-- Grain : equipement, niveau, code
-- Source : atlas.equipements, reference.equipements
-- Non reçu : La base permanente des équipements n'a pas été reçue de l'Insee.
-- Note : Les professionnels sont les libéraux, comptés au lieu de chaque cabinet. Un habitant dont la commune n'en a aucun peut en avoir un tout près, dans la commune voisine.
-- Colonnes :
--   equipement_libelle « Équipement » : nom du type d'équipement
--   territoire_libelle « Territoire »
--   nombre « Nombre » n0 [équipements] : équipements
--   nombre_statut : pourquoi il est vide, ou partiel
--   densite « Pour 10 000 habitants » n1 [pour 10 000 habitants] : équipements pour 10 000 habitants
--   densite_statut : pourquoi elle est vide, ou partielle
--   communes_equipees « Communes équipées » n0 [communes] : communes qui en ont au moins un
--   part_sans « Habitants sans équipement dans leur commune » pct1 [part] : part des habitants dont la commune n'en a aucun
--   part_sans_statut : pourquoi elle est vide, ou partielle
SELECT
    e.libelle AS equipement_libelle, t.territoire_libelle, s.nombre, s.densite, s.communes_equipees, s.part_sans,
    s.annee, s.equipement, t.territoire, s.niveau, s.code,
    s.nombre_statut, s.statut AS densite_statut, s.statut AS part_sans_statut,
    'insee_bpe insee_population_communes' AS sources
FROM atlas.equipements AS s
JOIN vues.annees_retenues AS a ON a.objet = 'atlas.equipements' AND a.annee = s.annee
JOIN vues.territoires AS t USING (niveau, code)
JOIN reference.equipements AS e USING (equipement)
ORDER BY e.ordre, t.rang, s.code
