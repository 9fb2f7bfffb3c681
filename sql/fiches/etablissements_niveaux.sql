-- Territoires dont chaque établissement fait partie, un par ligne : ce qui situe à tous les niveaux un fait compté par site.
-- Grain : millesime, finess, niveau
-- Source : SAE (DREES), bordereaux ID, Q20 et Q22
-- Publication : interne
-- Note : département, région et France. Saint-Barthélemy et Saint-Martin sont hors de la France, comme de sa population. Un bordereau d'un site qu'aucune fiche ne dit, son numéro FINESS ne se lisant pas, est d'un site de la France.
-- Colonnes :
--   sans_region : un site de la France dont la région n'est pas connue, qui n'a que ce niveau ou son département
SELECT millesime, finess, niveau, code, niveau = 'france' AND la_region IS NULL AS sans_region
FROM (
    UNPIVOT (
        SELECT
            millesime, finess, departement, region, region AS la_region,
            CASE WHEN collectivite IS NULL THEN 'F' END AS france
        FROM fiches.etablissements
    )
    ON departement, region, france
    INTO NAME niveau VALUE code
)
UNION ALL
SELECT q.millesime, q.finess, 'france', 'F', true
FROM (
    SELECT millesime, finess FROM core.sae_specialites
    UNION
    SELECT millesime, finess FROM core.sae_internes
) AS q
ANTI JOIN fiches.etablissements AS e ON e.millesime = q.millesime AND e.finess = q.finess
