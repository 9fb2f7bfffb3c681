-- Publics des établissements et services sociaux et médico-sociaux de la région.
-- Grain : public
-- Source : atlas.places_sociales, reference.publics_esms
-- Publication : interne
-- Colonnes :
--   public : public accueilli
--   public_libelle « Public » : le public et ce qui lui est offert
--   ordre : rang dans les tableaux
SELECT p.public, p.libelle AS public_libelle, p.ordre
FROM reference.publics_esms AS p
WHERE p.public IN (
    SELECT s.public FROM atlas.places_sociales AS s JOIN vues.publication AS r ON r.region = s.code
    WHERE s.niveau = 'region'
)
ORDER BY p.ordre
