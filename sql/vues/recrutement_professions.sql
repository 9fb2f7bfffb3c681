-- Projets de recrutement des familles professionnelles de chaque profession, par territoire, enquête BMO {annee}.
-- Grain : profession, fap, niveau, code
-- Source : vues.recrutement, reference.correspondances
-- Note : La couverture est la part des cases de l'enquête que le secret laisse voir. [Lire BMO](pages/recrutement.html).
-- Colonnes :
--   territoire_libelle « Territoire »
--   libelle : famille professionnelle
--   projets « Projets » n0 [projets] : projets de recrutement
--   difficile « Jugés difficiles » pct0 [part] : part des projets jugés difficiles
--   couverture « Couverture » pct0 [part] : part des cases que le secret laisse voir
SELECT f.profession, r.*
FROM reference.correspondances AS f
JOIN vues.recrutement AS r ON r.nomenclature = f.nomenclature AND r.fap = f.code
WHERE r.niveau IN ('departement', 'region', 'france')
ORDER BY f.profession, r.fap, r.niveau, r.code
