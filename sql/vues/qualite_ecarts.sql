-- Les écarts des rapprochements, un par un.
-- Grain : rapprochement, source, millesime, objet
-- Source : qualite.rapprochements
-- Colonnes :
--   rapprochement « Rapprochement »
--   millesime « Millésime » year (vide : rien)
--   objet « Objet »
--   libelle « Libellé » text (vide : rien)
--   observe « Observé » n2 : nombre observé
--   attendu « Attendu » n2 : nombre attendu
--   ecart « Écart » signe_n2 : différence
--   explication « Explication » text (vide : rien)
--   ecarts : écarts en tout
SELECT
    rapprochement, millesime, objet, libelle, observe, attendu, ecart, explication,
    (count(*) OVER ())::INTEGER AS ecarts, source, nature, resultat
FROM qualite.rapprochements
WHERE resultat <> 'égal'
ORDER BY rapprochement, nature, source, millesime, objet
