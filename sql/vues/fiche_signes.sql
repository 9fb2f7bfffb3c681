-- Signes des fiches, en peu de mots.
-- Grain : signe
-- Source : reference.codes
-- Publication : interne
-- Colonnes :
--   signe : signe à la place d'un nombre, ou à côté
--   sens : ce qu'il veut dire
WITH signes AS (
    SELECT code AS signe, libelle_court AS sens, ordre FROM reference.codes WHERE liste = 'signe'
    UNION ALL
    SELECT '0', 'zéro véritable', 10
    UNION ALL
    SELECT code, replace(libelle, ' : ', ', '), 11 FROM reference.codes WHERE liste = 'marque' AND code = '*'
)
SELECT signe, sens
FROM signes
ORDER BY ordre
