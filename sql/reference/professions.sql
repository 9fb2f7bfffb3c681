-- Professions de l'atlas.
-- Grain : profession
-- Source : nomenclature de l'atlas ; code TRE_G15 de l'annuaire santé (ANS) où la profession y figure
-- Publication : nationale
-- Colonnes :
--   libelle : nom de la profession
--   code_ans : code de la profession dans l'annuaire santé (TRE_G15)
--   exercice_reglemente : profession médicale, pharmaceutique, auxiliaire médical ou autre profession de santé au sens du code de la santé publique
SELECT *
FROM (
    VALUES
        ('medecin', 'Médecins', '10', 'médicale'),
        ('chirurgien_dentiste', 'Chirurgiens-dentistes', '40', 'médicale'),
        ('sage_femme', 'Sages-femmes', '50', 'médicale'),
        ('pharmacien', 'Pharmaciens', '21', 'pharmaceutique'),
        ('infirmier', 'Infirmiers', '60', 'auxiliaire médical'),
        ('masseur_kinesitherapeute', 'Masseurs-kinésithérapeutes', '70', 'auxiliaire médical'),
        ('pedicure_podologue', 'Pédicures-podologues', '80', 'auxiliaire médical'),
        ('orthophoniste', 'Orthophonistes', '91', 'auxiliaire médical'),
        ('orthoptiste', 'Orthoptistes', '92', 'auxiliaire médical'),
        ('aide_soignant', 'Aides-soignants', NULL, 'autre profession de santé'),
        ('auxiliaire_puericulture', 'Auxiliaires de puériculture', NULL, 'autre profession de santé'),
        ('ambulancier', 'Ambulanciers', NULL, 'autre profession de santé'),
        ('ergotherapeute', 'Ergothérapeutes', '94', 'auxiliaire médical'),
        ('psychomotricien', 'Psychomotriciens', '96', 'auxiliaire médical'),
        ('manipulateur_erm', 'Manipulateurs d''électroradiologie médicale', '98', 'auxiliaire médical'),
        ('technicien_laboratoire', 'Techniciens de laboratoire médical', '86', 'auxiliaire médical'),
        ('preparateur_pharmacie', 'Préparateurs en pharmacie', NULL, 'pharmaceutique'),
        ('auxiliaire_medical', 'Auxiliaires médicaux : ensemble', NULL, 'auxiliaire médical')
) AS p (profession, libelle, code_ans, exercice_reglemente)
