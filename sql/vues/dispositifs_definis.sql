-- Ce que sont les dispositifs d'attractivité, et ceux que l'agence déclare dans la région.
-- Grain : dispositif
-- Source : vues.dispositifs, reference.dispositifs
-- Publication : interne
-- Colonnes :
--   dispositif_libelle « Dispositif » : nom, et sigle
--   definition « Ce que c'est » : définition, en une phrase
--   declare : l'agence en déclare, dans la région
SELECT
    r.dispositif, r.libelle || coalesce(' (' || r.sigle || ')', '') AS dispositif_libelle, r.definition, r.sigle,
    r.dispositif IN (SELECT d.dispositif FROM vues.dispositifs AS d) AS declare
FROM reference.dispositifs AS r
ORDER BY dispositif_libelle
