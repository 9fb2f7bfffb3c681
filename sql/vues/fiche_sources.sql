-- Sources des fiches : producteur, millésime, période décrite.
-- Grain : source, millesime
-- Source : reference.millesimes, reference.sources, reference.blocs
-- Publication : interne
-- Colonnes :
--   titre « Jeu de données »
--   producteur « Producteur »
--   millesime_libelle « Millésime » : millésime, et sa révision s'il a été révisé
--   periode « Période décrite »
SELECT
    m.source, m.millesime, s.titre, s.producteur,
    m.millesime || CASE WHEN m.revision > 1 THEN ', révision ' || m.revision ELSE '' END AS millesime_libelle, m.periode
FROM reference.millesimes AS m
JOIN reference.sources AS s USING (source)
JOIN reference.blocs AS b ON b.bloc = 'fiche.sources' AND b.code = m.source
WHERE m.reference AND m.statut = 'accepté'
    -- A campaign whose answers aren't published is no source of the sheets.
    AND (m.source <> 'enquete_rh' OR EXISTS (FROM vues.fiche_ressources_humaines))
ORDER BY b.ordre
