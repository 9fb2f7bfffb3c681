-- Territoires dont chaque établissement fait partie, un par ligne : ce qui situe à tous les niveaux un fait compté par site.
-- Grain : millesime, finess, niveau
-- Source : SAE (DREES), bordereau ID
-- Publication : interne
-- Note : département, région et France. Saint-Barthélemy et Saint-Martin sont hors de la France, comme de sa population.
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
