-- Contours des départements et des arrondissements, pour les cartes ; le fichier simplifié, où il y en a plusieurs.
-- Grain : niveau, code
-- Source : reference.contours
-- Publication : interne
SELECT t.territoire, c.niveau, c.code, c.geometry
FROM reference.contours AS c
JOIN vues.territoires AS t USING (niveau, code)
QUALIFY row_number() OVER (
    PARTITION BY c.niveau, c.code
    ORDER BY c.perimetre = 'version-simplifiee' DESC, c.perimetre
) = 1
ORDER BY c.niveau, c.code
