-- Postes d'interne offerts et pourvus dans la région, par spécialité, {annee}.
-- Grain : specialite
-- Source : atlas.internat
-- Non reçu : Les arrêtés d'ouverture de postes n'ont pas été reçus.
-- Colonnes :
--   specialite_libelle « Spécialité »
--   discipline « Discipline » text (vide : rien) : discipline
--   postes « Postes offerts » n0 [postes] : postes offerts
--   postes_cesp « dont CESP » n0 [postes] : postes réservés aux contrats d'engagement de service public
--   pourvus « Pourvus » n0 [postes] : postes pourvus
--   pourvus_statut : pourquoi ils sont vides, ou partiels
--   valeur « Part pourvue » pct0 [part] : part des postes pourvus
--   valeur_statut : pourquoi elle est vide, ou partielle
--   note : ce qu'il faut savoir de la série
SELECT
    coalesce(s.libelle, i.specialite) AS specialite_libelle, s.discipline, i.postes, i.postes_cesp, i.pourvus,
    i.pourvus_statut, i.valeur,
    CASE
        WHEN i.postes = 0 THEN 'sans objet'
        WHEN i.valeur IS NULL AND i.pourvus IS NOT NULL THEN 'nd'
        ELSE i.pourvus_statut
    END AS valeur_statut,
    i.annee,
    max(upper(left(i.rupture, 1)) || substr(i.rupture, 2) || '.') OVER () AS note, i.specialite, i.niveau, i.code,
    i.statut
FROM atlas.internat AS i
LEFT JOIN reference.internat_specialites AS s USING (specialite)
WHERE i.niveau = 'region' AND i.code = (SELECT region FROM vues.publication)
    AND i.annee = (SELECT annee FROM vues.annees_retenues WHERE objet = 'atlas.internat')
ORDER BY s.discipline, s.libelle, i.specialite
