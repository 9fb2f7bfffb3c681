-- Blocs des pages et des fiches qui montrent un choix de lignes : lesquelles, et dans quel ordre.
-- Grain : bloc, code
-- Source : définitions de l'atlas
-- Publication : nationale
-- Note : les mots sont ceux de la table qui explique la colonne : reference.variables_sae, indicateurs, groupes_tension, familles_professionnelles, sources.
-- Colonnes :
--   bloc : page ou fiche, puis ce qu'elle montre
--   colonne : colonne dont le code est une valeur
--   code : code montré
--   ordre : rang dans le bloc
SELECT bloc, colonne, code, ordre::INTEGER AS ordre
FROM (
    SELECT bloc, colonne, unnest(codes) AS code, generate_subscripts(codes, 1) AS ordre
    FROM (
        VALUES
            ('fiche.chiffres_cles', 'variable', ['ETPSAL_TOT', 'EFFLIB_TOT', 'ETPINT', 'ETP_TOT_PNM']),
            ('fiche.membres', 'variable', ['ETPSAL_TOT', 'EFFLIB_TOT', 'EFF_INT_recalcule', 'ETP_SAG', 'ETP_INFSANSSPE',
                'ETP_INFAVECSPE', 'ETP_AID', 'ETP_TOT_PNM']),
            ('fiche.pairs', 'indicateur', ['etp_medical', 'etp_non_medical', 'medecins_pour_100_non_medicaux',
                'infirmiers_par_lit_ou_place', 'aides_soignants_pour_100_infirmiers', 'part_femmes_medecins',
                'part_temps_partiel_medecins', 'part_liberaux']),
            ('fiche.tension', 'groupe', ['medecin', 'medecin_generaliste', 'infirmier', 'sage_femme',
                'masseur_kinesitherapeute', 'chirurgien_dentiste']),
            -- The trades that hospitals hire most.
            ('fiche.recrutement', 'fap', ['V2X90', 'V1X80', 'V0X60']),
            ('fiche.ages', 'indicateur', ['part_55_plus', 'part_60_plus']),
            ('fiche.ressources_humaines', 'indicateur', ['taux_vacance', 'taux_absence', 'taux_rotation',
                'part_contractuels', 'part_interim']),
            ('fiche.sources', 'source', ['sae', 'finess_plus', 'ght', 'insee_cog', 'drees_medecins_ages', 'bmo',
                'parcoursup', 'enquete_rh']),
            ('territoire.hopital', 'variable', ['EFFSAL_TOT', 'ETPSAL_TOT', 'EFFLIB_TOT', 'EFF_INT_recalcule',
                'ETP_TOT_PNM', 'ETP_SAG', 'ETP_CAD', 'ETP_INFSANSSPE', 'ETP_INFAVECSPE', 'ETP_AID', 'ETP_ASH',
                'ETP_REEDU']),
            ('hopital.ght', 'variable', ['ETPSAL_TOT', 'EFF_INT_recalcule', 'ETP_SAG', 'ETP_TOT_PNM', 'ETP_INFSANSSPE',
                'ETP_AID']),
            ('ressources_humaines.categories', 'indicateur', ['taux_vacance', 'taux_rotation', 'part_contractuels']),
            ('ressources_humaines.territoires', 'indicateur', ['taux_vacance', 'taux_rotation', 'taux_absence',
                'part_contractuels', 'part_interim']),
            -- Together they are taux_absence.
            ('ressources_humaines.motifs', 'indicateur', ['taux_absence_maladie', 'taux_absence_longue_maladie',
                'taux_absence_at_mp', 'taux_absence_parentalite', 'taux_absence_autres']),
            ('ressources_humaines_esms.territoires', 'indicateur', ['taux_vacance', 'taux_rotation', 'taux_absence',
                'part_prestations_externes', 'remplacements_100_etp']),
            -- Together they are taux_absence.
            ('ressources_humaines_esms.motifs', 'indicateur', ['taux_absence_courte_duree',
                'taux_absence_moyenne_duree', 'taux_absence_longue_duree', 'taux_absence_at_mp',
                'taux_absence_parentalite', 'taux_absence_autres']),
            ('fiche.ressources_humaines_esms', 'indicateur', ['taux_vacance', 'taux_rotation', 'taux_absence',
                'taux_absence_courte_duree', 'taux_absence_moyenne_duree', 'taux_absence_longue_duree',
                'part_prestations_externes', 'remplacements_100_etp']),
            ('besoins.parts', 'indicateur', ['part_60_plus_population', 'part_65_plus_population',
                'part_75_plus_population', 'part_ald']),
            ('besoins.nombres', 'indicateur', ['population_60_plus', 'population_75_plus', 'patients_ald']),
            ('besoins.series', 'indicateur', ['part_60_plus_population', 'part_75_plus_population']),
            ('acces.patients', 'indicateur', ['part_ald_sans_medecin_traitant'])
    ) AS b (bloc, colonne, codes)
)
