-- Signalements de violences envers les professionnels de santé, par milieu, nature et territoire, {annee}.
-- Grain : milieu, nature, niveau, code
-- Source : atlas.violences
-- Non reçu : Les signalements de violences n'ont pas été déposés.
-- Note : Un signalement est volontaire : leur nombre dit autant qui déclare que ce qui s'est passé. Deux territoires ne se comparent qu'avec leurs déclarants.
-- Colonnes :
--   milieu_libelle « Milieu » : milieu d'exercice
--   nature_libelle « Nature » : atteintes aux personnes, ou aux biens
--   territoire_libelle « Territoire »
--   signalements « Signalements » n0 [signalements] : signalements reçus
--   signalements_statut : pourquoi ce nombre est vide, ou partiel
--   graves « dont graves » n0 [signalements] : niveaux 3 et 4 de l'échelle de l'observatoire
--   graves_statut : pourquoi ce nombre est vide, ou partiel
--   declarants « Déclarants » n0 [établissements] : établissements, ou professionnels en ville, qui ont signalé
--   declarants_statut : pourquoi ce nombre est vide, ou partiel
SELECT
    upper(left(v.milieu, 1)) || substr(v.milieu, 2) AS milieu_libelle,
    upper(left(v.nature, 1)) || substr(v.nature, 2) AS nature_libelle, t.territoire_libelle, v.signalements, v.graves,
    v.declarants, v.annee, v.milieu, v.nature, t.territoire, v.niveau, v.code, v.signalements_statut, v.graves_statut,
    v.declarants_statut, 'violences' AS source
FROM atlas.violences AS v
JOIN vues.annees_retenues AS a ON a.objet = 'atlas.violences' AND a.annee = v.annee
JOIN vues.territoires AS t USING (niveau, code)
ORDER BY v.milieu, v.nature DESC, t.rang, v.code
