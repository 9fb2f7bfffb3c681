-- Violences sexistes et sexuelles dans les études et l'exercice en santé, baromètre de {annee}.
-- Grain : public, question
-- Source : atlas.barometre_vss
-- Non reçu : Le baromètre des violences sexistes et sexuelles n'a pas été déposé.
-- Note : Répond qui veut : une part est celle des répondants, non de toute la profession. Elle n'est donnée que pour trente répondants au moins, dont cinq de chaque côté.
-- Colonnes :
--   public_libelle « Public » : ceux qui répondent
--   question_libelle « Question » : question posée
--   repondants « Répondants » n0 [personnes] : répondants à la question
--   repondants_statut : pourquoi ce nombre est vide
--   part_concernee « Répondent oui » pct0 [part] : part des répondants qui répondent oui
--   part_concernee_statut : pourquoi cette part est vide
SELECT
    upper(left(b.public, 1)) || substr(b.public, 2) AS public_libelle,
    upper(left(b.question, 1)) || substr(b.question, 2) AS question_libelle, b.repondants, b.part_concernee, b.annee,
    b.public, b.question, b.niveau, b.code, b.repondants_statut, b.statut AS part_concernee_statut,
    'barometre_vss' AS source
FROM atlas.barometre_vss AS b
JOIN vues.annees_retenues AS a ON a.objet = 'atlas.barometre_vss' AND a.annee = b.annee
WHERE b.code = (SELECT region FROM vues.publication)
ORDER BY b.public, b.question
