-- Sources anciennes ou absentes : {nombre}.
-- Grain : source, raison
-- Source : reference.millesimes, qualite.avertissements
-- Colonnes :
--   citation « Source » : producteur et titre du jeu de données
--   raison « Réserve » : pourquoi la source est citée ici
--   nombre : sources citées
WITH reserves AS (
    SELECT source, 'millésime ' || millesime || ', plus ancien que d’ordinaire' AS raison
    FROM reference.millesimes
    WHERE reference AND trop_ancien
    UNION ALL
    SELECT source, 'absente de cette édition'
    FROM qualite.avertissements
    WHERE sujet = 'source absente'
)
SELECT s.citation, r.raison, r.source, (count(*) OVER ())::INTEGER AS nombre
FROM reserves AS r
JOIN vues.sources AS s USING (source)
ORDER BY r.source, r.raison
