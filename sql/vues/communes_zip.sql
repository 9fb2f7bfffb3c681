-- Communes en zone d'intervention prioritaire pour les médecins généralistes, les plus peuplées d'abord.
-- Grain : commune
-- Source : atlas.acces, reference.communes
-- Colonnes :
--   libelle « Commune » : nom de la commune
--   departement « Département »
--   population « Habitants » n0 [habitants] : habitants
SELECT c.libelle, c.departement, a.population, a.zone, a.annee, c.commune, a.statut
FROM atlas.acces AS a
JOIN reference.communes AS c ON c.commune = a.code
WHERE a.niveau = 'commune' AND c.region = (SELECT region FROM vues.publication) AND a.profession = 'medecin'
    AND a.zone = 'ZIP'
    AND a.annee = (SELECT annee FROM vues.annees_retenues WHERE objet = 'atlas.acces' AND cle = 'medecin')
ORDER BY a.population DESC NULLS LAST, c.libelle, c.commune
