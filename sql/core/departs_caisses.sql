-- Pensions liquidées selon les caisses de retraite, par profession, département et âge, telles que publiées.
-- Grain : caisse, millesime, annee, profession, departement_publie, age_liquidation, classe_age
-- Source : CNRACL ; CARMF (contrats de données)
-- Publication : departement
-- Note : diffusion restreinte. Une liquidation n'est pas un arrêt d'activité : le cumul emploi-retraite est compté à part.
-- Colonnes :
--   caisse : caisse de retraite
--   age_liquidation [années révolues] : âge à la date d'effet ; vide quand seule la classe est donnée
--   classe_age : classe d'âge, quand l'âge n'est pas donné
--   liquidations [personnes] : pensions de droit direct liquidées dans l'année
--   liquidations_statut : publié, secret, nd, sans objet
--   cumul [personnes] : dont personnes qui continuent d'exercer
--   cumul_statut : publié, secret, nd, sans objet, vide
WITH publiees AS (
    SELECT
        millesime, revision, reference, annee, caisse, profession, departement, age_liquidation, classe_age,
        n_liquidations, n_liquidations_statut, n_cumul, n_cumul_statut
    FROM staging.cnracl
    UNION ALL
    SELECT
        millesime, revision, reference, annee, caisse, profession, departement, age_liquidation, classe_age,
        n_liquidations, n_liquidations_statut, n_cumul, n_cumul_statut
    FROM staging.carmf
)
SELECT
    p.annee, p.millesime, p.revision, p.reference, p.caisse, p.profession,
    p.departement AS departement_publie, d.code AS departement, d.regions AS region,
    p.age_liquidation, p.classe_age,
    p.n_liquidations AS liquidations, p.n_liquidations_statut AS liquidations_statut,
    p.n_cumul AS cumul, p.n_cumul_statut AS cumul_statut
FROM publiees AS p
LEFT JOIN core.decoupages AS d ON d.niveau = 'departement' AND d.code = code_departement(p.departement)
