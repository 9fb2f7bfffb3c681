-- Millésimes que le verrou de l'édition épingle, et ceux qu'il a vus refusés.
-- Grain : source, millesime, revision
-- Source : verrou de l'édition
-- Publication : nationale
-- Colonnes :
--   reference : millésime de référence de la source pour l'édition
--   statut : accepté ou refusé
--   periode : période ou date décrite
--   age [années] : écart entre le millésime et l'édition
--   trop_ancien : le millésime de référence est plus vieux que la source ne l'admet
--   fichiers : fichiers de l'extrait
--   sha256 : empreinte de chaque fichier, dans l'ordre
--   lignes : lignes retenues
--   lignes_ecartees : lignes mises en quarantaine
--   motif : raison du refus
--   fictif : extrait fictif
SELECT
    m.source, m.millesime, m.revision, m.reference, m.statut, m.periode,
    m.date_reference::DATE AS date_reference,
    e.edition - m.millesime AS age,
    m.reference AND e.edition - m.millesime > s.age_max AS trop_ancien,
    m.fichiers, m.sha256, m.lignes, m.lignes_ecartees, m.motif, e.fictif
FROM staging.millesimes AS m
JOIN staging.sources AS s USING (source)
CROSS JOIN staging.edition AS e
