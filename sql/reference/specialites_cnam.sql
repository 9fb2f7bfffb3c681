-- Spécialités libérales de la CNAM : l'intitulé de chaque fichier, et la spécialité qu'il désigne d'une année à l'autre.
-- Grain : cle, feuille
-- Source : intitulés lus dans le classeur de 2018 et dans l'export de 2024 ; rapprochements de l'atlas
-- Publication : nationale
-- Note : le classeur a 140 intitulés, l'export 38. Une spécialité de l'export est rapprochée de l'intitulé, ou du total, du classeur qui la compte ; où il en faut plusieurs, ils s'ajoutent. « Autres médecins » réunit ce que l'export ne détaille pas et n'a pas d'équivalent.
-- Colonnes :
--   specialite : identifiant, commun aux années
--   libelle : nom de la spécialité, celui de l'export
--   cle : intitulé publié, en minuscules sans accent, chiffre ni ponctuation
--   feuille : partie du classeur ; vide pour l'export
--   reserve : pourquoi les années ne se comparent pas ; vide si elles se comparent
WITH specialites (specialite, libelle, reserve) AS (
    VALUES
        (
            'allergologie', 'Allergologues',
            'en 2018, la plupart sont comptés parmi les généralistes à expertise particulière'
        ),
        ('anesthesie_reanimation', 'Anesthésistes-réanimateurs', ''),
        ('cardiologie', 'Cardiologues', ''),
        ('chirurgie', 'Chirurgiens', ''),
        ('dermatologie', 'Dermatologues', ''),
        ('endocrinologie', 'Endocrinologues', ''),
        ('gynecologie', 'Gynécologues médicaux et obstétriciens', ''),
        ('hepato_gastro_enterologie', 'Hépato-gastro-entérologues', ''),
        ('medecine_nucleaire', 'Médecins nucléaires', ''),
        ('anatomie_pathologique', 'Médecins pathologistes', ''),
        (
            'medecine_vasculaire', 'Médecins vasculaires',
            'en 2018, la plupart sont comptés parmi les généralistes à expertise particulière (angiologie)'
        ),
        ('neurologie', 'Neurologues', ''),
        ('nephrologie', 'Néphrologues', ''),
        ('ophtalmologie', 'Ophtalmologues', ''),
        ('orl', 'Oto-rhino-laryngologistes', ''),
        ('pneumologie', 'Pneumologues', ''),
        ('psychiatrie', 'Psychiatres', ''),
        ('pediatrie', 'Pédiatres', ''),
        ('radiologie', 'Radiologues', ''),
        ('radiotherapie', 'Radiothérapeutes', ''),
        ('rhumatologie', 'Rhumatologues', ''),
        ('stomatologie', 'Stomatologues', ''),
        ('medecine_generale', 'Médecins généralistes (hors médecins à expertise particulière - MEP)', ''),
        (
            'expertise_particuliere', 'Médecins généralistes à expertise particulière (MEP)',
            'l''allergologie et la médecine vasculaire en sont sorties'
        ),
        ('dentaire', 'Chirurgiens-dentistes (hors spécialistes d''orthopédie dento-faciale - ODF)', ''),
        ('orthopedie_dento_faciale', 'Chirurgiens-dentistes spécialistes d''orthopédie dento-faciale (ODF)', '')
),
classeur (specialite, cle, feuille) AS (
    VALUES
        ('allergologie', 'allergologie', 'Spécialistes'),
        ('anesthesie_reanimation', 'total anesthesie reanimation', 'Spécialistes'),
        ('cardiologie', 'pathologie cardio vasculaire', 'Spécialistes'),
        ('chirurgie', 'total chirurgie', 'Spécialistes'),
        ('dermatologie', 'dermato venereologie', 'Spécialistes'),
        ('endocrinologie', 'endocrinologie et metabolisme', 'Spécialistes'),
        ('gynecologie', 'total gynecologie', 'Spécialistes'),
        ('hepato_gastro_enterologie', 'gastro enterologie et hepatologie', 'Spécialistes'),
        ('medecine_nucleaire', 'medecine nucleaire', 'Spécialistes'),
        ('anatomie_pathologique', 'anatomo cyto pathologie', 'Spécialistes'),
        ('medecine_vasculaire', 'medecine vasculaire', 'Spécialistes'),
        ('neurologie', 'neurologie', 'Spécialistes'),
        ('nephrologie', 'nephrologie', 'Spécialistes'),
        ('ophtalmologie', 'ophtalmologie', 'Spécialistes'),
        ('orl', 'oto rhino laryngologie', 'Spécialistes'),
        ('pneumologie', 'pneumologie', 'Spécialistes'),
        ('psychiatrie', 'total psychiatrie', 'Spécialistes'),
        ('pediatrie', 'total pediatrie', 'Spécialistes'),
        ('radiologie', 'radiodiagnostic et imagerie medicale', 'Spécialistes'),
        ('radiotherapie', 'oncologie radiotherapique', 'Spécialistes'),
        ('radiotherapie', 'radiotherapie', 'Spécialistes'),
        ('rhumatologie', 'rhumatologie', 'Spécialistes'),
        ('stomatologie', 'total stomatologie', 'Spécialistes'),
        ('medecine_generale', 'medecine generale', 'Généralistes et MEP'),
        ('expertise_particuliere', 'm e p', 'Généralistes et MEP'),
        ('dentaire', 'chirurgiens dentistes', 'Dentistes et ODF'),
        ('dentaire', 'chirurgie orale', 'Dentistes et ODF'),
        ('dentaire', 'medecine bucco dentaire', 'Dentistes et ODF'),
        ('orthopedie_dento_faciale', 'chirurgiens dentistes specialistes o d f', 'Dentistes et ODF')
)
SELECT s.specialite, s.libelle, c.cle, c.feuille, nullif(s.reserve, '') AS reserve
FROM specialites AS s
JOIN classeur AS c USING (specialite)
UNION ALL
SELECT
    specialite, libelle, intitule_seul(libelle), '',
    nullif(reserve, '')
FROM specialites
