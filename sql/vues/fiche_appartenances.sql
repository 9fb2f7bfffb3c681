-- D'où les membres de chaque GHT sont connus, et de quelle année.
-- Grain : niveau, code, appartenance, annee_appartenance
-- Source : fiches.ght_membres
-- Publication : interne
-- Colonnes :
--   niveau : ght
--   code : code du GHT
--   appartenance : officielle (FINESS+), déduite (source ght), ou dernière connue (FINESS+ d'une année suivante)
SELECT DISTINCT 'ght' AS niveau, m.code_ght AS code, m.appartenance, m.annee_appartenance
FROM fiches.ght_membres AS m
JOIN vues.annees_retenues AS a ON a.objet = 'fiches.etablissements' AND a.millesime = m.millesime
ORDER BY code, m.appartenance, m.annee_appartenance
