-- Chiffres publiés que l'édition doit retrouver, avec leur source.
-- Grain : chiffre
-- Source : publications citées ligne à ligne (sql/chiffres_publies.yml)
-- Publication : nationale
-- Note : ne s'appliquent qu'aux extraits réels, et au millésime dit, ou au dernier ; le résultat est dans qualite.chiffres_compares.
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
--   document : document d'où vient le chiffre, où c'est la feuille de route régionale : feuille_de_route
--   unite : unité du chiffre ; vide où le libellé la dit
--   lecture : ce qu'il faut savoir pour comparer le chiffre publié et celui de l'édition
--   explication : pourquoi le chiffre publié et celui de l'édition diffèrent
SELECT
    chiffre, libelle, source, millesime, mesure, annee, niveau, code, attendu::DECIMAL(18, 2) AS attendu,
    tolerance::DECIMAL(18, 2) AS tolerance, constate::DECIMAL(18, 2) AS constate, publication, definition, explication,
    document, unite, lecture
FROM staging.chiffres_publies
