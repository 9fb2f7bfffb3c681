-- Le métier de la santé qui recrute le plus dans la région, parmi ceux dont assez de projets sont visibles.
-- Grain : fap
-- Source : vues.recrutement, reference.familles_professionnelles
-- Publication : interne
-- Note : au moins 100 projets, dont 70 % des cases au moins sont visibles.
-- Colonnes :
--   libelle : famille professionnelle
--   projets n0 [projets] : projets de recrutement
--   difficile pct0 [part] : part des projets jugés difficiles
--   couverture pct0 [part] : part des cases que le secret laisse voir
SELECT r.annee, r.fap, r.libelle, r.projets, r.difficile, r.couverture, r.source
FROM vues.recrutement AS r
JOIN reference.familles_professionnelles AS f USING (fap)
WHERE r.niveau = 'region' AND f.domaine = 'santé' AND r.difficile IS NOT NULL
    AND r.projets >= (SELECT valeur FROM reference.seuils WHERE seuil = 'message_projets')
    AND r.couverture >= (SELECT valeur FROM reference.seuils WHERE seuil = 'message_couverture')
QUALIFY row_number() OVER (ORDER BY r.projets DESC, r.libelle DESC) = 1
ORDER BY r.fap
