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
SELECT specialite, libelle, cle, feuille, nullif(reserve, '') AS reserve
FROM (
    VALUES
        ('allergologie', 'Allergologues', 'allergologie', 'Spécialistes', 'en 2018, la plupart sont comptés parmi les généralistes à expertise particulière'),
        ('allergologie', 'Allergologues', 'allergologues', '', 'en 2018, la plupart sont comptés parmi les généralistes à expertise particulière'),
        ('anesthesie_reanimation', 'Anesthésistes-réanimateurs', 'total anesthesie reanimation', 'Spécialistes', ''),
        ('anesthesie_reanimation', 'Anesthésistes-réanimateurs', 'anesthesistes reanimateurs', '', ''),
        ('cardiologie', 'Cardiologues', 'pathologie cardio vasculaire', 'Spécialistes', ''),
        ('cardiologie', 'Cardiologues', 'cardiologues', '', ''),
        ('chirurgie', 'Chirurgiens', 'total chirurgie', 'Spécialistes', ''),
        ('chirurgie', 'Chirurgiens', 'chirurgiens', '', ''),
        ('dermatologie', 'Dermatologues', 'dermato venereologie', 'Spécialistes', ''),
        ('dermatologie', 'Dermatologues', 'dermatologues', '', ''),
        ('endocrinologie', 'Endocrinologues', 'endocrinologie et metabolisme', 'Spécialistes', ''),
        ('endocrinologie', 'Endocrinologues', 'endocrinologues', '', ''),
        ('gynecologie', 'Gynécologues médicaux et obstétriciens', 'total gynecologie', 'Spécialistes', ''),
        ('gynecologie', 'Gynécologues médicaux et obstétriciens', 'gynecologues medicaux et obstetriciens', '', ''),
        ('hepato_gastro_enterologie', 'Hépato-gastro-entérologues', 'gastro enterologie et hepatologie', 'Spécialistes', ''),
        ('hepato_gastro_enterologie', 'Hépato-gastro-entérologues', 'hepato gastro enterologues', '', ''),
        ('medecine_nucleaire', 'Médecins nucléaires', 'medecine nucleaire', 'Spécialistes', ''),
        ('medecine_nucleaire', 'Médecins nucléaires', 'medecins nucleaires', '', ''),
        ('anatomie_pathologique', 'Médecins pathologistes', 'anatomo cyto pathologie', 'Spécialistes', ''),
        ('anatomie_pathologique', 'Médecins pathologistes', 'medecins pathologistes', '', ''),
        ('medecine_vasculaire', 'Médecins vasculaires', 'medecine vasculaire', 'Spécialistes', 'en 2018, la plupart sont comptés parmi les généralistes à expertise particulière (angiologie)'),
        ('medecine_vasculaire', 'Médecins vasculaires', 'medecins vasculaires', '', 'en 2018, la plupart sont comptés parmi les généralistes à expertise particulière (angiologie)'),
        ('neurologie', 'Neurologues', 'neurologie', 'Spécialistes', ''),
        ('neurologie', 'Neurologues', 'neurologues', '', ''),
        ('nephrologie', 'Néphrologues', 'nephrologie', 'Spécialistes', ''),
        ('nephrologie', 'Néphrologues', 'nephrologues', '', ''),
        ('ophtalmologie', 'Ophtalmologues', 'ophtalmologie', 'Spécialistes', ''),
        ('ophtalmologie', 'Ophtalmologues', 'ophtalmologues', '', ''),
        ('orl', 'Oto-rhino-laryngologistes', 'oto rhino laryngologie', 'Spécialistes', ''),
        ('orl', 'Oto-rhino-laryngologistes', 'oto rhino laryngologistes', '', ''),
        ('pneumologie', 'Pneumologues', 'pneumologie', 'Spécialistes', ''),
        ('pneumologie', 'Pneumologues', 'pneumologues', '', ''),
        ('psychiatrie', 'Psychiatres', 'total psychiatrie', 'Spécialistes', ''),
        ('psychiatrie', 'Psychiatres', 'psychiatres', '', ''),
        ('pediatrie', 'Pédiatres', 'total pediatrie', 'Spécialistes', ''),
        ('pediatrie', 'Pédiatres', 'pediatres', '', ''),
        ('radiologie', 'Radiologues', 'radiodiagnostic et imagerie medicale', 'Spécialistes', ''),
        ('radiologie', 'Radiologues', 'radiologues', '', ''),
        ('radiotherapie', 'Radiothérapeutes', 'oncologie radiotherapique', 'Spécialistes', ''),
        ('radiotherapie', 'Radiothérapeutes', 'radiotherapie', 'Spécialistes', ''),
        ('radiotherapie', 'Radiothérapeutes', 'radiotherapeutes', '', ''),
        ('rhumatologie', 'Rhumatologues', 'rhumatologie', 'Spécialistes', ''),
        ('rhumatologie', 'Rhumatologues', 'rhumatologues', '', ''),
        ('stomatologie', 'Stomatologues', 'total stomatologie', 'Spécialistes', ''),
        ('stomatologie', 'Stomatologues', 'stomatologues', '', ''),
        ('medecine_generale', 'Médecins généralistes (hors médecins à expertise particulière - MEP)', 'medecine generale', 'Généralistes et MEP', ''),
        ('medecine_generale', 'Médecins généralistes (hors médecins à expertise particulière - MEP)', 'medecins generalistes hors medecins a expertise particuliere mep', '', ''),
        ('expertise_particuliere', 'Médecins généralistes à expertise particulière (MEP)', 'm e p', 'Généralistes et MEP', 'l''allergologie et la médecine vasculaire en sont sorties'),
        ('expertise_particuliere', 'Médecins généralistes à expertise particulière (MEP)', 'medecins generalistes a expertise particuliere mep', '', 'l''allergologie et la médecine vasculaire en sont sorties'),
        ('dentaire', 'Chirurgiens-dentistes (hors spécialistes d''orthopédie dento-faciale - ODF)', 'chirurgiens dentistes', 'Dentistes et ODF', ''),
        ('dentaire', 'Chirurgiens-dentistes (hors spécialistes d''orthopédie dento-faciale - ODF)', 'chirurgie orale', 'Dentistes et ODF', ''),
        ('dentaire', 'Chirurgiens-dentistes (hors spécialistes d''orthopédie dento-faciale - ODF)', 'medecine bucco dentaire', 'Dentistes et ODF', ''),
        ('dentaire', 'Chirurgiens-dentistes (hors spécialistes d''orthopédie dento-faciale - ODF)', 'chirurgiens dentistes hors specialistes d orthopedie dento faciale odf', '', ''),
        ('orthopedie_dento_faciale', 'Chirurgiens-dentistes spécialistes d''orthopédie dento-faciale (ODF)', 'chirurgiens dentistes specialistes o d f', 'Dentistes et ODF', ''),
        ('orthopedie_dento_faciale', 'Chirurgiens-dentistes spécialistes d''orthopédie dento-faciale (ODF)', 'chirurgiens dentistes specialistes d orthopedie dento faciale odf', '', '')
) AS s (specialite, libelle, cle, feuille, reserve)
