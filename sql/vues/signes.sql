-- Signes à la place d'un nombre, ou à côté de lui, et ce qu'ils veulent dire.
-- Grain : signe
-- Source : reference.codes
-- Colonnes :
--   signe « Signe » : signe
--   sens « Ce qu'il veut dire » : ce qu'il veut dire
SELECT code AS signe, libelle AS sens, liste
FROM reference.codes
WHERE liste = 'signe' OR (liste = 'marque' AND code IN ('≈', '*'))
ORDER BY liste DESC, ordre
