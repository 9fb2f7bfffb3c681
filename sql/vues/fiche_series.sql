-- Personnels de chaque fiche, exercice par exercice, sur six ans au plus.
-- Grain : niveau, code, variable, annee
-- Source : fiches.es_personnels, fiches.ej_personnels, fiches.ght_personnels, vues.fiche_identites, reference.blocs
-- Non reçu : Un seul exercice de la SAE est connu.
-- Note : Chaque exercice est celui des sites d'alors : un site ouvert, fermé ou venu d'ailleurs change la série autant que des recrutements. Un exercice qui n'est pas dans cette édition n'a pas de colonne.
-- Colonnes :
--   niveau : es (site), ej ou ght
--   code : numéro FINESS du site ou de l'entité juridique, ou code du GHT
--   libelle « Personnels » : personnels comptés, et leur unité
--   annee « Exercice » year : exercice de la SAE
--   valeur « Valeur » selon : valeur au 31 décembre
--   valeur_statut : pourquoi elle est vide, ou partielle
--   valeur_format : comment elle s'écrit
WITH personnels AS (
    SELECT 'es' AS niveau, finess AS code, annee, variable, valeur, statut FROM fiches.es_personnels
    UNION ALL
    SELECT 'ej', finess_ej, annee, variable, valeur, statut FROM fiches.ej_personnels
    UNION ALL
    SELECT 'ght', code_ght, annee, variable, valeur, statut FROM fiches.ght_personnels
)
SELECT
    f.niveau, f.code, v.variable,
    v.libelle_court || CASE v.unite WHEN 'ETP' THEN ' (ETP)' ELSE '' END AS libelle,
    p.annee, p.valeur, p.statut AS valeur_statut, 'n' || u.decimales AS valeur_format
FROM vues.fiche_identites AS f
JOIN reference.blocs AS b ON b.bloc = 'fiche.chiffres_cles'
JOIN reference.variables_sae AS v ON v.variable = b.code
JOIN reference.unites AS u USING (unite)
JOIN personnels AS p ON p.niveau = f.niveau AND p.code = f.code AND p.variable = b.code
WHERE p.annee BETWEEN f.annee - 5 AND f.annee
QUALIFY count(DISTINCT p.annee) FILTER (p.valeur IS NOT NULL) OVER (PARTITION BY f.niveau, f.code) >= 2
ORDER BY f.niveau, f.code, b.ordre, p.annee
