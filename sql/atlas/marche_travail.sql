-- Demandeurs d'emploi et offres de l'année par métier et territoire.
-- Grain : annee, rome, niveau, code
-- Source : France Travail (interface « Marché du travail », sinon contrat de données)
-- Publication : territoire
-- Note : les demandeurs sont la moyenne des fins de trimestre, les offres la somme des trimestres ; le rapport n'existe que des quatre trimestres entiers. Une année vient de l'interface si elle y est, sinon de ce qui a été déposé, et du millésime le plus récent.
-- Colonnes :
--   rome : métier (reference.metiers_rome)
--   trimestres : trimestres connus
--   demandeurs [personnes] : demandeurs d'emploi, catégories A, B et C, en moyenne
--   demandeurs_statut : statut des demandeurs : calculé ; partiel quand un trimestre manque ; sinon pourquoi il n'y en a pas
--   demandeurs_a [personnes] : dont catégorie A
--   demandeurs_a_statut : statut des demandeurs de catégorie A : calculé, partiel, ou pourquoi le nombre manque
--   offres [offres] : offres enregistrées
--   offres_statut : statut des offres : calculé, partiel, ou pourquoi le nombre manque
--   demandeurs_par_offre_statut : statut du rapport : calculé, ou pourquoi le rapport manque
WITH annuelles AS (
    SELECT
        source, annee, max(millesime)::INTEGER AS millesime, max(revision)::INTEGER AS revision, rome, niveau, code,
        count(*)::INTEGER AS trimestres,
        avg(demandeurs)::DECIMAL(18, 1) AS demandeurs, statut_somme(demandeurs, demandeurs_statut) AS connus,
        avg(demandeurs_a)::DECIMAL(18, 1) AS demandeurs_a,
        statut_somme(demandeurs_a, demandeurs_a_statut) AS connus_a,
        sum(offres)::INTEGER AS offres, statut_somme(offres, offres_statut) AS deposees
    FROM (
        SELECT * FROM core.marche_travail
        WHERE code IS NOT NULL
        QUALIFY rank() OVER (PARTITION BY annee ORDER BY source = 'marche_travail' DESC, millesime DESC) = 1
    )
    GROUP BY source, annee, rome, niveau, code
),
statuts AS (
    SELECT
        * EXCLUDE (connus, connus_a, deposees),
        CASE WHEN trimestres < 4 AND connus = 'calculé' THEN 'partiel' ELSE connus END AS demandeurs_statut,
        CASE WHEN trimestres < 4 AND connus_a = 'calculé' THEN 'partiel' ELSE connus_a END AS demandeurs_a_statut,
        CASE WHEN trimestres < 4 AND deposees = 'calculé' THEN 'partiel' ELSE deposees END AS offres_statut
    FROM annuelles
),
rapports AS (
    SELECT *, statut_rapport(demandeurs_statut, offres_statut) AS statut_rapport
    FROM statuts
)
SELECT
    source, annee, millesime, revision, rome, niveau, code, trimestres, demandeurs, demandeurs_statut, demandeurs_a,
    demandeurs_a_statut, offres, offres_statut,
    CASE WHEN offres > 0 AND statut_rapport = 'calculé' THEN (demandeurs / offres)::DECIMAL(18, 6) END
        AS demandeurs_par_offre,
    CASE
        WHEN demandeurs_par_offre IS NOT NULL THEN 'calculé'
        WHEN statut_absent(statut_rapport) THEN statut_rapport
        WHEN offres = 0 AND statut_rapport = 'calculé' THEN 'sans objet'
        ELSE 'nd'
    END AS demandeurs_par_offre_statut,
    statut_ligne([demandeurs_statut, demandeurs_a_statut, offres_statut]) AS statut
FROM rapports
