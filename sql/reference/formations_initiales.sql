-- Formations professionnelles et universitaires qui mènent aux métiers de la santé et du social, hors diplômes d'État des écoles.
-- Grain : formation
-- Source : nomenclature de l'atlas ; intitulés des formations dans InserJeunes (DEPP) et InserSup (SIES)
-- Publication : nationale
-- Note : une formation se reconnaît à son type et à son intitulé, sans accents ni ponctuation : les codes des producteurs changent à chaque rénovation d'un diplôme. La profession est celle à laquelle elle mène le plus directement, seule ou par la poursuite d'études ; vide quand elle en ouvre plusieurs. Les écoles d'infirmiers, d'aides-soignants et de travail social ne sont ni dans InserJeunes ni dans InserSup.
-- Colonnes :
--   formation : identifiant de la formation dans l'atlas
--   libelle : nom de la formation
--   domaine : sanitaire ou social
--   profession : profession à laquelle elle mène ; vide quand elle en ouvre plusieurs
--   intitule : motif que suit « type intitulé », en minuscules, sans accents ni ponctuation
--   ordre : rang ; la première qui convient l'emporte
SELECT formation, libelle, domaine, profession, intitule, ordre
FROM (
    VALUES
        ('cap_petite_enfance', 'CAP Accompagnant éducatif petite enfance', 'social', 'assistant_maternel',
            ' petite enfance ', 1),
        ('cap_grand_age', 'CAP Agent accompagnant au grand âge', 'social', 'aide_domicile', ' grand age ', 2),
        ('cap_milieux_familial_collectif', 'CAP Assistant technique en milieux familial et collectif', 'social',
            'aide_domicile', ' milieux familia[a-z]+ et collectifs? ', 3),
        ('mc_aide_domicile', 'Mention complémentaire Aide à domicile', 'social', 'aide_domicile',
            ' aide a domicile ', 4),
        ('bac_pro_soins_services', 'Bac professionnel Accompagnement, soins et services à la personne', 'sanitaire',
            'aide_soignant', ' accompagnement soins (et )?services a la personne ', 5),
        ('bac_pro_animation', 'Bac professionnel Animation, enfance et personnes âgées', 'social', NULL,
            ' animation enfance (et )?personnes agees ', 6),
        ('preparateur_pharmacie_officine', 'Brevet professionnel ou DEUST Préparateur en pharmacie', 'sanitaire',
            'preparateur_pharmacie', ' (preparateurs?|technicien) en pharmacie | preparateur technicien', 7),
        ('bts_dietetique', 'BTS Diététique', 'sanitaire', 'dieteticien', ' bts .*dieteti', 8),
        ('bts_biologie_medicale', 'BTS Analyses de biologie médicale', 'sanitaire', 'technicien_laboratoire',
            ' bts .*(biologie medicale|analyses medicales) ', 9),
        ('bts_opticien', 'BTS Opticien-lunetier', 'sanitaire', 'opticien_lunetier', ' bts .*opticien', 10),
        ('bts_sanitaire_social', 'BTS Services et prestations des secteurs sanitaire et social', 'social', NULL,
            ' secteurs? sanitaire et social ', 11),
        ('bts_economie_sociale', 'BTS Économie sociale familiale', 'social', 'conseiller_economie_sociale',
            ' bts .*economie sociale', 12),
        ('dts_imagerie', 'DTS Imagerie médicale et radiologie thérapeutique', 'sanitaire', 'manipulateur_erm',
            ' imagerie medicale ', 13),
        ('licence_pro_intervention_sociale', 'Licence professionnelle Intervention sociale', 'social', NULL,
            ' licences? pro[a-z]* .*intervention sociale', 14),
        ('master_psychologie', 'Master Psychologie', 'sanitaire', 'psychologue', ' master .*psychologie', 15),
        ('infirmier_pratique_avancee', 'Diplôme d''État d''infirmier en pratique avancée', 'sanitaire', 'infirmier',
            ' infirmiers? .*pratique avancee ', 16),
        ('orthophonie', 'Certificat de capacité d''orthophoniste', 'sanitaire', 'orthophoniste', ' orthophoni', 17),
        ('orthoptie', 'Certificat de capacité d''orthoptiste', 'sanitaire', 'orthoptiste', ' orthopti', 18),
        ('audioprothese', 'Diplôme d''État d''audioprothésiste', 'sanitaire', 'audioprothesiste', ' audioprothes', 19),
        ('maieutique', 'Diplôme d''État de sage-femme', 'sanitaire', 'sage_femme', ' sages? femmes? | maieuti', 20),
        ('master_sante_publique', 'Master Santé publique', 'sanitaire', NULL, ' master .*sante publique ', 21)
) AS f (formation, libelle, domaine, profession, intitule, ordre)
