-- Population que soigne chaque profession ou spécialité, quand ce n'est pas toute la population.
-- Grain : profession, motif
-- Source : populations que supposent les densités publiées (CNAM, export de 2024) ; définitions de l'atlas
-- Publication : nationale
-- Note : les âges sont ceux du producteur. Dans l'export de 2024 de la CNAM, l'effectif rapporté à la densité publiée donne, par département, 99,1 % des femmes de 15 à 49 ans (sages-femmes), 100,5 % des femmes de 15 ans ou plus (gynécologues) et 94 % des moins de 15 ans (pédiatres) de 2021, l'écart étant celui des naissances ; son classeur de 2018 rapportait tout à la population entière. Les gériatres n'ont pas d'âge publié : 75 ans ou plus est celui de l'atlas.
-- Colonnes :
--   motif : spécialités concernées, en expression régulière sur leur nom sans accent et en minuscules
--   cible : identifiant de la population
--   libelle : la population, dans une phrase
--   sexe : femmes, ou ensemble
--   age_min [années] : âge le plus bas
--   age_max [années] : âge le plus élevé ; vide sans limite
--   producteurs : sources dont le producteur rapporte lui-même ses densités à cette population, séparées par un espace
SELECT profession, motif, cible, libelle, sexe, age_min, age_max, producteurs
FROM (
    VALUES
        ('sage_femme', '.*', 'femmes_15_49', 'femmes de 15 à 49 ans', 'femmes', 15, 49, 'cnam_demographie'),
        ('medecin', 'gyneco|obstetri', 'femmes_15_plus', 'femmes de 15 ans ou plus', 'femmes', 15, NULL,
            'cnam_demographie'),
        ('medecin', 'pediatr', 'moins_de_15', 'enfants de moins de 15 ans', 'ensemble', 0, 14,
            'cnam_demographie'),
        ('medecin', 'geriatr', 'plus_de_75', 'habitants de 75 ans ou plus', 'ensemble', 75, NULL, '')
) AS c (profession, motif, cible, libelle, sexe, age_min, age_max, producteurs)
