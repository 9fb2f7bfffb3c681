-- Départements que touche chaque territoire plus petit qu'un département, ou à cheval sur plusieurs.
-- Grain : niveau, code, departement
-- Source : code officiel géographique et zonages (INSEE), bassins d'emploi (France Travail, BMO)
-- Publication : departement
-- Note : un fait dont seul le département est connu manque peut-être à chacun des territoires qui le touchent : leur somme est « partiel ».
SELECT DISTINCT a.niveau, a.code, r.departement
FROM reference.appartenances AS a
JOIN reference.communes AS r USING (commune)
WHERE a.niveau NOT IN ('commune', 'departement', 'region', 'france')
