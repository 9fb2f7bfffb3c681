-- Tous les contrôles de l'édition, et ce qu'ils ont observé.
-- Grain : etape, source, millesime, revision, objet, controle
-- Source : qualite.controles
-- Publication : interne
-- Vide : Aucun.
-- Colonnes :
--   objet « Objet »
--   millesime « Millésime » year (vide : rien)
--   controle « Contrôle »
--   severite « Sévérité »
--   resultat « Résultat » : réussi, en échec, ou à savoir pour une information
--   observe « Observé » text (vide : rien)
--   lignes « Lignes » n0 (vide : rien)
--   motif « Motif » text (vide : rien)
SELECT
    objet, millesime, controle, severite,
    CASE WHEN reussi THEN 'réussi' WHEN severite = 'information' THEN 'à savoir' ELSE 'en échec' END AS resultat,
    observe, lignes, motif, reussi, etape, source, revision
FROM qualite.controles
ORDER BY etape DESC, source, millesime, revision, objet, controle
