-- Sites que compte chaque fiche : le site lui-même, les sites d'une entité juridique, les sites publics d'un GHT.
-- Grain : niveau, code, finess
-- Source : fiches.etablissements, fiches.ght_membres
-- Publication : interne
-- Colonnes :
--   niveau : es (site), ej ou ght
--   code : numéro FINESS du site ou de l'entité juridique, ou code du GHT
WITH sites AS (
    SELECT millesime, finess, finess_ej, departement
    FROM fiches.etablissements
    WHERE millesime = (SELECT millesime FROM vues.annees_retenues WHERE objet = 'fiches.etablissements')
)
SELECT 'es' AS niveau, finess AS code, finess, departement FROM sites
UNION ALL
SELECT 'ej', finess_ej, finess, departement FROM sites
UNION ALL
SELECT 'ght', m.code_ght, s.finess, s.departement
FROM sites AS s
JOIN fiches.ght_membres AS m USING (millesime, finess)
WHERE m.retenu
ORDER BY niveau, code, finess
