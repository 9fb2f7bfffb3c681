-- Pairs de chaque établissement social ou médico-social : les cinq de sa catégorie, dans la région, dont les places sont les plus proches des siennes.
-- Grain : code, rang
-- Source : vues.esms
-- Note : Même catégorie de FINESS, même région, taille la plus proche.
-- Vide : Ses places ne sont pas connues, ou il est le seul de sa catégorie dans la région : rien n'est comparé.
-- Colonnes :
--   code : numéro FINESS de l'établissement
--   rang : rang du pair, le plus proche d'abord
--   pair_libelle « Établissement » : raison sociale du pair
--   pair « FINESS » : numéro FINESS du pair
--   commune_libelle « Commune » text (vide : nd)
--   departement_libelle « Département » text (vide : nd) : nom du département
--   places « Places » n0 [places] : places installées du pair
--   places_statut : calculé, ou partiel
SELECT
    e.code,
    row_number() OVER (PARTITION BY e.code ORDER BY abs(p.places - e.places), p.code)::INTEGER AS rang,
    p.nom AS pair_libelle, p.code AS pair, p.commune_libelle, p.departement_libelle, p.places, p.places_statut,
    p.sources
FROM vues.esms AS e
JOIN vues.esms AS p ON p.categorie = e.categorie AND p.code <> e.code AND p.places IS NOT NULL
WHERE e.places IS NOT NULL
QUALIFY rang <= 5
ORDER BY e.code, rang
