-- Contours simplifiés des départements et, où ils sont publiés, des arrondissements et des communes.
-- Grain : niveau, code, perimetre
-- Source : contours administratifs simplifiés (IGN)
-- Publication : departements
-- Note : les arrondissements portent des codes propres au fichier : ils sont reconnus par leur nom dans le département. Une commune qui n'est plus de la géographie de l'édition garde son code publié, sans région.
-- Colonnes :
--   code_publie : code tel que publié
--   perimetre : partie du fichier d'où vient le contour
--   libelle : nom tel que publié
--   geometry : géométrie au format GeoJSON (longitude, latitude)
SELECT
    c.niveau,
    coalesce(d.code, a.code, c.code) AS code,
    c.code AS code_publie, c.perimetre, c.nom AS libelle,
    coalesce(d.regions, a.regions) AS region,
    c.geometry, c.millesime, c.revision
FROM staging.contours AS c
LEFT JOIN core.decoupages AS d ON c.niveau IN ('departement', 'commune') AND d.niveau = c.niveau AND d.code = c.code
LEFT JOIN core.decoupages AS a
    ON c.niveau = 'arrondissement' AND a.niveau = 'arrondissement'
    AND a.departement = substr(c.code, 1, 2)
    -- The file leaves articles out: « Havre », « Andelys ».
    AND regexp_replace(lower(strip_accents(a.libelle)), '^(les |le |la |l'')', '') = lower(strip_accents(c.nom))
WHERE c.reference
