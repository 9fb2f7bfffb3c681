-- Publics des établissements et services sociaux et médico-sociaux (ESMS), et la population à laquelle leurs places se rapportent.
-- Grain : public
-- Source : définitions de l'atlas ; âges des densités que publient la DREES et STATISS
-- Publication : nationale
-- Note : STATISS rapporte les places d'hébergement et de soins à domicile aux 75 ans ou plus, celles des enfants aux moins de 20 ans, celles des adultes aux 20 à 59 ans. Ces âges servent de repère : un établissement accueille aussi d'autres âges.
-- Colonnes :
--   public : identifiant du public
--   libelle : le public et ce qui lui est offert
--   libelle_court : la même chose en peu de mots
--   cible : population à laquelle les places se rapportent (core.population_cibles)
--   cible_libelle : cette population, dans une phrase
--   sexe : femmes, ou ensemble
--   age_min [années] : âge le plus bas
--   age_max [années] : âge le plus élevé ; vide sans limite
--   ordre : rang dans les tableaux
SELECT public, libelle, libelle_court, cible, cible_libelle, 'ensemble' AS sexe, age_min, age_max, ordre
FROM (
    VALUES
        ('personnes_agees', 'Personnes âgées : EHPAD et autres hébergements', 'Hébergement des personnes âgées',
            'plus_de_75', 'habitants de 75 ans ou plus', 75, NULL, 1),
        ('domicile', 'Aide et soins à domicile', 'Aide et soins à domicile',
            'plus_de_75', 'habitants de 75 ans ou plus', 75, NULL, 2),
        ('enfants_handicapes', 'Enfants et jeunes handicapés', 'Enfants handicapés',
            'moins_de_20', 'habitants de moins de 20 ans', 0, 19, 3),
        ('adultes_handicapes', 'Adultes handicapés', 'Adultes handicapés',
            'adultes_20_59', 'habitants de 20 à 59 ans', 20, 59, 4),
        ('protection_enfance', 'Protection de l''enfance', 'Protection de l''enfance',
            'moins_de_20', 'habitants de moins de 20 ans', 0, 19, 5),
        ('difficultes_sociales', 'Adultes et familles en difficulté, addictions', 'Difficultés sociales',
            'adultes_20_59', 'habitants de 20 à 59 ans', 20, 59, 6)
) AS p (public, libelle, libelle_court, cible, cible_libelle, age_min, age_max, ordre)
