-- Catégories de FINESS qui sont des établissements ou services sociaux et médico-sociaux (ESMS), et leur public.
-- Grain : categorie
-- Source : nomenclature des catégories d'établissements de FINESS ; regroupement de l'atlas
-- Publication : nationale
-- Note : les libellés officiels sont dans reference.categories_finess quand l'édition a une extraction qui les porte. Une catégorie qui n'est pas ici n'est pas comptée parmi les ESMS (centres sociaux, logement ordinaire, tutelles). FINESS ne tient pas de capacité pour les services payés à l'acte, à l'heure ou à la file active : leurs places sont « sans objet ».
-- Colonnes :
--   libelle : ce qu'est un établissement de cette catégorie
--   public : public accueilli (reference.publics_esms)
--   capacite : FINESS tient une capacité pour cette catégorie
SELECT categorie, libelle, public, capacite
FROM (
    VALUES
        ('500', 'EHPAD', 'personnes_agees', true),
        ('501', 'EHPA avec crédits de l''assurance maladie', 'personnes_agees', true),
        ('502', 'EHPA sans crédits de l''assurance maladie', 'personnes_agees', true),
        ('202', 'Résidence autonomie', 'personnes_agees', true),
        ('207', 'Centre de jour pour personnes âgées', 'personnes_agees', true),
        ('381', 'Établissement expérimental pour personnes âgées', 'personnes_agees', true),
        ('354', 'Service de soins infirmiers à domicile (SSIAD)', 'domicile', true),
        ('209', 'Service autonomie aide et soins (auparavant SPASAD)', 'domicile', true),
        ('460', 'Service autonomie aide (auparavant SAAD)', 'domicile', false),
        ('182', 'Service d''éducation spéciale et de soins à domicile (SESSAD)', 'enfants_handicapes', true),
        ('183', 'Institut médico-éducatif (IME)', 'enfants_handicapes', true),
        ('186', 'Institut thérapeutique, éducatif et pédagogique (ITEP)', 'enfants_handicapes', true),
        ('188', 'Établissement pour enfants ou adolescents polyhandicapés', 'enfants_handicapes', true),
        ('189', 'Centre médico-psycho-pédagogique (CMPP)', 'enfants_handicapes', false),
        ('190', 'Centre d''action médico-sociale précoce (CAMSP)', 'enfants_handicapes', false),
        ('192', 'Institut d''éducation motrice', 'enfants_handicapes', true),
        ('194', 'Institut pour déficients visuels', 'enfants_handicapes', true),
        ('195', 'Institut pour déficients auditifs', 'enfants_handicapes', true),
        ('196', 'Institut d''éducation sensorielle', 'enfants_handicapes', true),
        ('238', 'Centre d''accueil familial spécialisé', 'enfants_handicapes', true),
        ('246', 'Établissement et service d''aide par le travail (ESAT)', 'adultes_handicapes', true),
        ('252', 'Foyer d''hébergement pour adultes handicapés', 'adultes_handicapes', true),
        ('255', 'Maison d''accueil spécialisée (MAS)', 'adultes_handicapes', true),
        ('382', 'Foyer de vie pour adultes handicapés', 'adultes_handicapes', true),
        ('437', 'Foyer d''accueil médicalisé (FAM)', 'adultes_handicapes', true),
        ('445', 'Service d''accompagnement médico-social (SAMSAH)', 'adultes_handicapes', true),
        ('446', 'Service d''accompagnement à la vie sociale (SAVS)', 'adultes_handicapes', true),
        ('448', 'Établissement d''accueil médicalisé', 'adultes_handicapes', true),
        ('449', 'Établissement d''accueil non médicalisé', 'adultes_handicapes', true),
        ('166', 'Établissement d''accueil mère-enfant', 'protection_enfance', true),
        ('175', 'Foyer de l''enfance', 'protection_enfance', true),
        ('177', 'Maison d''enfants à caractère social (MECS)', 'protection_enfance', true),
        ('236', 'Centre de placement familial socio-éducatif', 'protection_enfance', true),
        ('241', 'Foyer d''action éducative', 'protection_enfance', true),
        ('295', 'Service d''action éducative en milieu ouvert (AEMO) et à domicile', 'protection_enfance', false),
        ('378', 'Établissement expérimental de l''enfance protégée', 'protection_enfance', true),
        ('462', 'Lieu de vie et d''accueil', 'protection_enfance', true),
        ('165', 'Appartements de coordination thérapeutique', 'difficultes_sociales', true),
        ('178', 'Accueil et réduction des risques des usagers de drogues (CAARUD)', 'difficultes_sociales', false),
        ('180', 'Lits halte soins santé', 'difficultes_sociales', true),
        ('197', 'Centre de soins, d''accompagnement et de prévention en addictologie (CSAPA)', 'difficultes_sociales',
            false),
        ('214', 'Centre d''hébergement et de réinsertion sociale (CHRS)', 'difficultes_sociales', true),
        ('219', 'Autre centre d''accueil', 'difficultes_sociales', true),
        ('258', 'Maison relais, pension de famille', 'difficultes_sociales', true),
        ('442', 'Centre provisoire d''hébergement', 'difficultes_sociales', true),
        ('443', 'Centre d''accueil de demandeurs d''asile', 'difficultes_sociales', true)
) AS c (categorie, libelle, public, capacite)
