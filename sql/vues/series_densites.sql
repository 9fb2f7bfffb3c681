-- Densités année après année de chaque territoire, à côté de sa région et de la France.
-- Grain : page, profession, territoire, annee
-- Source : vues.densites_annuelles
-- Publication : interne
-- Note : la série est celle de la source et du mode d'exercice qui ont le plus d'années ; à nombre égal, le mode le plus large.
-- Colonnes :
--   page : territoire dont c'est la figure
--   serie « Territoire »
--   annee « Année » year
--   effectif « Effectif » n0 [personnes] : professionnels en activité
--   valeur « Densité pour 100 000 hab. » n1 [pour 100 000 habitants] : densité
--   sources : sources de la densité et de la population
--   reserve : ce qui empêche de comparer des années de la figure
--   premiere [année] : première année de la figure
--   derniere [année] : dernière année de la figure
WITH pages AS (
    SELECT t.territoire AS page, u.territoire, u.rang
    FROM vues.territoires AS t
    JOIN vues.territoires AS u ON u.territoire = t.territoire OR u.niveau IN ('region', 'france')
    WHERE t.niveau IN ('departement', 'region')
),
connues AS (
    SELECT p.page, p.rang, d.*
    FROM pages AS p
    JOIN vues.densites_annuelles AS d USING (territoire)
    WHERE d.specialite = 'ensemble' AND d.valeur IS NOT NULL
)
SELECT
    c.page, c.profession, c.profession_libelle, c.mode_libelle, c.territoire, c.territoire_libelle AS serie, c.annee, c.effectif, c.valeur,
    string_agg(DISTINCT c.reserve, ' ; ' ORDER BY c.reserve) OVER (PARTITION BY c.page, c.profession) AS reserve, c.source, c.source || ' insee_population_departements' AS sources, c.statut,
    min(c.annee) OVER (PARTITION BY c.page, c.profession) AS premiere,
    max(c.annee) OVER (PARTITION BY c.page, c.profession) AS derniere
FROM connues AS c
JOIN vues.series_retenues AS r
    ON r.usage = 'densité' AND r.profession = c.profession AND r.source = c.source
        AND r.mode_exercice = c.mode_exercice AND r.feuille = c.feuille
ORDER BY c.profession, c.page, c.territoire <> c.page, c.rang, c.annee
