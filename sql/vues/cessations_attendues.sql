-- Cessations d'activité attendues parmi les professionnels présents, scénario central.
-- Grain : profession, horizon, niveau, code
-- Source : atlas.departs_attendus
-- Note : Ce ne sont pas des départs en retraite : certains continuent d'exercer, d'autres partent plus tôt.
-- Colonnes :
--   territoire_libelle « Territoire »
--   profession_libelle « Profession »
--   annee « Présents en » year
--   effectif « Présents » n0 [personnes] : professionnels présents
--   terme « D'ici » : horizon, en mots
--   departs « Cessations attendues » n0 [personnes] : cessations d'activité attendues d'ici l'horizon
--   bas « Intervalle à 95 % » entre_n0 [personnes] : borne basse de l'intervalle à 95 %
--   haut [personnes] : borne haute de l'intervalle à 95 %
--   part_departs « Part des présents » pct1 [part] : part des présents
SELECT
    t.territoire, d.niveau, d.code, t.territoire_libelle, d.profession,
    coalesce(p.libelle, d.profession) AS profession_libelle,
    d.annee, d.effectif, d.horizon, d.horizon || ' ans' AS terme, d.departs, d.bas, d.haut, d.part_departs, d.source,
    d.statut
FROM atlas.departs_attendus AS d
JOIN vues.territoires AS t USING (niveau, code)
LEFT JOIN reference.professions AS p USING (profession)
WHERE d.scenario = 'central'
ORDER BY d.profession, d.horizon, t.rang, d.code
