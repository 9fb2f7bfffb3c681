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
        ('part_femmes', 'atlas.indicateurs', 'Part des femmes', 'femmes / ensemble', 'part, de 0 à 1', 'DREES',
            'France seulement'),
        ('departs_attendus', 'atlas.departs_attendus', 'Cessations d''activité attendues',
            'somme, par âge, des présents × (1 - produit des probabilités annuelles de rester)', 'personnes', 'DREES',
            'sorties nationales par âge appliquées aux âges du territoire ; sans les entrées'),
        ('effectif_projete', 'atlas.projections', 'Effectif à venir', 'cohortes, ou niveau et pente locale', 'personnes', 'DREES',
            'se lit avec l''erreur passée de sa méthode'),
        ('tension_indice', 'atlas.tension', 'Indice de tension', 'moyenne pondérée de rangs centiles par dimension',
            'de 0 à 100', 'DREES ; CNAM ; France Travail ; DARES ; zonage',
            'un classement, pas une mesure ; se lit avec son intervalle de rang'),
        ('evolution_annuelle', 'atlas.tension_indicateurs', 'Évolution annuelle moyenne de l''effectif',
            '(effectif / effectif quatre ans plus tôt au moins) ^ (1 / années) - 1', 'part par an', 'DREES ; CNAM',
            'une rupture de série s''y lit comme une évolution'),
        ('part_zip_zac', 'atlas.tension_indicateurs', 'Part de la population en ZIP ou ZAC',
            'population des communes en ZIP ou ZAC / population', 'part, de 0 à 1', 'zonage des médecins ; INSEE',
            'médecins généralistes seulement'),
        ('tension_dares', 'atlas.tension_indicateurs', 'Tension selon la DARES', 'indicateur composite de la DARES',
            'écart type', 'DARES', 'hors valeurs imputées'),
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
        ('liquidations', 'atlas.cessations', 'Départs en retraite', 'somme des pensions liquidées, cases visibles', 'personnes',
            'CNRACL ; CARMF', 'une liquidation n''est pas un arrêt d''activité : le cumul est compté à part'),
        ('age_moyen_depart', 'atlas.cessations', 'Âge moyen à la liquidation', 'somme des âges / somme des liquidations, âges donnés à l''année',
            'années révolues', 'CNRACL ; CARMF', 'sans les lignes données par classe d''âge'),
        ('places_autorisees', 'atlas.formations_regionales', 'Places autorisées', 'somme des places autorisées par la région', 'places',
            'carte régionale des formations', 'quota, toutes voies d''accès'),
        ('part_sans_diplome', 'atlas.formations_regionales', 'Part des sorties sans diplôme', '1 - diplômés de la promotion, en retard compris / entrants',
            'part, de 0 à 1', 'carte régionale des formations', 'promotions closes seulement'),
        ('postes_internat', 'atlas.internat', 'Postes d''interne offerts', 'somme des postes, CESP compris', 'postes',
            'arrêtés annuels', 'la promotion de 2024 est réduite par la réforme du deuxième cycle'),
        ('part_objectif', 'atlas.objectifs_formation', 'Capacité rapportée à l''objectif', 'places de deuxième cycle depuis le début de la période / objectif de la période',
            'part', 'arrêtés ; universités', 'des places ne sont pas des diplômés'),
        ('beneficiaires', 'atlas.dispositifs', 'Bénéficiaires de dispositifs', 'somme des bénéficiaires, cases visibles', 'selon la nature',
            'agence régionale de santé', 'ne dit pas l''effet du dispositif'),
        ('personnels', 'fiches.es_personnels', 'Personnels des établissements', 'variables de SYGEN', 'personnes ou ETP', 'SAE',
            'effectifs au 31 décembre, ETP moyens annuels rémunérés')
) AS i (indicateur, mart, libelle, formule, unite, source, limites)
