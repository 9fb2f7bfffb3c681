-- Équipements de santé et de petite enfance, par commune.
-- Grain : millesime, annee, commune_publiee, equipement
-- Source : Base permanente des équipements, dénombrement par commune (Insee)
-- Publication : commune
-- Note : une commune sans équipement n'a pas de ligne : son nombre est zéro. Un code de commune que l'on ne connaît pas garde le département qu'il porte.
-- Colonnes :
--   commune_publiee : code de la commune tel que publié
--   equipement : type d'équipement (reference.equipements)
--   nombre [équipements] : équipements, ou cabinets de professionnels libéraux
SELECT
    b.millesime, b.revision, b.reference, b.annee, b.territoire AS commune_publiee, c.commune,
    coalesce(c.departement, departement_commune(b.territoire)) AS departement,
    b.type AS equipement, b.nombre
FROM staging.insee_bpe_equipements AS b
JOIN reference.equipements AS e ON e.equipement = b.type
LEFT JOIN core.communes_publiees AS c ON c.commune_publiee = code_commune(b.territoire)
WHERE b.niveau = 'COM' AND b.mesure = 'FACILITIES'
