-- Territoires sur lesquels l'atlas publie : découpages géographiques, entités juridiques et GHT.
-- Grain : niveau, code
-- Source : code officiel géographique et zonages (INSEE), bassins d'emploi (France Travail), SAE, sa base des GHT et l'appartenance aux GHT au millésime de référence
-- Publication : regions
-- Note : `regions` porte toutes les régions que le territoire touche, séparées par un espace.
WITH ej AS (
    SELECT 'ej' AS niveau, j.finess_ej AS code, j.raison_sociale AS libelle, j.departement,
        j.region AS regions, NULL::INTEGER AS communes
    FROM core.entites_juridiques AS j
    WHERE j.millesime = (SELECT max(millesime) FROM core.entites_juridiques)
),
ght AS (
    SELECT 'ght', code_ght, min(nom_ght),
        CASE WHEN count(DISTINCT departement) = 1 THEN min(departement) END,
        string_agg(DISTINCT region, ' ' ORDER BY region), NULL::INTEGER
    FROM fiches.ght_membres
    WHERE retenu AND millesime = (SELECT max(millesime) FROM fiches.ght_membres)
    GROUP BY code_ght
),
-- A group of which no member is known has the totals that SAE publishes, its name, and the region of its code.
ght_publies AS (
    SELECT 'ght', code_ght, arg_max(nom_ght, (millesime, nom_ght)), NULL, min(region_ght), NULL::INTEGER
    FROM fiches.ght_personnels
    WHERE code_ght NOT IN (SELECT code_ght FROM fiches.ght_membres WHERE retenu)
    GROUP BY code_ght
)
SELECT niveau, code, libelle, departement, regions, communes FROM core.decoupages
UNION ALL SELECT * FROM ej
UNION ALL SELECT * FROM ght
UNION ALL SELECT * FROM ght_publies
