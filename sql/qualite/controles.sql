-- Résultat de chaque contrôle : sur chaque source épinglée (ou refusée au jour du verrou), puis sur chaque mart.
-- Grain : etape, source, millesime, revision, objet, controle
-- Source : suites de expectations/, exécutées par Great Expectations
-- Publication : nationale
-- Colonnes :
--   etape : source ou mart
--   objet : table contrôlée
--   controle : nom du contrôle
--   severite : critique (refuse), avertissement (liste, ou met en quarantaine), information
--   reussi : le contrôle passe
--   observe : ce qui a été observé
--   motif : raison du contrôle, avec sa date où elle compte
--   lignes : lignes en échec
SELECT etape, source, millesime, revision, objet, controle, severite, reussi, observe, motif, lignes
FROM staging.controles
