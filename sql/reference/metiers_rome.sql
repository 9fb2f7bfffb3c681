-- Métiers du répertoire ROME (France Travail) de la santé et du social que l'atlas suit.
-- Grain : rome
-- Source : FAP 2009 et ROME (DARES, France Travail), table de passage : codes et intitulés
-- Publication : nationale
-- Note : les professions de chaque métier sont dans reference.correspondances. La version 4 du répertoire (2023) garde ces codes et en découpe certains : un code nouveau se déclare ici.
-- Colonnes :
--   rome : code du métier
--   libelle : intitulé du métier
--   domaine : santé ou social
SELECT rome, libelle, domaine
FROM (
    VALUES
        ('J1102', 'Médecine généraliste et spécialisée', 'santé'), ('J1103', 'Médecine dentaire', 'santé'),
        ('J1104', 'Suivi de la grossesse et de l''accouchement', 'santé'), ('J1202', 'Pharmacie', 'santé'),
        ('J1301', 'Personnel polyvalent des services hospitaliers', 'santé'),
        ('J1302', 'Analyses médicales', 'santé'), ('J1303', 'Assistance médico-technique', 'santé'),
        ('J1304', 'Aide en puériculture', 'santé'), ('J1305', 'Conduite de véhicules sanitaires', 'santé'),
        ('J1306', 'Imagerie médicale', 'santé'), ('J1307', 'Préparation en pharmacie', 'santé'),
        ('J1401', 'Audioprothèses', 'santé'), ('J1402', 'Diététique', 'santé'), ('J1403', 'Ergothérapie', 'santé'),
        ('J1404', 'Kinésithérapie', 'santé'), ('J1405', 'Optique - lunetterie', 'santé'),
        ('J1406', 'Orthophonie', 'santé'), ('J1407', 'Orthoptique', 'santé'),
        ('J1409', 'Pédicurie et podologie', 'santé'), ('J1412', 'Rééducation en psychomotricité', 'santé'),
        ('J1501', 'Soins d''hygiène, de confort du patient', 'santé'),
        ('J1503', 'Soins infirmiers spécialisés en anesthésie', 'santé'),
        ('J1504', 'Soins infirmiers spécialisés en bloc opératoire', 'santé'),
        ('J1506', 'Soins infirmiers généralistes', 'santé'),
        ('J1507', 'Soins infirmiers spécialisés en puériculture', 'santé'), ('K1104', 'Psychologie', 'santé'),
        ('K1101', 'Accompagnement et médiation familiale', 'social'), ('K1201', 'Action sociale', 'social'),
        ('K1202', 'Éducation de jeunes enfants', 'social'),
        ('K1203', 'Encadrement technique en insertion professionnelle', 'social'),
        ('K1207', 'Intervention socioéducative', 'social'), ('K1301', 'Accompagnement médicosocial', 'social'),
        ('K1302', 'Assistance auprès d''adultes', 'social'), ('K1303', 'Assistance auprès d''enfants', 'social'),
        ('K1305', 'Intervention sociale et familiale', 'social')
) AS m (rome, libelle, domaine)
