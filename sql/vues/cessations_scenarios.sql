-- Cessations d'activité attendues à cinq et dix ans, selon le scénario.
-- Grain : profession, horizon, niveau, code, scenario
-- Source : atlas.departs_attendus, reference.codes
-- Vide : Aucune source d'âges ne permet de les estimer.
-- Colonnes :
--   territoire_libelle « Territoire »
--   profession_libelle « Profession »
--   terme « D'ici » : horizon, en mots
--   annee « Présents en » year
--   effectif « Présents » n0 [personnes] : professionnels présents
--   bas « Scénario central : intervalle à 95 % » entre_n0 [personnes] : borne basse de l'intervalle du scénario central
--   haut [personnes] : borne haute de l'intervalle du scénario central
--   scenario_libelle « Scénario » : nom du scénario
--   departs « Cessations attendues » n0 [personnes] : cessations d'activité attendues d'ici l'horizon
SELECT
    t.territoire_libelle, coalesce(p.libelle, d.profession) AS profession_libelle, d.horizon || ' ans' AS terme,
    d.annee, d.effectif,
    max(d.bas) FILTER (d.scenario = 'central') OVER lieu AS bas,
    max(d.haut) FILTER (d.scenario = 'central') OVER lieu AS haut,
    upper(left(c.libelle, 1)) || substr(c.libelle, 2) AS scenario_libelle,
    d.departs, d.profession, d.horizon, d.scenario, t.territoire, d.niveau, d.code, d.source, d.statut
FROM atlas.departs_attendus AS d
JOIN vues.territoires AS t USING (niveau, code)
LEFT JOIN reference.professions AS p USING (profession)
JOIN reference.codes AS c ON c.liste = 'scenario' AND c.code = d.scenario
WHERE d.niveau IN ('departement', 'region', 'france')
WINDOW lieu AS (PARTITION BY d.profession, d.horizon, d.niveau, d.code)
ORDER BY d.profession, d.horizon, t.rang, d.code, c.ordre
