-- Signalements de violences envers les professionnels de santé, par milieu, nature et territoire.
-- Grain : annee, milieu, nature, niveau, code
-- Source : agence, d'après l'Observatoire national des violences en santé (contrat de données)
-- Publication : territoire
-- Note : un signalement est volontaire. Une région est la somme de ses départements : partielle dès que l'un manque. Les déclarants d'une région s'ajoutent : un établissement n'est que d'un département.
-- Colonnes :
--   milieu : établissements de santé, médico-social ou ville
--   nature : atteintes aux personnes, ou aux biens
--   departements : départements dont les signalements sont connus
--   signalements [signalements] : signalements reçus
--   signalements_statut : statut des signalements : calculé, partiel, ou pourquoi le nombre manque
--   graves [signalements] : dont niveaux 3 et 4 de l'échelle de l'observatoire
--   graves_statut : statut des faits graves : calculé, partiel, ou pourquoi le nombre manque
--   declarants [établissements] : établissements, ou professionnels en ville, qui ont signalé au moins un fait
--   declarants_statut : statut des déclarants : calculé, partiel, ou pourquoi le nombre manque
WITH derniers AS (
    SELECT * FROM core.violences
    WHERE departement IS NOT NULL
    QUALIFY millesime = max(millesime) OVER (PARTITION BY annee)
),
attendus AS (
    SELECT 'region' AS niveau, regions AS code, count(*) AS departements
    FROM core.decoupages
    WHERE niveau = 'departement'
    GROUP BY regions
),
situes AS (
    UNPIVOT (FROM derniers)
    ON departement, region
    INTO NAME niveau VALUE code
),
sommes AS (
    SELECT
        annee, max(millesime)::INTEGER AS millesime, max(revision)::INTEGER AS revision, milieu, nature, niveau, code,
        count(*)::INTEGER AS departements, sum(signalements)::INTEGER AS signalements,
        statut_somme(signalements, signalements_statut) AS statut_signalements, sum(graves)::INTEGER AS graves,
        statut_somme(graves, graves_statut) AS statut_graves, sum(declarants)::INTEGER AS declarants,
        statut_somme(declarants, declarants_statut) AS statut_declarants
    FROM situes
    GROUP BY annee, milieu, nature, niveau, code
),
entiers AS (
    SELECT s.*, s.departements < coalesce(a.departements, 1) AS incomplet
    FROM sommes AS s
    LEFT JOIN attendus AS a USING (niveau, code)
)
SELECT
    annee, millesime, revision, milieu, nature, niveau, code, departements, signalements,
    CASE WHEN incomplet AND statut_signalements = 'calculé' THEN 'partiel' ELSE statut_signalements END
        AS signalements_statut,
    graves, CASE WHEN incomplet AND statut_graves = 'calculé' THEN 'partiel' ELSE statut_graves END AS graves_statut,
    declarants,
    CASE WHEN incomplet AND statut_declarants = 'calculé' THEN 'partiel' ELSE statut_declarants END
        AS declarants_statut,
    statut_ligne([signalements_statut, graves_statut, declarants_statut]) AS statut
FROM entiers
