-- Entrées en formation et postes à pourvoir de la région, pour les professions dont les deux sont connus.
-- Grain : profession, rang
-- Source : vues.remplacement
-- Publication : interne
-- Colonnes :
--   libelle « Profession » : nom de la profession
--   serie « Ce qui est compté »
--   annee « Année d'entrée » year
--   valeur « Nombre par an » n0 [par an] : nombre par an
--   rang : rang de la série
WITH connus AS (
    SELECT * FROM vues.remplacement WHERE niveau = 'region' AND entrants IS NOT NULL AND postes_annuels IS NOT NULL
)
SELECT
    profession_libelle AS libelle, 'entrants en formation, un an' AS serie, annee, entrants::DECIMAL(18, 1) AS valeur,
    1 AS rang, profession, sources, statut
FROM connus
UNION ALL
SELECT profession_libelle, 'postes à pourvoir, par an', annee, postes_annuels::DECIMAL(18, 1), 2, profession, sources,
    'calculé'
FROM connus
ORDER BY profession, rang
