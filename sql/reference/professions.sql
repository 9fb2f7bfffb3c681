-- Professions de l'atlas.
-- Grain : profession
-- Source : nomenclature de l'atlas ; code TRE_G15 de l'annuaire santé (ANS) où la profession y figure
-- Publication : nationale
-- Colonnes :
--   libelle : nom de la profession
--   libelle_court : nom en peu de mots
--   libelle_acces : nom dans ce qui concerne l'accès : parmi les médecins, les généralistes seuls
--   code_ans : code de la profession dans l'annuaire santé (TRE_G15)
--   exercice_reglemente : profession médicale, pharmaceutique, auxiliaire médical ou autre profession de santé au sens du code de la santé publique
SELECT
    profession, libelle, coalesce(libelle_court, libelle) AS libelle_court,
    coalesce(libelle_acces, libelle) AS libelle_acces, code_ans, exercice_reglemente
FROM (
    VALUES
        ('medecin', 'Médecins', NULL, 'Médecins généralistes', '10', 'médicale'),
        ('chirurgien_dentiste', 'Chirurgiens-dentistes', NULL, NULL, '40', 'médicale'),
        ('sage_femme', 'Sages-femmes', NULL, NULL, '50', 'médicale'),
        ('pharmacien', 'Pharmaciens', NULL, NULL, '21', 'pharmaceutique'),
        ('infirmier', 'Infirmiers', NULL, NULL, '60', 'auxiliaire médical'),
        ('masseur_kinesitherapeute', 'Masseurs-kinésithérapeutes', 'Kinésithérapeutes', NULL, '70',
            'auxiliaire médical'),
        ('pedicure_podologue', 'Pédicures-podologues', NULL, NULL, '80', 'auxiliaire médical'),
        ('orthophoniste', 'Orthophonistes', NULL, NULL, '91', 'auxiliaire médical'),
        ('orthoptiste', 'Orthoptistes', NULL, NULL, '92', 'auxiliaire médical'),
        ('aide_soignant', 'Aides-soignants', NULL, NULL, NULL, 'autre profession de santé'),
        ('auxiliaire_puericulture', 'Auxiliaires de puériculture', NULL, NULL, NULL, 'autre profession de santé'),
        ('ambulancier', 'Ambulanciers', NULL, NULL, NULL, 'autre profession de santé'),
        ('ergotherapeute', 'Ergothérapeutes', NULL, NULL, '94', 'auxiliaire médical'),
        ('psychomotricien', 'Psychomotriciens', NULL, NULL, '96', 'auxiliaire médical'),
        ('manipulateur_erm', 'Manipulateurs d''électroradiologie médicale', NULL, NULL, '98', 'auxiliaire médical'),
        ('technicien_laboratoire', 'Techniciens de laboratoire médical', NULL, NULL, '86', 'auxiliaire médical'),
        ('preparateur_pharmacie', 'Préparateurs en pharmacie', NULL, NULL, NULL, 'pharmaceutique'),
        ('auxiliaire_medical', 'Auxiliaires médicaux : ensemble', 'Auxiliaires médicaux', NULL, NULL,
            'auxiliaire médical')
) AS p (profession, libelle, libelle_court, libelle_acces, code_ans, exercice_reglemente)
