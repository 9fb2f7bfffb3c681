-- Contours des départements de toute la France, pour les cartes nationales ; le fichier simplifié, où il y en a plusieurs.
-- Grain : departement
-- Source : reference.contours
-- Publication : interne
SELECT c.code AS departement, c.geometry
FROM reference.contours AS c
WHERE c.niveau = 'departement'
QUALIFY row_number() OVER (PARTITION BY c.code ORDER BY c.perimetre = 'version-simplifiee' DESC, c.perimetre) = 1
ORDER BY c.code
