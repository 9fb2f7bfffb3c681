-- À savoir avant d'employer les données de la publication.
-- Grain : sujet, source, objet
-- Source : qualite.avertissements
-- Colonnes :
--   sujet « Sujet »
--   source « Source » text (vide : rien)
--   objet « Objet » text (vide : rien)
--   avertissement « Avertissement »
SELECT a.sujet, a.source, a.objet, a.avertissement
FROM qualite.avertissements AS a, vues.publication AS p
WHERE a.sujet <> 'appartenance aux GHT' OR NOT starts_with(a.objet, 'région ') OR a.objet = 'région ' || p.region
ORDER BY a.sujet, a.source, a.objet
