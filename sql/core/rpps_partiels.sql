-- Territoires dont un extrait de l'annuaire santé n'a pas tous les professionnels : leurs effectifs et leurs mouvements sont partiels.
-- Grain : millesime, niveau, code
-- Source : annuaire santé, extractions en libre accès (ANS)
-- Publication : interne
-- Note : un département dont l'extrait n'a personne n'est pas vide : il manque à sa région, à la France et aux territoires qui le touchent. Une ligne que les contrôles ont écartée est d'une personne, dont le lieu n'est pas gardé : elle manque à la France. D'un extrait trop petit pour être le registre (reference.seuils), presque tout manque, et aucun effectif n'est tiré.
-- Vide : aucun département ne manque, et aucune ligne n'a été écartée
SELECT DISTINCT e.millesime, d.niveau, d.code
FROM (SELECT DISTINCT millesime FROM core.rpps_personnes) AS e
CROSS JOIN core.territoires_departements AS d
WHERE NOT EXISTS (FROM core.rpps_personnes AS p WHERE p.millesime = e.millesime AND p.departement = d.departement)
UNION
SELECT millesime, 'france', 'F' FROM core.lignes_ecartees WHERE source = 'rpps' AND table_source = 'activites'
