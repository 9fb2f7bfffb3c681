-- Première tension de la santé et du social dans chaque territoire : le métier qui a le plus de projets de recrutement jugés difficiles.
-- Grain : domaine, niveau, code
-- Source : vues.recrutement, reference.familles_professionnelles
-- Publication : interne
-- Note : parmi les métiers dont assez de projets sont visibles : au moins 100 projets dans une région et 30 dans un département, dont 70 % des cases.
-- Colonnes :
--   domaine : santé ou social
--   domaine_libelle : de la santé, ou du social
--   libelle : famille professionnelle
--   projets n0 [projets] : projets de recrutement
--   difficiles n0 [projets] : projets jugés difficiles, parmi ceux dont on le sait
--   difficile pct0 [part] : part des projets jugés difficiles
--   couverture pct0 [part] : part des cases que le secret laisse voir
SELECT
    f.domaine, CASE f.domaine WHEN 'santé' THEN 'de la santé' ELSE 'du social' END AS domaine_libelle, r.territoire,
    r.niveau, r.code, r.annee, r.fap, r.libelle, r.projets, r.numerateur AS difficiles, r.difficile, r.couverture,
    r.source
FROM vues.recrutement AS r
JOIN reference.familles_professionnelles AS f USING (nomenclature, fap)
WHERE r.niveau IN ('departement', 'region') AND f.domaine IN ('santé', 'social') AND r.difficile IS NOT NULL
    AND r.projets >= (
        SELECT s.valeur FROM reference.seuils AS s
        WHERE s.seuil = CASE r.niveau WHEN 'region' THEN 'message_projets' ELSE 'projets_minimum' END
    )
    AND r.couverture >= (SELECT valeur FROM reference.seuils WHERE seuil = 'message_couverture')
QUALIFY row_number() OVER (PARTITION BY f.domaine, r.niveau, r.code ORDER BY r.numerateur DESC, r.libelle) = 1
ORDER BY f.domaine, r.niveau, r.code
