-- Postes à pourvoir et formés qui resteraient dans la région, par famille professionnelle, du moins au plus favorable.
-- Grain : fap, niveau, code
-- Source : atlas.equilibre
-- Non reçu : Les projections de la DARES n'ont pas été reçues pour cette édition.
-- Note : Formés = entrants × réussite × maintien dans la région ; les trois bornes tiennent aux hypothèses, que la page donne. Le déséquilibre de la DARES est le sien : postes moins jeunes débutants, plus le solde des départs vers d'autres régions. Le solde n'est donné que si les formations connues mènent à l'essentiel de l'emploi.
-- Colonnes :
--   libelle « Famille professionnelle »
--   territoire_libelle « Territoire »
--   departs_annuels « Départs par an » n0 [personnes par an] (vide : nd) : départs en fin de carrière
--   creations_annuelles « Postes créés par an » signe_n0 [postes par an] (vide : nd) : postes créés, ou supprimés
--   postes_annuels « Postes à pourvoir par an » signe_n0 [postes par an] (vide : nd) : départs et créations
--   desequilibre_annuel « Déséquilibre selon la DARES » signe_n0 [postes par an] (vide : nd) : postes qui restent, débutants et mobilités comptés
--   entrants « Entrants en un an » n0 [personnes] : entrants des formations connues
--   entrants_statut : pourquoi ils sont vides, ou partiels
--   formes_bas « Formés qui restent » entre_n0 [personnes par an] : au moins favorable des hypothèses
--   formes_bas_statut : pourquoi ils sont vides, ou partiels
--   formes_haut n0 [personnes par an] : au plus favorable
--   formes « dont valeur centrale » n0 [personnes par an] : formés qui restent, hypothèses centrales
--   formes_statut : pourquoi ils sont vides, ou partiels
--   solde_bas « Formés moins postes, au moins favorable » signe_n0 [postes par an] : hypothèses basses
--   solde_bas_statut : pourquoi il est vide, ou partiel
--   solde_haut « Formés moins postes, au plus favorable » signe_n0 [postes par an] : hypothèses hautes
--   solde_haut_statut : pourquoi il est vide, ou partiel
--   solde signe_n0 [postes par an] : formés moins postes, hypothèses centrales
--   periode « Période » text (vide : nd) : période des départs et des créations
--   entrees_de « Formations connues » text (vide : nd) : formations dont les entrants sont connus
--   motif « Ce qui manque » text (vide : rien) : ce qui manque
--   annee « Année d'entrée » year
--   complet : le solde est donné
--   familles : la famille, dans une phrase
--   entrees : les formations connues, dans une phrase
--   territoire : niveau et code d'un territoire, tels que dans l'adresse de sa page
SELECT
    e.fap, t.territoire, e.niveau, e.code, t.territoire_libelle, min(e.libelle) AS libelle,
    min(e.annee) AS annee, min(e.departs_annuels) AS departs_annuels,
    min(e.creations_annuelles) AS creations_annuelles, min(e.postes_annuels) AS postes_annuels,
    min(e.desequilibre_annuel) AS desequilibre_annuel, min(e.entrants) AS entrants,
    CASE WHEN min(e.entrants) IS NULL THEN 'nd' ELSE min(e.statut) END AS entrants_statut,
    max(e.formes_annuels) FILTER (e.variante = 'bas') AS formes_bas,
    max(e.formes_annuels) FILTER (e.variante = 'haut') AS formes_haut,
    max(e.formes_annuels) FILTER (e.variante = 'central') AS formes,
    CASE WHEN count(e.formes_annuels) = 0 THEN 'nd' ELSE min(e.statut) END AS formes_statut,
    formes_statut AS formes_bas_statut,
    max(e.solde_annuel) FILTER (e.variante = 'bas') AS solde_bas,
    max(e.solde_annuel) FILTER (e.variante = 'haut') AS solde_haut,
    max(e.solde_annuel) FILTER (e.variante = 'central') AS solde,
    CASE WHEN count(e.solde_annuel) = 0 THEN 'nd' ELSE min(e.statut) END AS solde_bas_statut,
    solde_bas_statut AS solde_haut_statut,
    min(e.periode) AS periode, min(e.entrees_de) AS entrees_de, min(e.motif) AS motif,
    count(e.solde_annuel) = 3 AS complet, lower(min(e.libelle)) AS familles,
    lower(left(min(e.entrees_de), 1)) || substr(min(e.entrees_de), 2) AS entrees,
    min(e.source) AS sources, min(e.statut) AS statut
FROM atlas.equilibre AS e
JOIN vues.territoires AS t USING (niveau, code)
GROUP BY e.fap, t.territoire, e.niveau, e.code, t.territoire_libelle, t.rang
ORDER BY e.fap, t.rang, e.code
