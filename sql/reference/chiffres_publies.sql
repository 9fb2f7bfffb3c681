-- Chiffres publiés que l'édition doit retrouver, avec leur source.
-- Grain : chiffre
-- Source : publications citées ligne à ligne (sql/chiffres_publies.yml)
-- Publication : nationale
-- Note : ne s'appliquent qu'aux extraits réels, et au millésime dit ; le résultat est dans qualite.rapprochements.
-- Colonnes :
--   chiffre : identifiant
--   libelle : ce qui est publié
--   millesime [année] : millésime de la source auquel il se rapporte
--   mesure : ce que l'édition lui compare
--   attendu : valeur publiée
--   tolerance : écart admis, celui de l'arrondi publié
--   constate : ce que l'édition trouvait quand l'écart a été expliqué ; vide sans écart
--   publication : où il est publié
--   definition : ce que la publication compte
--   explication : pourquoi le chiffre publié et celui de l'édition diffèrent
SELECT
    chiffre, libelle, source, millesime, mesure, annee, niveau, code, attendu::DECIMAL(18, 2) AS attendu,
    tolerance::DECIMAL(18, 2) AS tolerance, constate::DECIMAL(18, 2) AS constate, publication, definition, explication
FROM staging.chiffres_publies
