-- Taux de réponse aux enquêtes de l'agence, par campagne, catégorie d'établissement et territoire.
-- Grain : enquete, annee, niveau, code, categorie
-- Source : enquêtes de l'agence ; SAE (DREES) pour le champ
-- Publication : territoire
-- Colonnes :
--   enquete : enquête, au catalogue de l'atlas
--   annee [année] : année décrite par la campagne
--   niveau : departement, region, france
--   categorie : catégorie du site principal, code FINESS ; ensemble pour toutes
--   attendus : établissements dont une réponse est attendue
--   repondants : établissements dont des réponses sont retenues
--   a_corriger : répondants dont des réponses sont écartées ou manquent
--   depots_refuses : établissements dont le dépôt est refusé
--   sans_reponse : établissements sans dépôt lisible
--   taux_reponse [part, de 0 à 1] : répondants / attendus
--   couverture [part, de 0 à 1] : poids des répondants / poids des attendus, dans la SAE
WITH attendus AS (
    SELECT r.enquete, r.annee, r.etat, a.poids, r.departement, r.region, 'F' AS france, r.categorie
    FROM qualite.enquetes_repondants AS r
    JOIN core.enquete_attendus AS a USING (enquete, annee, repondant)
),
situes AS (
    UNPIVOT (SELECT * FROM attendus) ON departement, region, france INTO NAME niveau VALUE code
)
SELECT
    enquete, annee, niveau, code, coalesce(categorie, 'ensemble') AS categorie,
    count(*)::INTEGER AS attendus,
    count(*) FILTER (etat IN ('répondu', 'à corriger'))::INTEGER AS repondants,
    count(*) FILTER (etat = 'à corriger')::INTEGER AS a_corriger,
    count(*) FILTER (etat = 'dépôt refusé')::INTEGER AS depots_refuses,
    count(*) FILTER (etat = 'sans réponse')::INTEGER AS sans_reponse,
    (count(*) FILTER (etat IN ('répondu', 'à corriger')) / count(*))::DECIMAL(18, 6) AS taux_reponse,
    (coalesce(sum(poids) FILTER (etat IN ('répondu', 'à corriger')), 0) / sum(poids))::DECIMAL(18, 6) AS couverture
FROM situes
GROUP BY GROUPING SETS ((enquete, annee, niveau, code, categorie), (enquete, annee, niveau, code))
