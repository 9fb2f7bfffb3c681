-- Erreurs de chaque méthode de projection sur les années passées, selon l'horizon, et couverture de l'intervalle publié.
-- Grain : profession, niveau, methode, horizon
-- Source : qualite.projections_epreuve
-- Vide : Aucune série assez longue.
-- Note : De chaque année, chaque méthode prédit celles qui ont suivi sans les connaître. La perte, moyenne des erreurs absolues sur les mêmes années, choisit la méthode ; « publiée » est ce qui aurait été publié, une fois les niveaux réconciliés.
-- Colonnes :
--   profession_libelle « Profession »
--   niveau_libelle « Niveau » : niveau des territoires
--   methode_libelle « Méthode » : méthode
--   horizon_libelle « Horizon » : années entre l'origine et l'année prédite, en mots
--   origines « Origines » n0 : années d'où l'on a prédit
--   premiere_origine « De » year : première de ces années
--   derniere_origine « À » year : dernière de ces années
--   territoires « Territoires » n0 : territoires comparés
--   erreur_mediane « Erreur médiane » signed2 [part] : erreur médiane
--   erreur_mediane_absolue « Erreur médiane absolue » pct2 [part] : médiane des erreurs, sans leur signe
--   erreur_moyenne_absolue « Erreur moyenne absolue » pct2 [part] : moyenne des erreurs, sans leur signe
--   perte « Perte » pct2 [part] (vide : sans objet) : perte de la méthode, tous horizons ensemble
--   retenue « Retenue » : méthode de la perte la plus faible
--   demi_largeur « Demi-largeur de l'intervalle » pct1 [part] (vide : sans objet) : demi-largeur de l'intervalle à 95 %, rapportée à l'effectif
--   couverture « Couverture » pct0 [part] (vide : sans objet) : part de ce qui est arrivé dans l'intervalle tiré des autres origines
SELECT
    coalesce(p.libelle, e.profession) AS profession_libelle, n.libelle AS niveau_libelle,
    coalesce(c.libelle, e.methode) AS methode_libelle,
    'à ' || e.horizon || if(e.horizon > 1, ' ans', ' an') AS horizon_libelle,
    e.origines, e.premiere_origine, e.derniere_origine, e.territoires, e.erreur_mediane, e.erreur_mediane_absolue,
    e.erreur_moyenne_absolue, e.perte, e.retenue, e.demi_largeur, e.couverture,
    e.profession, e.niveau, e.methode, e.horizon
FROM qualite.projections_epreuve AS e
LEFT JOIN reference.professions AS p USING (profession)
LEFT JOIN reference.niveaux AS n USING (niveau)
LEFT JOIN reference.codes AS c ON c.liste = 'methode' AND c.code = e.methode
ORDER BY e.profession, e.niveau DESC, c.ordre, e.horizon
