-- Dimensions, indicateurs et poids de l'indice de tension.
-- Grain : groupe, dimension, indicateur
-- Source : reference.tension_composition, atlas.tension_sources
-- Colonnes :
--   groupe_libelle « Groupe » : nom du groupe de professions
--   dimension_libelle « Dimension » : dimension de l'indice
--   bloc « Bloc » : dimensions qui se partagent un poids
--   indicateur_libelle « Indicateur »
--   poids « Poids » pct1 [part] : poids de l'indicateur dans l'indice, si toutes les dimensions sont connues
--   requise « Requise » bool : sans cette dimension, il n'y a pas d'indice
--   emprunte_a « Emprunté à » text (vide : rien) : à qui la valeur est empruntée, là où elle n'est pas propre au groupe
--   note « Note » text (vide : rien) : note
--   source_retenue « Source retenue » text (vide : rien) : source de la dimension, où plusieurs peuvent la dire ; vide où aucune n'est là
--   motif_source « Pourquoi elle » text (vide : rien) : pourquoi cette source
SELECT
    g.libelle AS groupe_libelle, coalesce(d.libelle, c.dimension) AS dimension_libelle,
    c.bloc, coalesce(i.libelle, c.indicateur) AS indicateur_libelle,
    (c.poids / sum(c.poids) OVER (PARTITION BY c.groupe))::DECIMAL(18, 6) AS poids,
    c.requise, c.emprunte_a, c.note, v.citation AS source_retenue, s.annee || ' : ' || s.motif AS motif_source,
    c.groupe,
    c.dimension,
    c.indicateur
FROM reference.tension_composition AS c
JOIN reference.groupes_tension AS g USING (groupe)
LEFT JOIN reference.indicateurs AS i USING (indicateur)
LEFT JOIN reference.codes AS d ON d.liste = 'dimension' AND d.code = c.dimension
LEFT JOIN atlas.tension_sources AS s
    ON s.situation = 'édition' AND s.groupe = c.groupe AND s.dimension = c.dimension
LEFT JOIN vues.sources AS v ON v.source = s.source
ORDER BY c.groupe, c.dimension, c.indicateur
