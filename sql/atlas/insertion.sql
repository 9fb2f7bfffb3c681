-- Devenir des formés par formation et région : taux médian d'emploi et de poursuite d'études des établissements.
-- Grain : source, annee, formation, niveau, code
-- Source : InserJeunes (DEPP, DARES), InserSup (SIES)
-- Publication : territoire
-- Note : le taux montré est celui de l'établissement médian, non celui de tous les formés : InserJeunes ne donne pas d'effectif, et les taux de plusieurs lycées ne se pondèrent pas. Un établissement qui a plusieurs lignes de la même formation (options, rénovation du diplôme) y compte chacune. Une série prend, pour chaque promotion, le millésime le plus récent.
-- Colonnes :
--   annee : dernière année de sortie
--   promotion : années de sortie réunies, telles que publiées
--   formation : formation de l'atlas (reference.formations_initiales)
--   formations [formations] : lignes publiées, une par établissement et intitulé
--   etablissements [établissements] : établissements qui la donnent
--   diffusees [formations] : lignes dont le taux d'emploi à six mois est publié
--   sortants [personnes] : diplômés sortis d'études (InserSup)
--   sortants_statut : statut des sortants : calculé, partiel, ou pourquoi le nombre manque
--   taux_emploi_6 [part] : taux d'emploi à six mois, médian
--   taux_emploi_6_statut : statut du taux à six mois : calculé ; partiel quand des établissements n'ont pas de taux publié ; sinon pourquoi il manque
--   taux_emploi_6_bas [part] : le plus bas des taux publiés
--   taux_emploi_6_haut [part] : le plus haut
--   taux_emploi_12 [part] : taux d'emploi à douze mois, médian
--   taux_emploi_12_statut : statut du taux à douze mois : calculé, partiel, ou pourquoi le taux manque
--   taux_poursuite [part] : taux de poursuite d'études, médian
--   taux_poursuite_statut : statut du taux de poursuite : calculé, partiel, ou pourquoi le taux manque
-- A year of its own rather than the same year with others; of each, the newest vintage.
WITH dernieres AS (
    SELECT *
    FROM core.insertion
    WHERE annee IS NOT NULL
    QUALIFY row_number() OVER (
        PARTITION BY source, annee, etablissement, formation_publiee, code_formation
        ORDER BY length(promotion), millesime DESC, promotion
    ) = 1
),
situees AS (
    SELECT *, 'region' AS niveau, region AS code FROM dernieres WHERE region IS NOT NULL
    UNION ALL
    SELECT *, 'france', 'F' FROM dernieres
)
SELECT
    source, annee, max(millesime)::INTEGER AS millesime, max(revision)::INTEGER AS revision,
    max(promotion) AS promotion, formation, niveau, code,
    count(*)::INTEGER AS formations, count(DISTINCT etablissement)::INTEGER AS etablissements,
    count(taux_emploi_6)::INTEGER AS diffusees,
    sum(sortants)::INTEGER AS sortants, statut_somme(sortants, sortants_statut) AS sortants_statut,
    median(taux_emploi_6)::DECIMAL(18, 6) AS taux_emploi_6,
    statut_somme(taux_emploi_6, taux_emploi_6_statut) AS taux_emploi_6_statut,
    min(taux_emploi_6)::DECIMAL(18, 6) AS taux_emploi_6_bas, max(taux_emploi_6)::DECIMAL(18, 6) AS taux_emploi_6_haut,
    median(taux_emploi_12)::DECIMAL(18, 6) AS taux_emploi_12,
    statut_somme(taux_emploi_12, taux_emploi_12_statut) AS taux_emploi_12_statut,
    median(taux_poursuite)::DECIMAL(18, 6) AS taux_poursuite,
    statut_somme(taux_poursuite, taux_poursuite_statut) AS taux_poursuite_statut,
    statut_ligne([
        statut_somme(taux_emploi_6, taux_emploi_6_statut), statut_somme(taux_emploi_12, taux_emploi_12_statut),
        statut_somme(taux_poursuite, taux_poursuite_statut)
    ]) AS statut
FROM situees
GROUP BY source, annee, formation, niveau, code
