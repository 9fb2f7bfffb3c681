-- Les indicateurs derrière l'indice de tension, par département : valeur, année, rang, source.
-- Grain : groupe, niveau, code, dimension, indicateur
-- Source : atlas.tension_indicateurs, reference.indicateurs
-- Colonnes :
--   territoire_libelle « Département »
--   dimension_libelle « Dimension » : dimension de l'indice
--   indicateur_libelle « Indicateur »
--   valeur « Valeur » selon : valeur de l'indicateur
--   unite « Unité » : unité de la valeur
--   numerateur « Compté » n0 (vide : sans objet) : ce qui est compté ; pour une évolution, l'effectif d'arrivée
--   denominateur « Sur » n0 (vide : sans objet) : ce à quoi on le rapporte ; pour une évolution, l'effectif de départ
--   annee « Année » year
--   depuis « Depuis » year (vide : sans objet) : année de départ d'une évolution
--   rang_centile « Rang centile » n0 [de 0 à 100] : rang centile parmi les départements
--   source_libelle « Source »
--   emprunte_a « Emprunté à » text (vide : rien) : à qui la valeur est empruntée, là où elle n'est pas propre au groupe
--   motif « Pourquoi il est écarté » text (vide : rien) : pourquoi l'indicateur n'entre pas dans l'indice
--   format : comment la valeur s'écrit
SELECT
    t.territoire_libelle, coalesce(c.libelle, i.dimension) AS dimension_libelle,
    coalesce(r.libelle, i.indicateur) AS indicateur_libelle, i.valeur, coalesce(u.affichage, r.unite) AS unite,
    CASE WHEN u.part THEN 'pct' ELSE 'n' END || coalesce(u.decimales, 2) AS format,
    i.numerateur, i.denominateur, i.annee, i.annee - i.duree AS depuis, i.rang_centile, s.citation AS source_libelle,
    i.emprunte_a, i.motif, i.groupe, i.dimension, i.indicateur, t.territoire, i.niveau, i.code, i.source
FROM atlas.tension_indicateurs AS i
JOIN vues.territoires AS t USING (niveau, code)
LEFT JOIN reference.indicateurs AS r USING (indicateur)
LEFT JOIN reference.unites AS u ON u.unite = r.unite
LEFT JOIN reference.codes AS c ON c.liste = 'dimension' AND c.code = i.dimension
LEFT JOIN vues.sources AS s ON s.source = i.source AND s.presente
WHERE i.niveau = 'departement'
ORDER BY i.groupe, i.code, i.dimension, i.indicateur
