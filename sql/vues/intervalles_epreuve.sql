-- Ce que valent les intervalles : chaque méthode, éprouvée sur des années ou des séries qu'elle n'avait pas vues.
-- Grain : indicateur, source, profession, nature, methode, classe
-- Source : qualite.intervalles_epreuve
-- Vide : Aucune série n'est assez longue pour une épreuve : les écarts se lisent sans elle.
-- Note : Un intervalle à 95 % devrait contenir 95 % des mouvements : s'il en contient 99 %, il est trop large et cache des écarts qui durent. Le score compte la largeur et ce qui en sort ; le plus bas l'emporte, par règle.
-- Colonnes :
--   indicateur_libelle « Indicateur » : nom de l'indicateur
--   serie_libelle « Série éprouvée » : source et profession, ou toutes ensemble
--   nature « Ce qui bouge » : mouvement d'une année, ou révision
--   epreuve « Tenu à l'écart » : ce qu'une méthode n'a pas vu quand elle est éprouvée
--   methode « Méthode »
--   classe « Taille du nombre » : numérateurs éprouvés
--   mouvements « Mouvements » n0 : mouvements éprouvés
--   couverture « Restés dans l'intervalle » pct1 [part] : part des mouvements restés dans l'intervalle
--   demi_largeur « Demi-largeur » pct1 [part] : de combien le nombre bouge, en plus ou en moins
--   score « Score » pct1 : score d'intervalle moyen, le plus bas est le meilleur
--   retenue_libelle « Retenue » text (vide : rien) : la méthode retenue
--   retenue : la méthode est retenue
SELECT
    e.indicateur, i.libelle AS indicateur_libelle,
    CASE
        WHEN e.source = '' THEN 'toutes les séries, pour celles qui n’ont pas la leur'
        ELSE concat_ws(', ', s.producteur, nullif(coalesce(p.libelle, e.profession), 'ensemble'))
    END AS serie_libelle,
    e.nature, e.epreuve, e.methode, e.classe, e.mouvements, e.couverture, e.demi_largeur, e.score,
    CASE WHEN e.retenue THEN 'oui' END AS retenue_libelle, e.retenue, e.source, e.profession,
    coalesce(
        nullif(e.source, ''),
        string_agg(DISTINCT nullif(e.source, ''), ' ' ORDER BY nullif(e.source, '')) OVER (PARTITION BY e.indicateur),
        ''
    ) AS sources
FROM qualite.intervalles_epreuve AS e
LEFT JOIN reference.indicateurs AS i USING (indicateur)
LEFT JOIN reference.sources AS s USING (source)
LEFT JOIN reference.professions AS p USING (profession)
ORDER BY
    e.indicateur, e.source = '', e.source, e.profession, e.nature, e.methode, e.classe <> 'toutes tailles', e.classe
