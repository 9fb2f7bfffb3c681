-- Départements que touche chaque territoire, à tous les niveaux au-dessus de la commune : où l'un manque à une source, la somme du territoire est « partiel ».
-- Grain : niveau, code, departement
-- Source : code officiel géographique et zonages (INSEE), bassins d'emploi (France Travail, BMO)
-- Publication : departement
SELECT niveau, code, departement FROM core.decoupages_departements
UNION ALL
SELECT n.niveau, n.code, d.code AS departement
FROM core.decoupages AS d
CROSS JOIN LATERAL (VALUES ('departement', d.code), ('region', d.regions), ('france', 'F')) AS n (niveau, code)
WHERE d.niveau = 'departement'
