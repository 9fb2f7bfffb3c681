-- Millésimes de l'édition, avec leur source : période décrite, lignes lues et écartées, licence, limites.
-- Grain : source, millesime, revision
-- Source : reference.millesimes, reference.sources
-- Colonnes :
--   source « Source »
--   titre « Jeu de données »
--   producteur « Producteur »
--   millesime_libelle « Millésime » : millésime, sa révision, et s'il est celui de référence
--   periode « Période décrite » text (vide : rien)
--   licence « Licence »
--   lignes « Lignes » n0 (vide : rien)
--   limites « Limites »
SELECT
    m.source, s.titre, s.producteur,
    m.millesime || CASE WHEN m.revision > 1 THEN ', révision ' || m.revision ELSE '' END
        || CASE WHEN m.reference THEN ' (référence)' ELSE '' END
        || CASE WHEN m.statut <> 'accepté' THEN ', ' || m.statut ELSE '' END AS millesime_libelle,
    m.* EXCLUDE (source), s.licence, s.adresse, s.limites
FROM reference.millesimes AS m
JOIN reference.sources AS s USING (source)
ORDER BY m.source, m.millesime, m.revision
