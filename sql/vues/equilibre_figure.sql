-- Formés qui resteraient dans la région et postes à pourvoir, pour les familles dont le solde est connu.
-- Grain : fap, rang
-- Source : vues.equilibre
-- Publication : interne
-- Colonnes :
--   libelle « Famille professionnelle »
--   serie « Ce qui est compté »
--   annee « Année d'entrée » year
--   valeur « Nombre par an » n0 [par an] : nombre par an
--   rang : rang de la série
WITH connus AS (
    SELECT * FROM vues.equilibre WHERE niveau = 'region' AND complet
)
SELECT
    libelle, 'formés qui restent, par an (hypothèses centrales)' AS serie, annee, formes AS valeur,
    formes_statut AS statut, 1 AS rang, fap, sources
FROM connus
UNION ALL
SELECT libelle, 'postes à pourvoir, par an', annee, postes_annuels, 'calculé', 2, fap, sources
FROM connus
ORDER BY fap, rang
