-- Équilibre de la famille professionnelle de chaque profession.
-- Grain : profession, fap, niveau, code
-- Source : vues.equilibre, reference.correspondances
-- Publication : interne
-- Vide : Les projections de la DARES ne connaissent pas cette profession.
-- Note : Une famille réunit souvent plusieurs professions : ses nombres ne sont pas ceux d'une seule.
-- Colonnes :
--   libelle « Famille professionnelle »
--   territoire_libelle « Territoire »
--   postes_annuels « Postes à pourvoir par an » signe_n0 [postes par an] (vide : nd) : départs et créations
--   desequilibre_annuel « Déséquilibre selon la DARES » signe_n0 [postes par an] (vide : nd) : postes qui restent, débutants et mobilités comptés
--   entrants « Entrants en un an » n0 [personnes] : entrants des formations connues
--   entrants_statut : pourquoi ils sont vides, ou partiels
--   formes_bas « Formés qui restent » entre_n0 [personnes par an] : au moins favorable des hypothèses
--   formes_bas_statut : pourquoi ils sont vides, ou partiels
--   formes_haut [personnes par an] : au plus favorable
--   solde_bas « Formés moins postes, au moins favorable » signe_n0 [postes par an] : hypothèses basses
--   solde_bas_statut : pourquoi il est vide, ou partiel
--   solde_haut « Formés moins postes, au plus favorable » signe_n0 [postes par an] : hypothèses hautes
--   solde_haut_statut : pourquoi il est vide, ou partiel
--   motif « Ce qui manque » text (vide : rien) : ce qui manque
SELECT
    f.profession, e.fap, e.libelle, e.territoire, e.niveau, e.code, e.territoire_libelle, e.annee, e.postes_annuels,
    e.desequilibre_annuel, e.entrants, e.entrants_statut, e.formes_bas, e.formes_bas_statut, e.formes_haut, e.solde_bas,
    e.solde_bas_statut, e.solde_haut, e.solde_haut_statut, e.motif, e.sources, e.statut
FROM vues.equilibre AS e
JOIN reference.correspondances AS f ON f.nomenclature = 'FAP 2009' AND f.code = e.fap
ORDER BY f.profession, e.fap, e.niveau, e.code
