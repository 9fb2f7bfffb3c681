-- Praticiens à diplôme hors Union européenne (PADHUE) : postes ouverts et pourvus dans la région, {annee}.
-- Grain : voie, profession, specialite
-- Source : atlas.postes_padhue
-- Non reçu : Les postes de praticiens à diplôme hors Union européenne n'ont pas été déposés.
-- Note : EVC : épreuves de vérification des connaissances, sur des postes fixés par arrêté. Un lauréat qui n'a pas rejoint son poste n'est pas compté. Une attestation d'exercice provisoire se donne sans poste ouvert.
-- Colonnes :
--   voie_libelle « Voie » : voie d'accès à l'exercice
--   profession_libelle « Profession »
--   specialite_libelle « Spécialité » : spécialité telle que l'arrêté la nomme
--   postes « Postes ouverts » n0 [postes] : postes ouverts
--   postes_statut : pourquoi ce nombre est vide, ou partiel
--   affectes « Affectés » n0 [personnes] : praticiens affectés
--   affectes_statut : pourquoi ce nombre est vide, ou partiel
--   part_pourvue « Part pourvue » pct0 [part] : affectés sur postes ouverts
--   part_pourvue_statut : pourquoi cette part est vide
SELECT
    upper(left(i.voie, 1)) || substr(i.voie, 2) AS voie_libelle, p.libelle AS profession_libelle,
    CASE i.specialite WHEN 'ensemble' THEN 'Toutes' ELSE i.specialite END AS specialite_libelle,
    i.postes, i.affectes, i.part_pourvue, i.annee, i.voie, i.profession, i.specialite, i.niveau, i.code,
    i.postes_statut, i.affectes_statut, i.part_pourvue_statut, 'postes_padhue' AS source
FROM atlas.postes_padhue AS i
JOIN vues.annees_retenues AS a ON a.objet = 'atlas.postes_padhue' AND a.annee = i.annee
JOIN reference.professions AS p USING (profession)
WHERE i.niveau = 'region' AND i.code = (SELECT region FROM vues.publication)
ORDER BY i.voie, p.libelle, i.specialite <> 'ensemble', i.specialite
