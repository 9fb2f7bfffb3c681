-- Erreur de chaque méthode de projection, ajustée jusqu'en 2016, sur les années suivantes.
-- Grain : profession, niveau, methode, annee
-- Source : effectifs de la DREES, 2012 à 2020
-- Publication : nationale
-- Note : une erreur de 0,01 est un effectif prédit 1 % plus haut que l'effectif observé. Une année au-delà d'une rupture incomparable (reference.ruptures) n'est pas éprouvée. Aucune épreuve par cohortes n'est possible par département : les âges n'y sont connus qu'une année.
-- Colonnes :
--   methode : cohorte, niveau et pente locale, tendance linéaire, persistance
--   territoires : territoires éprouvés
--   erreur_mediane : médiane des erreurs relatives
--   erreur_mediane_absolue : médiane des erreurs relatives absolues
SELECT profession, niveau, methode, annee, territoires, erreur_mediane, erreur_mediane_absolue
FROM calculs.epreuve
