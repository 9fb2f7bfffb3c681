-- Indicateurs que les marts portent : définition, formule, unité, source, limites.
-- Grain : indicateur
-- Source : définitions de l'atlas
-- Publication : nationale
-- Colonnes :
--   indicateur : identifiant
--   mart : table où il se lit
--   libelle : nom en français
--   formule : calcul
--   unite : unité
--   source : source
--   limites : ce qu'il ne dit pas
SELECT *
FROM (
    VALUES
        ('effectif', 'atlas.effectifs', 'Effectif de professionnels', 'nombre de professionnels en activité',
            'personnes', 'DREES ; CNAM', 'une personne par département chez la DREES ; libéraux seulement à la CNAM'),
        ('densite', 'atlas.densites', 'Densité de professionnels', '100 000 × somme des effectifs / somme des populations',
            'pour 100 000 habitants', 'DREES ; CNAM ; INSEE', 'ne tient compte ni de l''âge des habitants ni du temps de travail'),
        ('part_age', 'atlas.ages', 'Part d''une tranche d''âge', 'effectif de la tranche / effectif de toutes les tranches',
            'part, de 0 à 1', 'DREES', 'sans objet pour les infirmiers (ADELI)'),
        ('departs_fin_carriere', 'atlas.departs', 'Départs en fin de carrière', 'projection de la DARES, de 2019 à 2030',
            'personnes', 'DARES', 'par famille professionnelle, non par profession'),
        ('part_departs', 'atlas.departs', 'Part des départs en fin de carrière', 'départs de 2019 à 2030 / emploi de 2019',
            'part, de 0 à 1', 'DARES', 'par famille professionnelle, non par profession'),
        ('effectif_55_plus', 'atlas.departs', 'Médecins de 55 ans ou plus', 'somme des tranches à partir de 55 ans',
            'personnes', 'DREES', 'certains exercent au-delà de l''âge de la retraite'),
        ('part_55_plus', 'atlas.departs', 'Part des médecins de 55 ans ou plus', '55 ans ou plus / tous âges',
            'part, de 0 à 1', 'DREES', 'certains exercent au-delà de l''âge de la retraite'),
        ('effectif_60_plus', 'atlas.departs', 'Médecins de 60 ans ou plus', 'somme des tranches à partir de 60 ans',
            'personnes', 'DREES', 'certains exercent au-delà de l''âge de la retraite'),
        ('part_60_plus', 'atlas.departs', 'Part des médecins de 60 ans ou plus', '60 ans ou plus / tous âges',
            'part, de 0 à 1', 'DREES', 'certains exercent au-delà de l''âge de la retraite'),
        ('projets', 'atlas.recrutement', 'Projets de recrutement', 'somme des cases visibles',
            'projets', 'France Travail, BMO', 'plus bas que le total publié quand des cases sont secrètes'),
        ('part_difficile', 'atlas.recrutement', 'Part des projets jugés difficiles',
            'somme de xmet / somme de met, sur les cases où les deux sont visibles',
            'part, de 0 à 1', 'France Travail, BMO', 'se lit avec sa couverture'),
        ('part_saisonniers', 'atlas.recrutement', 'Part des projets saisonniers',
            'somme de smet / somme de met, sur les cases où les deux sont visibles',
            'part, de 0 à 1', 'France Travail, BMO', 'se lit avec sa couverture'),
        ('tension', 'atlas.recrutement', 'Tension', 'note de 1 à 5 de la DARES', 'note de 1 à 5', 'DARES',
            'imputée où le volume ne suffit pas'),
        ('part_zone', 'atlas.acces', 'Part de la population par zone', 'population des communes de la zone / population du territoire',
            'part, de 0 à 1', 'zonage des médecins ; INSEE', 'médecins généralistes seulement ; liste non officielle'),
        ('places_offertes', 'atlas.formations', 'Places offertes', 'somme des capacités sur Parcoursup', 'places', 'Parcoursup',
            'hors formation continue : ce n''est pas le quota régional'),
        ('admis', 'atlas.formations', 'Admis', 'somme des admis sur Parcoursup', 'personnes', 'Parcoursup',
            'hors formation continue'),
        ('taux_vacance', 'atlas.ressources_humaines', 'Part des postes vacants', '(postes budgétés − postes pourvus) / postes budgétés, au 31 décembre',
            'part, de 0 à 1', 'enquête RH de l''agence', 'se lit avec sa couverture ; ne se compare pas à la vacance statutaire des praticiens (CNG), où un poste tenu par un contractuel est vacant'),
        ('part_contractuels', 'atlas.ressources_humaines', 'Part des contractuels', 'ETP des contractuels / ETP pourvus, au 31 décembre',
            'part, de 0 à 1', 'enquête RH de l''agence', 'se lit avec sa couverture'),
        ('taux_rotation', 'atlas.ressources_humaines', 'Taux de rotation', '(entrées + sorties) / 2 / effectif au 31 décembre précédent',
            'part, de 0 à 1', 'enquête RH de l''agence', 'se lit avec sa couverture'),
        ('taux_absence', 'atlas.ressources_humaines', 'Taux d''absentéisme', 'jours calendaires d''absence, hors formation et congés annuels / (365 × ETP moyens)',
            'part, de 0 à 1', 'enquête RH de l''agence', 'd''autres définitions (FHF, ATIH) ont d''autres dénominateurs'),
        ('taux_absence_maladie', 'atlas.ressources_humaines', 'Absences pour maladie ordinaire', 'jours de maladie ordinaire / (365 × ETP moyens)',
            'part, de 0 à 1', 'enquête RH de l''agence', 'se lit avec sa couverture'),
        ('taux_absence_longue_maladie', 'atlas.ressources_humaines', 'Absences de longue maladie et de longue durée',
            'jours de longue maladie / (365 × ETP moyens)', 'part, de 0 à 1', 'enquête RH de l''agence', 'se lit avec sa couverture'),
        ('taux_absence_at_mp', 'atlas.ressources_humaines', 'Absences pour accident du travail ou maladie professionnelle',
            'jours d''accident du travail et de maladie professionnelle / (365 × ETP moyens)', 'part, de 0 à 1', 'enquête RH de l''agence',
            'se lit avec sa couverture'),
        ('taux_absence_parentalite', 'atlas.ressources_humaines', 'Absences de maternité, de paternité et d''adoption',
            'jours de parentalité / (365 × ETP moyens)', 'part, de 0 à 1', 'enquête RH de l''agence', 'se lit avec sa couverture'),
        ('taux_absence_autres', 'atlas.ressources_humaines', 'Autres absences', 'jours d''autres absences / (365 × ETP moyens)',
            'part, de 0 à 1', 'enquête RH de l''agence', 'se lit avec sa couverture'),
        ('part_interim', 'atlas.ressources_humaines', 'Part de l''intérim', 'dépenses d''intérim / (charges de personnel + dépenses d''intérim)',
            'part, de 0 à 1', 'enquête RH de l''agence', 'en dépenses, non en temps de travail'),
        ('accidents_100_etp', 'atlas.ressources_humaines', 'Accidents du travail pour 100 ETP', '100 × accidents reconnus / ETP moyens',
            'pour 100 ETP', 'enquête RH de l''agence', 'hors trajet ; avec ou sans arrêt'),
        ('violences_100_etp', 'atlas.ressources_humaines', 'Violences signalées pour 100 ETP', '100 × signalements / ETP moyens',
            'pour 100 ETP', 'enquête RH de l''agence', 'suit d''abord l''habitude de signaler'),
        ('personnels', 'fiches.es_personnels', 'Personnels des établissements', 'variables de SYGEN', 'personnes ou ETP', 'SAE',
            'effectifs au 31 décembre, ETP moyens annuels rémunérés')
) AS i (indicateur, mart, libelle, formule, unite, source, limites)
