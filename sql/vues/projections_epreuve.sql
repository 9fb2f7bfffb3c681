-- Erreur de chaque méthode de projection, ajustée jusqu'en 2016 puis comparée à ce qui a été observé ensuite.
-- Grain : profession, niveau, annee, methode
-- Source : qualite.projections_epreuve
-- Vide : Aucune série assez longue.
-- Colonnes :
--   profession_libelle « Profession »
--   niveau_libelle « Niveau » : niveau des territoires
--   methode_libelle « Méthode » : méthode
--   annee « Année prédite » year
--   territoires « Territoires » n0 : territoires comparés
--   erreur_mediane « Erreur médiane » signed2 [part] : erreur médiane
--   erreur_mediane_absolue « Erreur médiane absolue » pct2 [part] : médiane des erreurs, sans leur signe
--   serie : méthode, dans la figure
--   valeur pct1 [part] : erreur médiane absolue, dans la figure
SELECT
    coalesce(p.libelle, e.profession) AS profession_libelle, n.libelle AS niveau_libelle,
    coalesce(c.libelle, e.methode) AS methode_libelle,
    e.annee, e.territoires, e.erreur_mediane, e.erreur_mediane_absolue, coalesce(c.libelle, e.methode) AS serie,
    e.erreur_mediane_absolue AS valeur, e.profession, e.niveau, e.methode, 'drees_demographie' AS source
FROM qualite.projections_epreuve AS e
LEFT JOIN reference.professions AS p USING (profession)
LEFT JOIN reference.niveaux AS n USING (niveau)
LEFT JOIN reference.codes AS c ON c.liste = 'methode' AND c.code = e.methode
ORDER BY e.profession, e.niveau DESC, methode_libelle, e.annee
