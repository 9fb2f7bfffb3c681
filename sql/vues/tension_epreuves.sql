-- Épreuve des données de l'indice de tension : rangent-elles les départements comme à l'observation d'avant ?
-- Grain : groupe, indicateur, source, annee_avant, annee
-- Source : qualite.tension_epreuves
-- Vide : Aucun indicateur de l'indice n'est connu pour deux années.
-- Note : Une corrélation de 1 : les départements sont dans le même ordre qu'à l'observation d'avant ; de 0 : l'ordre n'en dit rien. La dispersion dit combien de fois plus (ou moins) l'indicateur bouge que ne le ferait le seul hasard de personnes ou de projets indépendants : celle qui est déclarée sert aux rangs plausibles.
-- Colonnes :
--   groupe_libelle « Groupe » : nom du groupe de professions
--   indicateur_libelle « Indicateur »
--   annees « Années » : années comparées
--   territoires « Départements » n0 : départements qui ont les deux
--   correlation « Corrélation des rangs » signe_n2 (vide : sans objet) : corrélation des rangs d'une observation à l'autre
--   dispersion « Dispersion observée » n2 (vide : sans objet) : dispersion observée
--   dispersion_declaree « Dispersion déclarée » n2 (vide : sans objet) : celle qui est employée
--   source_libelle « Source »
SELECT
    g.libelle AS groupe_libelle, coalesce(i.libelle, e.indicateur) AS indicateur_libelle,
    e.annee_avant || ' → ' || e.annee AS annees, e.territoires, e.correlation, e.dispersion, e.dispersion_declaree,
    s.citation AS source_libelle, e.groupe, e.indicateur, e.source, e.annee_avant, e.annee
FROM qualite.tension_epreuves AS e
JOIN reference.groupes_tension AS g USING (groupe)
LEFT JOIN reference.indicateurs AS i USING (indicateur)
LEFT JOIN vues.sources AS s ON s.source = e.source
ORDER BY g.ordre, e.indicateur, e.source, e.annee
