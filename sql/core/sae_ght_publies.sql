-- Totaux par GHT tels que la SAE les publie, une ligne par variable de personnel.
-- Grain : millesime, code_ght, variable
-- Source : SAE (DREES), fichier des GHT
-- Publication : ght
SELECT millesime, revision, code_ght, nom_ght, variable, valeur
FROM (
    SELECT millesime, revision, code_ght, nom_ght,
        COLUMNS('^(EFFSAL|EFFLIB|ETPSAL|EFF|ETP)_.*$|^ETPINT$')::DECIMAL(18, 2)
    FROM staging.sae_ght
)
UNPIVOT INCLUDE NULLS (valeur FOR variable IN (COLUMNS('^(EFFSAL|EFFLIB|ETPSAL|EFF|ETP)_.*$|^ETPINT$')))
