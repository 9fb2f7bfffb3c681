-- Effectifs à venir, à dix ans, par méthode et scénario.
-- Grain : profession, niveau, code, methode, scenario, annee
-- Source : âges et effectifs (DREES)
-- Publication : territoire
-- Note : `retenue` marque ce qui est publié : la méthode qui s'est le moins trompée sur les années passées, par profession et par niveau (qualite.projections_epreuve), puis réconciliée, une région étant la somme de ses départements, la France celle de tous. Pentes, entrées et sorties viennent d'années que nulle rupture incomparable ne sépare (reference.ruptures) ; un niveau d'après la rupture est prolongé par l'évolution d'avant. Un scénario déplace la projection centrale de ce qu'il ajoute aux cessations attendues (atlas.departs_attendus), là où les âges de l'année de départ sont connus.
-- Colonnes :
--   annee_depart : situation au 1er janvier d'où part la projection
--   methode : persistance, tendance linéaire, niveau et pente locale, pente amortie, cohorte ; celles qui ont pu être éprouvées
--   scenario : central ; sorties multipliées par 1,2 ou 0,8 ; départs un ou deux ans plus tard
--   annee : année projetée, au 1er janvier
--   effectif_seul [personnes] : ce que la méthode dit de ce territoire seul, avant d'être réconciliée ; vide pour un scénario
--   bas [personnes] : borne basse de l'intervalle à 95 %, des erreurs observées à chaque horizon
--   haut [personnes] : borne haute de l'intervalle à 95 %
--   debut_serie [année] : première année des effectifs dont la méthode apprend
--   fin_serie [année] : dernière année de ces effectifs ; entre les deux, aucune rupture qui rende les années incomparables
--   retenue : méthode publiée pour ce territoire
--   reconciliee : l'effectif est une somme de départements, ou une part de cette somme ; faux où plus d'un centième d'un effectif n'a pas de département
SELECT
    annee_depart, annee, millesime, revision, source, profession, niveau, code, methode, scenario,
    effectif::DECIMAL(18, 1) AS effectif, seul::DECIMAL(18, 1) AS effectif_seul,
    bas::DECIMAL(18, 1) AS bas, haut::DECIMAL(18, 1) AS haut,
    debut_serie, fin_serie, retenue, reconciliee, 'projeté' AS statut
FROM calculs.projections
