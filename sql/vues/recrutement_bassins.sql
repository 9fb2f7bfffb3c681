-- Projets de recrutement par bassin d'emploi et par métier, enquête BMO {annee}.
-- Grain : fap, code
-- Source : atlas.recrutement
-- Colonnes :
--   bassin_libelle « Bassin »
--   libelle « Métier » : famille professionnelle
--   projets « Projets » n0 [projets] : projets de recrutement
--   projets_statut : pourquoi le nombre de projets est vide, ou partiel
--   difficile « Jugés difficiles » pct0 [part] : part des projets jugés difficiles
--   difficile_statut : pourquoi cette part est vide
--   couverture « Couverture » pct0 [part] : part des cases que le secret laisse voir
WITH bmo AS (
    SELECT *
    FROM atlas.recrutement
    WHERE source = 'bmo' AND niveau = 'bassin_bmo'
        AND annee = (SELECT annee FROM vues.annees_retenues WHERE objet = 'atlas.recrutement' AND cle = 'bmo')
)
SELECT
    coalesce(t.libelle, p.code) AS bassin_libelle, p.libelle, p.valeur AS projets, p.statut AS projets_statut,
    d.valeur AS difficile,
    coalesce(d.statut, 'nd') AS difficile_statut, d.couverture, p.annee, p.fap, p.code, p.source, p.statut
FROM bmo AS p
LEFT JOIN bmo AS d ON d.indicateur = 'part_difficile' AND d.fap = p.fap AND d.code = p.code
LEFT JOIN reference.territoires AS t ON t.niveau = 'bassin_bmo' AND t.code = p.code
WHERE p.indicateur = 'projets'
ORDER BY p.code, p.fap
