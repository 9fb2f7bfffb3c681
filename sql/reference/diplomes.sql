-- Diplômes des formations sanitaires et sociales que la région autorise ou agrée.
-- Grain : diplome
-- Source : seize formations de l'enquête de la DREES sur les écoles de formation aux professions de santé ; treize diplômes de travail social du code de l'action sociale et des familles ; textes cités ligne à ligne
-- Publication : nationale
-- Note : la feuille de route normande compte 15 diplômes sanitaires et 13 sociaux sans les nommer. Niveaux et durées sont ceux des textes cités ; la profession à laquelle chacun mène est dans reference.correspondances. `lu` dit lesquels ont été relus, les autres sont à vérifier au répertoire national des certifications avant publication.
-- Colonnes :
--   diplome : identifiant du diplôme dans l'atlas
--   libelle : nom du diplôme
--   libelle_court : nom sans « diplôme d'État »
--   libelle_parcoursup : nom du diplôme dans les fichiers de Parcoursup ; vide où nous ne l'y avons pas lu
--   domaine : sanitaire ou social
--   niveau_certification : niveau du cadre national des certifications, de 3 à 7
--   duree_mois [mois] : durée d'un parcours complet à temps plein, arrondie
--   annees [années] : années scolaires d'un parcours complet
--   texte : texte qui fixe la formation
--   lu : niveau et durée relus dans le texte ou sa présentation officielle
WITH diplomes (diplome, libelle, domaine, niveau_certification, duree_mois, texte, lu) AS (
    VALUES
        ('infirmier', 'Diplôme d''État d''infirmier', 'sanitaire', 6, 36, 'arrêté du 31 juillet 2009',
            false),
        ('infirmier_anesthesiste', 'Diplôme d''État d''infirmier anesthésiste', 'sanitaire', 7, 24,
            'arrêté du 23 juillet 2012', false),
        ('infirmier_bloc_operatoire', 'Diplôme d''État d''infirmier de bloc opératoire', 'sanitaire', 7,
            24, 'arrêté du 27 avril 2022', false),
        ('puericultrice', 'Diplôme d''État de puéricultrice', 'sanitaire', 6, 12,
            'arrêté du 13 juillet 1983', false),
        ('cadre_sante', 'Diplôme de cadre de santé', 'sanitaire', 6, 10, 'arrêté du 18 août 1995', false),
        ('aide_soignant', 'Diplôme d''État d''aide-soignant', 'sanitaire', 4, 11,
            'arrêté du 10 juin 2021 (44 semaines)', true),
        ('auxiliaire_puericulture', 'Diplôme d''État d''auxiliaire de puériculture', 'sanitaire', 4, 11,
            'arrêté du 10 juin 2021 (44 semaines)', true),
        ('ambulancier', 'Diplôme d''État d''ambulancier', 'sanitaire', 3, 6,
            'arrêté du 11 avril 2022 (801 heures, 23 semaines)', false),
        ('masseur_kinesitherapeute', 'Diplôme d''État de masseur-kinésithérapeute', 'sanitaire', 7, 48,
            'arrêté du 2 septembre 2015', false),
        ('ergotherapeute', 'Diplôme d''État d''ergothérapeute', 'sanitaire', 6, 36,
            'arrêté du 5 juillet 2010', false),
        ('psychomotricien', 'Diplôme d''État de psychomotricien', 'sanitaire', 6, 36,
            'décret n° 74-112 du 15 février 1974', false),
        ('manipulateur_erm', 'Diplôme d''État de manipulateur d''électroradiologie médicale', 'sanitaire', 6, 36,
            'arrêté du 14 juin 2012', false),
        ('pedicure_podologue', 'Diplôme d''État de pédicure-podologue', 'sanitaire', 6, 36,
            'arrêté du 5 juillet 2012', false),
        ('technicien_laboratoire', 'Diplôme d''État de technicien de laboratoire médical', 'sanitaire', 6, 36,
            'arrêté du 21 août 1996', false),
        ('preparateur_pharmacie', 'Diplôme de préparateur en pharmacie hospitalière', 'sanitaire', 5, 12,
            'arrêté du 2 août 2006', false),
        ('sage_femme', 'Diplôme d''État de sage-femme', 'sanitaire', 7, 48,
            'arrêté du 11 mars 2013 (après la première année commune)', false),
        ('accompagnant_educatif_social', 'Diplôme d''État d''accompagnant éducatif et social', 'social', 3, 12,
            'code de l''action sociale et des familles, partie D, livre IV, titre V', false),
        ('assistant_familial', 'Diplôme d''État d''assistant familial', 'social', 3, 24,
            'code de l''action sociale et des familles, partie D, livre IV, titre V', false),
        ('intervention_sociale_familiale', 'Diplôme d''État de technicien de l''intervention sociale et familiale',
            'social', 4, 24, 'code de l''action sociale et des familles, partie D, livre IV, titre V', false),
        ('moniteur_educateur', 'Diplôme d''État de moniteur éducateur', 'social', 4, 24,
            'code de l''action sociale et des familles, partie D, livre IV, titre V', false),
        ('assistant_service_social', 'Diplôme d''État d''assistant de service social', 'social', 6, 36,
            'code de l''action sociale et des familles, partie D, livre IV, titre V', false),
        ('conseiller_economie_sociale', 'Diplôme d''État de conseiller en économie sociale familiale', 'social',
            6, 12, 'code de l''action sociale et des familles, partie D, livre IV, titre V', false),
        ('educateur_jeunes_enfants', 'Diplôme d''État d''éducateur de jeunes enfants', 'social', 6, 36,
            'code de l''action sociale et des familles, partie D, livre IV, titre V', false),
        ('educateur_specialise', 'Diplôme d''État d''éducateur spécialisé', 'social', 6, 36,
            'code de l''action sociale et des familles, partie D, livre IV, titre V', false),
        ('educateur_technique_specialise', 'Diplôme d''État d''éducateur technique spécialisé', 'social', 6, 36,
            'code de l''action sociale et des familles, partie D, livre IV, titre V', false),
        ('mediateur_familial', 'Diplôme d''État de médiateur familial', 'social', 6, 24,
            'code de l''action sociale et des familles, partie D, livre IV, titre V', false),
        ('caferuis',
            'Certificat d''aptitude aux fonctions d''encadrement et de responsable d''unité d''intervention sociale',
            'social', 6, 24, 'code de l''action sociale et des familles, partie D, livre IV, titre V', false),
        ('cafdes',
            'Certificat d''aptitude aux fonctions de directeur d''établissement ou de service d''intervention sociale',
            'social', 7, 30, 'code de l''action sociale et des familles, partie D, livre IV, titre V', false),
        ('ingenierie_sociale', 'Diplôme d''État d''ingénierie sociale', 'social', 7, 36,
            'code de l''action sociale et des familles, partie D, livre IV, titre V', false)
),
parcoursup (diplome, libelle_parcoursup) AS (
    VALUES
        ('infirmier', 'D.E Infirmier'),
        ('ergotherapeute', 'D.E Ergothérapeute'),
        ('psychomotricien', 'D.E Psychomotricien'),
        ('pedicure_podologue', 'D.E Pédicure-Podologue'),
        ('manipulateur_erm', 'D.E manipulateur/trice en électroradiologie médicale'),
        ('masseur_kinesitherapeute', 'D.E Masseur-Kinésithérapeute')
),
-- « Diplôme d'État d'infirmier » is « infirmier »; the two certificates of managers are known by their initials.
nommes AS (
    SELECT
        diplome,
        CASE diplome
            WHEN 'caferuis' THEN 'CAFERUIS'
            WHEN 'cafdes' THEN 'CAFDES'
            ELSE regexp_replace(libelle, '^Diplôme (d''État )?(d''|de )', '')
        END AS nom
    FROM diplomes
)
SELECT
    d.diplome, d.libelle, upper(left(n.nom, 1)) || substr(n.nom, 2) AS libelle_court, p.libelle_parcoursup,
    d.domaine, d.niveau_certification, d.duree_mois, ceil(d.duree_mois / 12)::INTEGER AS annees, d.texte,
    d.lu
FROM diplomes AS d
JOIN nommes AS n USING (diplome)
LEFT JOIN parcoursup AS p USING (diplome)
