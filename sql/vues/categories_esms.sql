-- Établissements et services sociaux et médico-sociaux de la région, par catégorie.
-- Grain : categorie
-- Source : atlas.places_sociales, reference.categories_esms, reference.publics_esms
-- Non reçu : FINESS n'a pas été reçu : aucun établissement social ou médico-social n'est connu de cette édition.
-- Colonnes :
--   public_libelle « Public » : le public et ce qui lui est offert
--   categorie_libelle « Catégorie » : catégorie de FINESS
--   etablissements « Établissements et services » n0 [établissements] : établissements et services ouverts
--   etablissements_statut : calculé
--   places « Places » n0 [places] : places installées
--   places_statut : pourquoi le nombre est vide, ou partiel
SELECT
    c.public, p.libelle_court AS public_libelle, s.categorie, c.libelle AS categorie_libelle, s.annee,
    s.etablissements, s.statut AS etablissements_statut, s.places, s.places_statut, s.statut
FROM atlas.places_sociales AS s
JOIN vues.annees_retenues AS a ON a.objet = 'atlas.places_sociales' AND a.annee = s.annee
JOIN vues.publication AS r ON s.niveau = 'region' AND s.code = r.region
JOIN reference.categories_esms AS c USING (categorie)
JOIN reference.publics_esms AS p ON p.public = c.public
ORDER BY p.ordre, s.etablissements DESC, s.categorie
