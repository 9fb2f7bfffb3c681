-- Codes de profession de l'annuaire santé, et la profession de l'atlas que chacun désigne.
-- Grain : code_ans
-- Source : nomenclature des objets de santé (ANS), tables TRE_G15 et TRE_R95 ; années de passage au RPPS d'après la DREES et l'ANS
-- Publication : nationale
-- Note : les aides-soignants et les auxiliaires de puériculture ne sont pas dans l'annuaire ; les codes 35 à 39 sont éteints depuis décembre 2024.
-- Colonnes :
--   code_ans : code de la profession dans l'annuaire santé
--   libelle : nom de la profession
--   passage_rpps [année] : année où la profession est passée d'ADELI au RPPS, ce qui change l'identifiant des personnes ; vide si elle y est depuis l'origine
SELECT *
FROM (
    VALUES
        ('10', 'medecin', 'Médecins', NULL),
        ('21', 'pharmacien', 'Pharmaciens', NULL),
        ('26', 'audioprothesiste', 'Audioprothésistes', 2024),
        ('28', 'opticien_lunetier', 'Opticiens-lunetiers', 2024),
        ('31', 'assistant_dentaire', 'Assistants dentaires', 2024),
        ('32', 'physicien_medical', 'Physiciens médicaux', 2024),
        ('40', 'chirurgien_dentiste', 'Chirurgiens-dentistes', NULL),
        ('50', 'sage_femme', 'Sages-femmes', NULL),
        ('60', 'infirmier', 'Infirmiers', 2022),
        ('69', 'infirmier_psychiatrique', 'Infirmiers psychiatriques', 2024),
        ('70', 'masseur_kinesitherapeute', 'Masseurs-kinésithérapeutes', 2017),
        ('71', 'osteopathe', 'Ostéopathes', 2024),
        ('72', 'psychotherapeute', 'Psychothérapeutes', 2024),
        ('73', 'chiropracteur', 'Chiropracteurs', 2024),
        ('80', 'pedicure_podologue', 'Pédicures-podologues', 2018),
        ('81', 'orthoprothesiste', 'Orthoprothésistes', 2024),
        ('82', 'podo_orthesiste', 'Podo-orthésistes', 2024),
        ('83', 'orthopediste_orthesiste', 'Orthopédistes-orthésistes', 2024),
        ('84', 'oculariste', 'Ocularistes', 2024),
        ('85', 'epithesiste', 'Épithésistes', 2024),
        ('86', 'technicien_laboratoire', 'Techniciens de laboratoire médical', 2024),
        ('91', 'orthophoniste', 'Orthophonistes', 2024),
        ('92', 'orthoptiste', 'Orthoptistes', 2024),
        ('93', 'psychologue', 'Psychologues', 2024),
        ('94', 'ergotherapeute', 'Ergothérapeutes', 2024),
        ('95', 'dieteticien', 'Diététiciens', 2024),
        ('96', 'psychomotricien', 'Psychomotriciens', 2024),
        ('98', 'manipulateur_erm', 'Manipulateurs en électroradiologie médicale', 2024)
) AS p (code_ans, profession, libelle, passage_rpps)
