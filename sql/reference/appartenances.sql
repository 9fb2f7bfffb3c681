-- Territoires dont chaque commune fait partie, un par ligne : ce qui situe à tous les niveaux un fait compté par commune.
-- Grain : commune, niveau
-- Source : code officiel géographique et zonages (INSEE), bassins d'emploi (France Travail, BMO)
-- Publication : commune
-- Note : un groupement hospitalier de territoire n'a pas de communes : ses sites sont dans fiches.ght_membres.
SELECT la_commune AS commune, niveau, code
FROM (
    UNPIVOT (SELECT *, commune AS la_commune, 'F' AS france FROM reference.communes)
    ON commune, arrondissement, epci, zone_emploi, bassin_vie, bassin_bmo, departement, region, france
    INTO NAME niveau VALUE code
)
