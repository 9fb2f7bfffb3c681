-- Professions de l'atlas : celles de la santé et celles du social, et les spécialités médicales.
-- Grain : profession
-- Source : nomenclature de l'atlas ; professions de l'annuaire santé (ANS), années de passage au RPPS d'après la DREES et l'ANS ; diplômes de travail social du code de l'action sociale et des familles ; familles professionnelles (DARES)
-- Publication : nationale
-- Note : ses codes chez les producteurs (annuaire santé, familles professionnelles, diplômes, SAE) sont dans reference.correspondances. Une profession qui est une partie d'une autre (généralistes, infirmiers anesthésistes) ne s'y ajoute pas.
-- Colonnes :
--   libelle : nom de la profession
--   libelle_court : nom en peu de mots
--   libelle_acces : nom dans ce qui concerne l'accès : parmi les médecins, les généralistes seuls
--   domaine : santé ou social
--   ensemble : profession dont elle est une partie ; vide pour une profession entière
--   specialite : ce qu'elle y est, dans les tables qui ont une spécialité (atlas.densites) ; vide sinon
--   passage_rpps [année] : année où la profession est passée d'ADELI au RPPS, ce qui change l'identifiant des personnes ; vide si elle y est depuis l'origine, ou n'y est pas
--   exercice_reglemente : profession médicale, pharmaceutique, auxiliaire médical ou autre profession de santé au sens du code de la santé publique ; vide hors de la santé
--   ordre : rang dans le tableau des tensions ; vide où la profession n'y a pas de ligne
--   nature : profession, ou spécialité médicale, du tableau des tensions ; vide où elle n'y a pas de ligne
WITH sante (profession, libelle, libelle_court, ensemble, specialite, passage_rpps, exercice_reglemente, ordre) AS (
    VALUES
        ('medecin', 'Médecins', NULL, NULL, NULL, NULL, 'médicale', 1),
        ('medecin_generaliste', 'Médecins généralistes', NULL, 'medecin', 'généralistes', NULL, 'médicale', 2),
        ('medecin_specialiste', 'Médecins spécialistes', NULL, 'medecin', 'spécialistes', NULL, 'médicale', 3),
        ('chirurgien_dentiste', 'Chirurgiens-dentistes', NULL, NULL, NULL, NULL, 'médicale', 4),
        ('pharmacien', 'Pharmaciens', NULL, NULL, NULL, NULL, 'pharmaceutique', 5),
        ('sage_femme', 'Sages-femmes', NULL, NULL, NULL, NULL, 'médicale', 6),
        ('infirmier', 'Infirmiers', NULL, NULL, NULL, 2022, 'auxiliaire médical', 7),
        ('infirmier_anesthesiste', 'Infirmiers anesthésistes', NULL, 'infirmier', NULL, NULL, 'auxiliaire médical', 8),
        ('infirmier_bloc_operatoire', 'Infirmiers de bloc opératoire', NULL, 'infirmier', NULL, NULL,
            'auxiliaire médical', 9),
        ('puericultrice', 'Puéricultrices', NULL, 'infirmier', NULL, NULL, 'auxiliaire médical', 10),
        ('aide_soignant', 'Aides-soignants', NULL, NULL, NULL, NULL, 'autre profession de santé', 11),
        ('auxiliaire_puericulture', 'Auxiliaires de puériculture', NULL, NULL, NULL, NULL, 'autre profession de santé',
            12),
        ('agent_service_hospitalier', 'Agents de service hospitalier', NULL, NULL, NULL, NULL, NULL, 13),
        ('ambulancier', 'Ambulanciers', NULL, NULL, NULL, NULL, 'autre profession de santé', 14),
        ('masseur_kinesitherapeute', 'Masseurs-kinésithérapeutes', 'Kinésithérapeutes', NULL, NULL, 2017,
            'auxiliaire médical', 15),
        ('ergotherapeute', 'Ergothérapeutes', NULL, NULL, NULL, 2024, 'auxiliaire médical', 16),
        ('psychomotricien', 'Psychomotriciens', NULL, NULL, NULL, 2024, 'auxiliaire médical', 17),
        ('orthophoniste', 'Orthophonistes', NULL, NULL, NULL, 2024, 'auxiliaire médical', 18),
        ('orthoptiste', 'Orthoptistes', NULL, NULL, NULL, 2024, 'auxiliaire médical', 19),
        ('pedicure_podologue', 'Pédicures-podologues', NULL, NULL, NULL, 2018, 'auxiliaire médical', 20),
        ('dieteticien', 'Diététiciens', NULL, NULL, NULL, 2024, 'auxiliaire médical', 21),
        ('psychologue', 'Psychologues', NULL, NULL, NULL, 2024, NULL, 22),
        ('manipulateur_erm', 'Manipulateurs d''électroradiologie médicale', NULL, NULL, NULL, 2024,
            'auxiliaire médical', 23),
        ('technicien_laboratoire', 'Techniciens de laboratoire médical', NULL, NULL, NULL, 2024, 'auxiliaire médical',
            24),
        ('preparateur_pharmacie', 'Préparateurs en pharmacie', NULL, NULL, NULL, NULL, 'pharmaceutique', 25),
        ('assistant_dentaire', 'Assistants dentaires', NULL, NULL, NULL, 2024, 'autre profession de santé', 26),
        ('opticien_lunetier', 'Opticiens-lunetiers', NULL, NULL, NULL, 2024, 'auxiliaire médical', 27),
        ('audioprothesiste', 'Audioprothésistes', NULL, NULL, NULL, 2024, 'auxiliaire médical', 28),
        -- Of the register alone, or a sum that sources publish: no line among the tensions.
        ('auxiliaire_medical', 'Auxiliaires médicaux : ensemble', 'Auxiliaires médicaux', NULL, NULL, NULL,
            'auxiliaire médical', NULL),
        ('infirmier_psychiatrique', 'Infirmiers psychiatriques', NULL, NULL, NULL, 2024, 'auxiliaire médical', NULL),
        ('physicien_medical', 'Physiciens médicaux', NULL, NULL, NULL, 2024, 'autre profession de santé', NULL),
        ('osteopathe', 'Ostéopathes', NULL, NULL, NULL, 2024, NULL, NULL),
        ('psychotherapeute', 'Psychothérapeutes', NULL, NULL, NULL, 2024, NULL, NULL),
        ('chiropracteur', 'Chiropracteurs', NULL, NULL, NULL, 2024, NULL, NULL),
        ('orthoprothesiste', 'Orthoprothésistes', NULL, NULL, NULL, 2024, 'auxiliaire médical', NULL),
        ('podo_orthesiste', 'Podo-orthésistes', NULL, NULL, NULL, 2024, 'auxiliaire médical', NULL),
        ('orthopediste_orthesiste', 'Orthopédistes-orthésistes', NULL, NULL, NULL, 2024, 'auxiliaire médical', NULL),
        ('oculariste', 'Ocularistes', NULL, NULL, NULL, 2024, 'auxiliaire médical', NULL),
        ('epithesiste', 'Épithésistes', NULL, NULL, NULL, 2024, 'auxiliaire médical', NULL)
),
social (profession, libelle, libelle_court, ordre) AS (
    VALUES
        ('aide_domicile', 'Aides à domicile', NULL, 31),
        ('accompagnant_educatif_social', 'Accompagnants éducatifs et sociaux', NULL, 32),
        ('technicien_intervention_sociale', 'Techniciens de l''intervention sociale et familiale', NULL, 33),
        ('educateur_specialise', 'Éducateurs spécialisés', NULL, 34),
        ('educateur_jeunes_enfants', 'Éducateurs de jeunes enfants', NULL, 35),
        ('educateur_technique_specialise', 'Éducateurs techniques spécialisés', NULL, 36),
        ('moniteur_educateur', 'Moniteurs-éducateurs', NULL, 37),
        ('moniteur_atelier', 'Moniteurs d''atelier', NULL, 38),
        ('assistant_service_social', 'Assistants de service social', NULL, 39),
        ('conseiller_economie_sociale', 'Conseillers en économie sociale familiale', NULL, 40),
        ('mediateur_familial', 'Médiateurs familiaux', NULL, 41),
        ('assistant_familial', 'Assistants familiaux', NULL, 42),
        ('assistant_maternel', 'Assistants maternels et gardes d''enfants', 'Assistants maternels', 43),
        ('accompagnant_eleves_handicap', 'Accompagnants d''élèves en situation de handicap', NULL, 44)
),
-- Their codes at each producer are in reference.correspondances.
specialites (profession, libelle, specialite, ordre) AS (
    VALUES
        ('allergologue', 'Allergologues', 'allergologie', 101),
        ('anesthesiste_reanimateur', 'Anesthésistes-réanimateurs', 'anesthesie_reanimation', 102),
        ('cardiologue', 'Cardiologues', 'cardiologie', 103),
        ('chirurgien', 'Chirurgiens', 'chirurgie', 104),
        ('dermatologue', 'Dermatologues', 'dermatologie', 105),
        ('endocrinologue', 'Endocrinologues', 'endocrinologie', 106),
        ('geneticien', 'Généticiens', 'genetique_medicale', 107),
        ('geriatre', 'Gériatres', 'geriatrie', 108),
        ('gynecologue', 'Gynécologues médicaux et obstétriciens', 'gynecologie', 109),
        ('hematologue', 'Hématologues', 'hematologie', 110),
        ('hepato_gastro_enterologue', 'Hépato-gastro-entérologues', 'hepato_gastro_enterologie', 111),
        ('infectiologue', 'Infectiologues', 'maladies_infectieuses', 112),
        ('medecin_biologiste', 'Médecins biologistes', 'biologie_medicale', 113),
        ('medecin_readaptation', 'Médecins de médecine physique et de réadaptation', 'medecine_physique', 114),
        ('medecin_sante_publique', 'Médecins de santé publique', 'sante_publique', 115),
        ('medecin_travail', 'Médecins du travail', 'medecine_travail', 116),
        ('medecin_interniste', 'Médecins internistes', 'medecine_interne', 117),
        ('medecin_nucleaire', 'Médecins nucléaires', 'medecine_nucleaire', 118),
        ('medecin_pathologiste', 'Médecins pathologistes', 'anatomie_pathologique', 119),
        ('medecin_reanimateur', 'Médecins réanimateurs', 'medecine_intensive', 120),
        ('medecin_urgentiste', 'Médecins urgentistes', 'medecine_urgence', 121),
        ('medecin_vasculaire', 'Médecins vasculaires', 'medecine_vasculaire', 122),
        ('nephrologue', 'Néphrologues', 'nephrologie', 123),
        ('neurologue', 'Neurologues', 'neurologie', 124),
        ('ophtalmologue', 'Ophtalmologues', 'ophtalmologie', 125),
        ('oto_rhino_laryngologiste', 'Oto-rhino-laryngologistes', 'orl', 126),
        ('pediatre', 'Pédiatres', 'pediatrie', 127),
        ('pneumologue', 'Pneumologues', 'pneumologie', 128),
        ('psychiatre', 'Psychiatres', 'psychiatrie', 129),
        ('radiologue', 'Radiologues', 'radiologie', 130),
        ('radiotherapeute', 'Radiothérapeutes', 'radiotherapie', 131),
        ('rhumatologue', 'Rhumatologues', 'rhumatologie', 132),
        ('stomatologue', 'Stomatologues', 'stomatologie', 133)
),
toutes AS (
    SELECT *, 'santé' AS domaine, 'profession' AS nature FROM sante
    UNION ALL BY NAME
    SELECT *, 'social' AS domaine, 'profession' AS nature FROM social
    UNION ALL BY NAME
    SELECT
        *, 'santé' AS domaine, 'medecin' AS ensemble, 'médicale' AS exercice_reglemente, 'spécialité' AS nature
    FROM specialites
)
SELECT
    profession, libelle, coalesce(libelle_court, libelle) AS libelle_court,
    CASE profession WHEN 'medecin' THEN 'Médecins généralistes' ELSE libelle END AS libelle_acces,
    domaine, ensemble, specialite, passage_rpps, exercice_reglemente, ordre,
    CASE WHEN ordre IS NOT NULL THEN nature END AS nature
FROM toutes
