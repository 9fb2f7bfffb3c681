-- Entrées en formation d'une année, à côté des départs et des postes créés par an : région et France.
-- Grain : profession, niveau, code
-- Source : atlas.remplacement
-- Note : Des nombres annuels côte à côte : les entrants sont comptés avant les abandons, les diplômés ne restent pas tous dans la région, et les deux côtés ne sont pas toujours des mêmes professions.
-- Colonnes :
--   profession_libelle « Profession »
--   territoire_libelle « Territoire »
--   annee « Année » year
--   entrants « Entrants en un an » n0 [personnes] : entrants d'une année
--   entrees_de « Entrants comptés » : qui est compté parmi les entrants
--   diplomes « Diplômés » n0 [personnes] : diplômés d'une année
--   diplomes_statut : pourquoi ils sont vides
--   departs_annuels « Départs ou cessations par an » n0 [personnes par an] : départs ou cessations d'activité par an
--   creations_annuelles « Postes créés par an » signe_n0 [postes par an] : postes créés par an, ou supprimés
--   perimetre « Départs et créations de » text (vide : nd) : professions dont sont les départs et les créations
--   periode_departs « Période » text (vide : nd) : période des départs
--   motif « Ce qui manque » text (vide : rien) : ce qui manque
--   postes_annuels n0 [postes par an] : postes à pourvoir par an, départs et créations
--   complet : entrants et postes sont connus
--   perimetre_minuscule : les mêmes professions, dans une phrase
SELECT
    coalesce(p.libelle, r.profession) AS profession_libelle, t.territoire_libelle, r.profession, t.territoire, r.niveau,
    r.code,
    r.annee, r.entrants, r.entrees_de, r.diplomes, 'nd' AS diplomes_statut, r.departs_annuels, r.creations_annuelles,
    r.perimetre, r.periode_departs, r.motif,
    r.entrants IS NOT NULL AND r.postes_annuels IS NOT NULL AS complet, r.postes_annuels,
    lower(r.perimetre) AS perimetre_minuscule, r.source, r.source || ' dares_metiers_2030' AS sources, r.statut,
    'pages/profession-' || replace(r.profession, '_', '-') || '.html' AS lien
FROM atlas.remplacement AS r
JOIN vues.territoires AS t USING (niveau, code)
LEFT JOIN reference.professions AS p USING (profession)
WHERE r.niveau IN ('region', 'france')
ORDER BY r.profession, t.rang, r.code
