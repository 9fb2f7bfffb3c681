-- Cessations d'activité prédites et observées, par classe d'âge.
-- Grain : profession, niveau, annee, apprises, methode, tranche_age
-- Source : qualite.departs_epreuve
-- Vide : Aucune source ne donne les âges à deux dates assez éloignées.
-- Note : Les parts qui restent viennent des années d'avant, comme on l'aurait fait alors, ou de toutes les autres. Par département ou par région, seulement là où leurs âges sont connus aux deux dates.
-- Colonnes :
--   profession_libelle « Profession »
--   niveau_libelle « Niveau » : niveau des territoires
--   annee « De » year : année de départ
--   annee_fin « À » year : année d'arrivée
--   apprises « Parts apprises des » : années dont viennent les parts
--   methode_libelle « Méthode » : part de la classe ouverte et de celle qui la nourrit
--   retenue « Retenue » : méthode qui s'est le moins trompée
--   tranche_age « Âge au départ » : classe d'âge au départ
--   territoires « Territoires » n0 : territoires éprouvés
--   presents « Présents » n0 [personnes] : professionnels présents au départ
--   departs_attendus « Sorties prédites » n0 [personnes] : sorties prédites
--   departs_observes « Sorties observées » signe_n0 [personnes] : sorties observées
--   erreur « Erreur » signed2 [part] (vide : sans objet) : écart relatif des sorties prédites aux sorties observées
--   erreur_mediane_absolue « Erreur médiane des territoires » n2 [part] (vide : sans objet) : médiane des erreurs des territoires, sans leur signe
SELECT
    coalesce(p.libelle, e.profession) AS profession_libelle, n.libelle AS niveau_libelle, e.annee, e.annee_fin,
    e.apprises, coalesce(c.libelle, e.methode) AS methode_libelle, e.retenue, e.tranche_age, e.territoires,
    e.presents, e.departs_attendus, e.departs_observes, e.erreur, e.erreur_mediane_absolue,
    e.profession, e.niveau, e.methode, e.age_min
FROM qualite.departs_epreuve AS e
LEFT JOIN reference.professions AS p USING (profession)
LEFT JOIN reference.niveaux AS n USING (niveau)
LEFT JOIN reference.codes AS c ON c.liste = 'methode' AND c.code = e.methode
ORDER BY e.profession, e.niveau DESC, e.annee, e.apprises, c.ordre, e.tranche_age = 'ensemble', e.age_min
