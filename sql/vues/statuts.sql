-- Signe qui remplace un nombre absent, selon son statut.
-- Grain : statut
-- Source : reference.codes
-- Publication : interne
-- Colonnes :
--   statut : pourquoi le nombre manque
--   signe : signe montré à sa place
SELECT s.code AS statut, s.signe
FROM reference.codes AS s
JOIN reference.codes AS g ON g.liste = 'signe' AND g.code = s.signe
WHERE s.liste = 'statut'
ORDER BY s.ordre
