-- Indicateurs du tableau des tensions : dimension, sens, échelles où chacun existe, sources qui le donnent.
-- Grain : dimension, indicateur
-- Source : définitions de l'atlas
-- Publication : nationale
-- Note : ce tableau décrit chaque profession, il ne la note pas : aucun poids. Les postes vacants et la rotation, dont les réponses sont protégées, n'y entrent qu'à la publication (vues.tension_professions).
-- Colonnes :
--   dimension : recrutement, marché, équilibre, offre, vieillissement, accès, ressources humaines, formation, synthèse
--   indicateur : indicateur du dictionnaire
--   sens : 1 si une valeur haute est de la tension, -1 si c'est une valeur basse ; vide pour un nombre qui suit la taille du territoire, et ne se classe pas
--   niveaux : échelles où il peut exister, séparées par un espace
--   sources : sources dont une au moins le donne, séparées par un espace
--   sources_libelle : les mêmes, en mots
--   absence : pourquoi une profession ne l'a pas, quand ses sources sont là
--   absence_specialite : pourquoi une spécialité médicale ne l'a pas ; vide où aucune source ne les distingue
--   ordre : rang de la dimension, puis de l'indicateur : le premier connu est celui que le tableau montre
SELECT
    p.dimension, p.indicateur, p.sens, p.niveaux, p.sources, p.sources_libelle, p.absence, s.absence_specialite, p.ordre
FROM (
    VALUES
        ('recrutement', 'part_difficile', 1, 'departement region france', 'bmo', 'l''enquête BMO',
            'l''enquête BMO ne distingue pas cette profession', 11),
        ('recrutement', 'projets', NULL, 'departement region france', 'bmo', 'l''enquête BMO',
            'l''enquête BMO ne distingue pas cette profession', 12),
        ('marché', 'tension', 1, 'departement region france', 'dares_tensions', 'les tensions de la DARES',
            'la DARES ne mesure pas la tension de cette profession', 21),
        ('marché', 'demandeurs_par_offre', -1, 'departement region france', 'france_travail marche_travail',
            'les demandeurs et les offres de France Travail', 'France Travail ne suit pas cette profession à part', 22),
        ('marché', 'offres_par_offre_pourvue', 1, 'departement region france', 'drees_tensions_social',
            'les tensions du social de la DREES', 'hors des professions du social que suit la DREES', 23),
        ('équilibre', 'part_desequilibre', 1, 'region', 'dares_metiers_2030', 'les projections de la DARES',
            'la DARES ne projette pas cette profession', 31),
        ('équilibre', 'solde_formation', NULL, 'region', 'dares_metiers_2030', 'les projections de la DARES',
            'la DARES ne projette pas cette profession', 32),
        ('offre', 'densite', -1, 'departement region france',
            'drees_professionnels drees_infirmiers drees_medecins_ages drees_demographie cnam_demographie',
            'les effectifs de la DREES et de la CNAM', 'aucun répertoire reçu ne compte cette profession', 41),
        ('offre', 'densite_hospitaliere', -1, 'departement region france', 'sae', 'la SAE',
            'la SAE ne compte pas cette profession à part', 42),
        ('vieillissement', 'part_60_plus', 1, 'departement region france',
            'drees_professionnels drees_medecins_ages cnam_demographie', 'les âges de la DREES et de la CNAM',
            'aucune source reçue ne donne d''âges fiables de cette profession', 51),
        ('vieillissement', 'part_departs', 1, 'region france', 'dares_metiers_2030', 'les projections de la DARES',
            'la DARES ne projette pas cette profession', 52),
        ('accès', 'part_zones_difficiles', 1, 'departement region france',
            'zonage_arretes zonage_professions zonage_medecins', 'le zonage',
            'aucun zonage de cette profession n''a été reçu', 61),
        ('accès', 'apl', -1, 'departement region france', 'apl', 'l''APL',
            'l''APL n''est pas calculée pour cette profession', 62),
        ('ressources humaines', 'taux_vacance', 1, 'departement region', 'enquete_rh enquete_esms',
            'les enquêtes sur les ressources humaines', 'aucune enquête ne distingue cette profession', 71),
        ('ressources humaines', 'taux_rotation', 1, 'departement region', 'enquete_rh enquete_esms',
            'les enquêtes sur les ressources humaines', 'aucune enquête ne distingue cette profession', 72),
        ('formation', 'entrants_par_place', -1, 'departement region france', 'formations_sanitaires',
            'la carte régionale des formations', 'la carte régionale n''a pas de diplôme de cette profession', 81),
        ('formation', 'inscrits_par_place', -1, 'region france', 'drees_formations',
            'l''enquête de la DREES auprès des écoles', 'la DREES n''enquête pas d''école de cette profession', 82),
        ('formation', 'admis_par_place', -1, 'departement region france', 'parcoursup', 'Parcoursup',
            'Parcoursup n''offre pas de place dans cette formation', 83),
        ('formation', 'part_sans_diplome', 1, 'departement region france', 'formations_sanitaires',
            'la carte régionale des formations', 'aucune promotion de cette formation n''est suivie', 84),
        ('formation', 'part_postes_pourvus', -1, 'region france', 'internat_postes', 'les postes d''internat',
            'cette profession n''a pas d''internat', 85),
        ('synthèse', 'tension_indice', 1, 'departement', 'drees_demographie cnam_demographie',
            'les effectifs de la DREES et de la CNAM', 'l''indice de tension ne porte pas sur cette profession', 91)
) AS p (dimension, indicateur, sens, niveaux, sources, sources_libelle, absence, ordre)
LEFT JOIN (
    VALUES
        ('densite', 'les effectifs reçus, de leur dernière année, n''ont pas cette spécialité à part'),
        ('densite_hospitaliere', 'la SAE donne les spécialités par leur code, et celui-ci n''est pas établi'),
        ('part_60_plus', 'aucune source reçue ne donne d''âges de cette spécialité'),
        ('part_postes_pourvus', 'aucun diplôme d''internat n''est celui de cette spécialité')
) AS s (indicateur, absence_specialite) USING (indicateur)
