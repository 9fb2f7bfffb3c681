-- Épreuve des intervalles des registres : chaque méthode sur les mouvements qu'elle n'avait pas vus.
-- Grain : indicateur, source, profession, nature, methode, classe
-- Source : atlas.mouvements_mesures
-- Publication : nationale
-- Note : une méthode est ajustée sans une année (ou sans une série), puis éprouvée sur elle, et ainsi de chacune. Est retenue, par règle, celle dont le score est le plus bas : la largeur de l'intervalle, plus quarante fois ce qui en sort (Gneiting et Raftery, 2007), en logarithmes. Une bonne couverture est de 0,95 : au-dessus, l'intervalle est trop large et ne distingue rien. Source et profession vides : toutes les séries de l'indicateur, qui servent à celles qui n'ont pas leurs propres mouvements.
-- Colonnes :
--   indicateur : indicateur du dictionnaire
--   source : source éprouvée ; vide pour toutes ensemble
--   profession : profession éprouvée ; vide pour toutes ensemble
--   nature : mouvement d'une année, ou révision
--   calage : sur quoi la méthode est calée : les mouvements de la série, ou ceux d'autres séries
--   epreuve : ce qui est tenu à l'écart : une année après l'autre, ou une série après l'autre
--   methode : hasard seul (Byar, Wilson), puissance de la taille, classes de taille
--   classe : numérateurs éprouvés, ou toutes tailles
--   mouvements : mouvements éprouvés
--   couverture [part, de 0 à 1] : part des mouvements restés dans l'intervalle
--   demi_largeur [part] : demi-largeur médiane : de combien le nombre bouge, en plus ou en moins
--   score : score d'intervalle moyen, en logarithmes ; le plus bas est le meilleur
--   retenue : méthode retenue
SELECT
    indicateur, source, profession, nature, calage, epreuve, methode, classe, mouvements, couverture, demi_largeur,
    score, retenue
FROM calculs.intervalles_epreuve
