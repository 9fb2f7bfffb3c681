-- Professionnels de chaque profession par territoire : effectif, densité, part des femmes, des 55 et des 60 ans ou plus.
-- Grain : profession, niveau, code
-- Source : vues.densites, vues.femmes, vues.ages_60_plus
-- Vide : Aucun effectif n'est publié à cette échelle.
-- Note : Chaque nombre a son année et sa source : l'effectif dans le mode d'exercice le plus large que l'on connaisse, les âges et les femmes parmi ceux dont on les connaît.
-- Colonnes :
--   profession_libelle « Profession »
--   territoire_libelle « Territoire »
--   mode_libelle « Mode d'exercice »
--   annee « Année de l'effectif » year
--   effectif « Effectif » n0 [personnes] : professionnels en activité
--   densite « Densité » n1 [pour 100 000 habitants] : densité
--   densite_france « Densité, France » n1 [pour 100 000 habitants] : densité de la France, de même source et de même date
--   densite_france_statut : pourquoi la densité de la France est vide
--   face « Densité face à la France » (vide : sans objet) : plus haut, plus bas ou non distinguable
--   annee_femmes « Année des femmes » year [année] (vide : nd) : année de la part des femmes
--   part_femmes « Femmes » pct1 [part] : part des femmes
--   part_femmes_statut : pourquoi elle est vide, ou partielle
--   annee_ages « Année des âges » year [année] (vide : nd) : année des âges
--   part_55_plus « 55 ans ou plus » pct1 [part] : part des 55 ans ou plus
--   part_55_plus_statut : pourquoi elle est vide, ou partielle
--   part_60_plus « 60 ans ou plus » pct1 [part] : part des 60 ans ou plus
--   part_60_plus_statut : pourquoi elle est vide, ou partielle
--   part_60_plus_bas « 60 ans ou plus : intervalle à 95 % » entre_pct1 [part] (vide : nd) : borne basse de l'intervalle à 95 %
--   part_60_plus_bas_statut : pourquoi l'intervalle est vide, ou partiel
--   part_60_plus_haut [part] : borne haute de l'intervalle à 95 %
WITH effectifs AS (
    SELECT *
    FROM vues.densites
    WHERE specialite = 'ensemble' AND premier_mode
),
-- Of the modes whose women are known, the widest.
femmes AS (
    SELECT f.*
    FROM vues.femmes AS f
    JOIN vues.sources_retenues AS s
        ON s.sujet = 'part_femmes' AND s.specialite = 'ensemble' AND s.principal
            AND s.profession = f.profession AND s.mode_exercice = f.mode_exercice AND s.source = f.source
)
SELECT
    e.profession, e.profession_libelle, e.territoire, e.niveau, e.code, e.territoire_libelle, e.mode_libelle,
    e.annee, e.effectif, e.valeur AS densite, e.france AS densite_france, e.france_statut AS densite_france_statut,
    e.face, f.annee AS annee_femmes, f.valeur AS part_femmes,
    coalesce(f.statut, 'nd') AS part_femmes_statut,
    a.annee AS annee_ages, a.plus_55 AS part_55_plus, coalesce(a.statut, 'nd') AS part_55_plus_statut,
    a.plus_60 AS part_60_plus, coalesce(a.statut, 'nd') AS part_60_plus_statut, a.bas AS part_60_plus_bas,
    CASE WHEN a.bas IS NULL THEN 'nd' ELSE a.statut END AS part_60_plus_bas_statut,
    a.haut AS part_60_plus_haut,
    concat_ws(' ', e.source, nullif(f.source, e.source), nullif(nullif(a.source, e.source), f.source)) AS sources,
    e.statut
FROM effectifs AS e
JOIN vues.territoires AS t USING (niveau, code)
LEFT JOIN femmes AS f ON f.profession = e.profession AND f.niveau = e.niveau AND f.code = e.code
LEFT JOIN vues.ages_60_plus AS a ON a.profession = e.profession AND a.niveau = e.niveau AND a.code = e.code
ORDER BY e.profession_libelle, t.rang, e.code
