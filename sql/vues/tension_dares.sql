-- Niveau de tension par famille professionnelle selon la DARES, {annee} (de 1 à 5).
-- Grain : nomenclature, fap, niveau, code
-- Source : atlas.recrutement
-- Non reçu : Les tensions de la DARES n'ont pas été reçues.
-- Note : 1 : la plus faible, 5 : la plus forte. Imputée là où le volume ne suffit pas.
-- Colonnes :
--   libelle « Famille professionnelle » : famille professionnelle
--   finesse « Nomenclature » : regroupement où se lit la famille : 87 ou 225 familles
--   territoire_libelle « Territoire »
--   valeur « Tension » n0 [de 1 à 5] : niveau de tension
--   detaillee : aucune famille plus fine, de celle-ci, n'est dans la table pour ce territoire
SELECT
    r.libelle, CASE WHEN len(r.fap) > 3 THEN '225 familles' ELSE '87 familles' END AS finesse,
    t.territoire_libelle, r.valeur,
    len(r.fap) > 3 OR NOT bool_or(len(r.fap) > 3) OVER (PARTITION BY left(r.fap, 3), r.nomenclature, r.niveau, r.code)
        AS detaillee,
    r.annee, r.fap, r.nomenclature, t.territoire, r.niveau, r.code, r.source,
    r.statut
FROM atlas.recrutement AS r
JOIN vues.annees_retenues AS a ON a.objet = 'atlas.recrutement' AND a.cle = r.source AND a.annee = r.annee
JOIN vues.territoires AS t USING (niveau, code)
WHERE starts_with(r.source, 'dares') AND r.indicateur = 'tension'
ORDER BY r.fap, r.nomenclature, t.niveau DESC, r.code
