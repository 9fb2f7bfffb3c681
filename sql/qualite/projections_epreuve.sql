-- Erreurs de chaque méthode de projection sur les années passées, selon l'horizon.
-- Grain : profession, niveau, methode, horizon
-- Source : effectifs de la DREES
-- Publication : nationale
-- Note : de chaque année d'une série, dont quatre au moins sont connues, chaque méthode prédit celles qui ont suivi, sans rien savoir d'elles. Une année au-delà d'une rupture incomparable (reference.ruptures) n'est pas éprouvée. La méthode retenue a la perte la plus faible : moyenne des erreurs absolues sur les territoires, puis sur les origines, puis sur les horizons, toutes les méthodes sur les mêmes ; une méthode concourt si elle est éprouvée de trois origines au moins, jusqu'à trois ans. La méthode « publiée » est, à chaque origine, ce qui aurait été publié : les méthodes retenues, réconciliées. Une erreur de 0,01 est un effectif prédit 1 % plus haut que l'effectif observé.
-- Colonnes :
--   methode : cohorte, niveau et pente locale, pente amortie, tendance linéaire, persistance ; publiée
--   horizon [années] : années entre l'origine et l'année prédite
--   origines : années d'où l'on a prédit
--   premiere_origine [année] : la première
--   derniere_origine [année] : la dernière
--   territoires : territoires éprouvés
--   erreur_mediane : médiane des erreurs relatives
--   erreur_mediane_absolue : médiane des erreurs relatives absolues
--   erreur_moyenne_absolue : moyenne des erreurs relatives absolues
--   perte : ce que la méthode retenue a de plus faible, tous horizons ensemble ; vide où la méthode ne concourt pas
--   retenue : la méthode a la perte la plus faible
--   demi_largeur : demi-largeur de l'intervalle à 95 %, rapportée à l'effectif, pour le territoire médian ; de « publiée » seulement
--   couverture : part de ce qui est arrivé dans l'intervalle tiré des autres origines ; vide sous trois origines
SELECT
    profession, niveau, methode, horizon, origines, premiere_origine, derniere_origine, territoires, erreur_mediane,
    erreur_mediane_absolue, erreur_moyenne_absolue, perte, retenue, demi_largeur, couverture
FROM calculs.epreuve
