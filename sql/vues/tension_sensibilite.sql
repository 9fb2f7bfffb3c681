-- De combien les rangs de tension bougeraient si l'on pesait autrement.
-- Grain : groupe, variante
-- Source : atlas.tension_sensibilite, reference.tension_variantes
-- Vide : Aucun groupe n'a d'indice.
-- Colonnes :
--   groupe_libelle : nom du groupe de professions
--   variante_libelle « Autre façon de peser » : autre façon de peser
--   correlation « Corrélation des rangs » n2 [de -1 à 1] : entre les rangs de l'indice et ceux de la variante
--   ecart_median « Écart médian » n0 [rangs] : écart médian de rang
--   ecart_neuf_dixiemes « Neuf sur dix sous » n0 [rangs] : écart que neuf départements sur dix ne dépassent pas
--   ecart_max « Plus grand écart » n0 [rangs] : plus grand écart de rang
--   hors « Hors de leur intervalle » n0 [départements] : départements dont le rang sortirait de ses rangs plausibles
--   territoires « Départements » n0 : départements classés
WITH libelles AS (
    SELECT DISTINCT variante, libelle, ordre FROM reference.tension_variantes
)
SELECT
    g.libelle AS groupe_libelle, v.libelle AS variante_libelle,
    corr(s.rang, s.rang_indice)::DECIMAL(9, 4) AS correlation,
    median(abs(s.ecart))::DECIMAL(9, 1) AS ecart_median,
    quantile_cont(abs(s.ecart), 0.9)::DECIMAL(9, 1) AS ecart_neuf_dixiemes, max(abs(s.ecart)) AS ecart_max,
    (count(*) FILTER (s.rang NOT BETWEEN t.rang_bas AND t.rang_haut))::INTEGER AS hors,
    count(*)::INTEGER AS territoires, s.groupe, s.variante
FROM atlas.tension_sensibilite AS s
JOIN atlas.tension AS t USING (groupe, niveau, code)
JOIN reference.groupes_tension AS g USING (groupe)
JOIN libelles AS v USING (variante)
GROUP BY g.libelle, g.ordre, v.libelle, v.ordre, s.groupe, s.variante
ORDER BY g.ordre, v.ordre
