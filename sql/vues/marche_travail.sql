-- Demandeurs d'emploi et offres par métier, France Travail, {annee}.
-- Grain : rome, niveau, code
-- Source : atlas.marche_travail, reference.metiers_rome
-- Non reçu : Les demandeurs et les offres de France Travail n'ont été ni demandés à son interface, ni déposés.
-- Note : Demandeurs des catégories A, B et C, en moyenne des fins de trimestre, au premier métier recherché ; offres déposées dans l'année à France Travail ou chez ses partenaires. Peu de demandeurs pour une offre : l'employeur a peu de candidats ; mais les hôpitaux et les cabinets recrutent aussi sans déposer d'offre.
-- Colonnes :
--   rome_libelle « Métier » : intitulé du métier
--   territoire_libelle « Territoire »
--   demandeurs « Demandeurs d’emploi » n0 [personnes] : demandeurs d'emploi, catégories A, B et C, en moyenne
--   demandeurs_statut : pourquoi ce nombre est vide, ou partiel
--   demandeurs_a « dont sans emploi » n0 [personnes] : catégorie A
--   demandeurs_a_statut : pourquoi ce nombre est vide, ou partiel
--   offres « Offres de l’année » n0 [offres] : offres enregistrées
--   offres_statut : pourquoi ce nombre est vide, ou partiel
--   demandeurs_par_offre « Demandeurs pour une offre » n2 [demandeurs pour une offre] : demandeurs pour une offre de l'année
--   demandeurs_par_offre_statut : pourquoi ce rapport est vide
--   domaine : santé ou social
SELECT
    m.libelle AS rome_libelle, t.territoire_libelle, i.demandeurs, i.demandeurs_a, i.offres, i.demandeurs_par_offre,
    i.annee, i.rome, m.domaine, t.territoire, i.niveau, i.code, i.demandeurs_statut, i.demandeurs_a_statut,
    i.offres_statut, i.demandeurs_par_offre_statut, i.source
FROM atlas.marche_travail AS i
JOIN vues.annees_retenues AS a ON a.objet = 'atlas.marche_travail' AND a.annee = i.annee
JOIN vues.territoires AS t USING (niveau, code)
JOIN reference.metiers_rome AS m USING (rome)
ORDER BY m.domaine, m.libelle, t.rang, i.code
