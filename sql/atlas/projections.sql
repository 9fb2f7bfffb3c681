-- Effectifs à venir, à dix ans, par méthode et scénario.
-- Grain : profession, niveau, code, methode, scenario, annee
-- Source : âges et effectifs (DREES) ; projection par cohortes et par pente locale
-- Publication : territoire
-- Note : `retenue` marque la méthode à publier : les cohortes pour la France, le niveau et sa pente locale pour les régions et les départements, dont les âges ne sont connus qu'une année. L'erreur passée de chaque méthode est dans qualite.projections_epreuve. Sorties, entrées et pentes viennent d'années que nulle rupture incomparable ne sépare (reference.ruptures). Les entrées par âge sont celles de la France, réparties selon les présents de moins de 40 ans.
-- Colonnes :
--   annee_depart : situation au 1er janvier d'où part la projection
--   methode : cohorte, niveau et pente locale, persistance
--   scenario : central ; sorties multipliées par 1,2 ou 0,8 ; départs un ou deux ans plus tard
--   annee : année projetée, au 1er janvier
--   bas [personnes] : borne basse de l'intervalle à 95 %
--   haut [personnes] : borne haute de l'intervalle à 95 %
--   debut_serie [année] : première année des effectifs d'où viennent la pente, ou les sorties et les entrées
--   fin_serie [année] : dernière année de ces effectifs ; entre les deux, aucune rupture qui rende les années incomparables
--   retenue : méthode à publier pour ce territoire
SELECT
    annee_depart, annee, millesime, revision, source, profession, niveau, code, methode, scenario,
    effectif::DECIMAL(18, 1) AS effectif, bas::DECIMAL(18, 1) AS bas, haut::DECIMAL(18, 1) AS haut,
    debut_serie, fin_serie, retenue, 'projeté' AS statut
FROM calculs.projections
