-- Spécialités du troisième cycle des études de médecine : les 44 diplômes d'études spécialisées.
-- Grain : specialite
-- Source : arrêté du 21 avril 2017 relatif aux diplômes d'études spécialisées de médecine
-- Publication : nationale
-- Colonnes :
--   specialite : identifiant de la spécialité d'internat
--   libelle : nom du diplôme d'études spécialisées
--   discipline : chirurgicale, médicale, ou biologie, anesthésie et santé publique
SELECT *
FROM (
    VALUES
        ('chirurgie_maxillo_faciale', 'Chirurgie maxillo-faciale', 'chirurgicale'),
        ('chirurgie_orale', 'Chirurgie orale', 'chirurgicale'),
        ('chirurgie_orthopedique', 'Chirurgie orthopédique et traumatologique', 'chirurgicale'),
        ('chirurgie_pediatrique', 'Chirurgie pédiatrique', 'chirurgicale'),
        ('chirurgie_plastique', 'Chirurgie plastique, reconstructrice et esthétique', 'chirurgicale'),
        ('chirurgie_thoracique', 'Chirurgie thoracique et cardiovasculaire', 'chirurgicale'),
        ('chirurgie_vasculaire', 'Chirurgie vasculaire', 'chirurgicale'),
        ('chirurgie_viscerale', 'Chirurgie viscérale et digestive', 'chirurgicale'),
        ('gynecologie_obstetrique', 'Gynécologie obstétrique', 'chirurgicale'),
        ('neurochirurgie', 'Neurochirurgie', 'chirurgicale'),
        ('ophtalmologie', 'Ophtalmologie', 'chirurgicale'),
        ('orl', 'Oto-rhino-laryngologie et chirurgie cervico-faciale', 'chirurgicale'),
        ('urologie', 'Urologie', 'chirurgicale'),
        ('allergologie', 'Allergologie', 'médicale'),
        ('anatomie_pathologique', 'Anatomie et cytologie pathologiques', 'médicale'),
        ('dermatologie', 'Dermatologie et vénéréologie', 'médicale'),
        ('endocrinologie', 'Endocrinologie, diabétologie, nutrition', 'médicale'),
        ('genetique_medicale', 'Génétique médicale', 'médicale'),
        ('geriatrie', 'Gériatrie', 'médicale'),
        ('gynecologie_medicale', 'Gynécologie médicale', 'médicale'),
        ('hematologie', 'Hématologie', 'médicale'),
        ('hepato_gastro_enterologie', 'Hépato-gastro-entérologie', 'médicale'),
        ('maladies_infectieuses', 'Maladies infectieuses et tropicales', 'médicale'),
        ('medecine_cardiovasculaire', 'Médecine cardiovasculaire', 'médicale'),
        ('medecine_urgence', 'Médecine d''urgence', 'médicale'),
        ('medecine_travail', 'Médecine et santé au travail', 'médicale'),
        ('medecine_generale', 'Médecine générale', 'médicale'),
        ('medecine_intensive', 'Médecine intensive et réanimation', 'médicale'),
        ('medecine_interne', 'Médecine interne et immunologie clinique', 'médicale'),
        ('medecine_legale', 'Médecine légale et expertises médicales', 'médicale'),
        ('medecine_nucleaire', 'Médecine nucléaire', 'médicale'),
        ('medecine_physique', 'Médecine physique et de réadaptation', 'médicale'),
        ('medecine_vasculaire', 'Médecine vasculaire', 'médicale'),
        ('nephrologie', 'Néphrologie', 'médicale'),
        ('neurologie', 'Neurologie', 'médicale'),
        ('oncologie', 'Oncologie', 'médicale'),
        ('pediatrie', 'Pédiatrie', 'médicale'),
        ('pneumologie', 'Pneumologie', 'médicale'),
        ('psychiatrie', 'Psychiatrie', 'médicale'),
        ('radiologie', 'Radiologie et imagerie médicale', 'médicale'),
        ('rhumatologie', 'Rhumatologie', 'médicale'),
        ('anesthesie_reanimation', 'Anesthésie-réanimation', 'biologie, anesthésie et santé publique'),
        ('biologie_medicale', 'Biologie médicale', 'biologie, anesthésie et santé publique'),
        ('sante_publique', 'Santé publique', 'biologie, anesthésie et santé publique')
) AS s (specialite, libelle, discipline)
