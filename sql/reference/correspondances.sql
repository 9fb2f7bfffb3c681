-- Correspondances : les codes de chaque profession dans les nomenclatures des producteurs.
-- Grain : nomenclature, code, profession
-- Source : FAP 2009 et FAP 2021 (DARES), FAP 2009 et ROME (DARES, France Travail) ; nomenclature des objets de santé (ANS), tables TRE_G15 et TRE_R95 ; diplômes de l'atlas (reference.diplomes) ; métiers du ROME (reference.metiers_rome) ; SAE, dessin de SYGEN (DREES)
-- Publication : nationale
-- Note : une famille professionnelle réunit souvent plusieurs professions : ses nombres ne sont pas ceux d'une seule. BMO emploie la FAP 2021 depuis 2024 ; la DARES, la FAP 2009. Les techniciens de l'intervention sociale (ROME K1305) sont avec les aides à domicile ; la FAP 2021 n'en dit rien, et ils y restent. Les accompagnants éducatifs et sociaux le sont à domicile, et en établissement avec les aides-soignants en 2009, à part en 2021. Un diplôme ne mène qu'à une profession ; ce qui n'est pas au dictionnaire des diplômes n'a pas de source d'entrées dans l'atlas. Les aides-soignants et les auxiliaires de puériculture ne sont pas dans l'annuaire ; ses codes 35 à 39 sont éteints depuis décembre 2024.
-- Colonnes :
--   nomenclature : FAP 2009, FAP 2021, ROME, RPPS, SAE (groupe de variables), enquête RH (catégorie de personnel), enquête ESMS (fonction) ou diplôme ; d'une spécialité médicale, CNAM (reference.specialites_cnam), savoir-faire (groupe de reference.specialites_rpps), internat (diplôme d'études spécialisées) ou SAE médecins (code PERSO)
--   code : code dans cette nomenclature
--   libelle : nom du code, où aucune autre table ne le dit
--   melange : ceux que le code réunit, quand ce n'est pas la profession seule ; vide sinon
--   rang : 1 pour la famille où la profession est le plus exercée, quand plusieurs de même niveau la comptent
WITH familles_2021 (code, professions) AS (
    VALUES
        ('V2X90', ['medecin', 'medecin_generaliste', 'medecin_specialiste']),
        ('V2X91', ['chirurgien_dentiste']),
        ('V2X93', ['pharmacien']),
        ('V1X80', ['infirmier', 'sage_femme', 'infirmier_anesthesiste', 'infirmier_bloc_operatoire', 'puericultrice']),
        ('V0X60', ['aide_soignant', 'assistant_dentaire']),
        ('T4X61', ['agent_service_hospitalier']),
        ('V3X80', ['masseur_kinesitherapeute', 'ergotherapeute', 'psychomotricien', 'orthophoniste', 'orthoptiste',
            'pedicure_podologue', 'dieteticien', 'osteopathe', 'chiropracteur']),
        ('V3X90', ['psychologue', 'psychotherapeute']),
        ('V3X70', ['manipulateur_erm', 'technicien_laboratoire', 'preparateur_pharmacie']),
        ('V3X71', ['opticien_lunetier', 'audioprothesiste', 'orthoprothesiste', 'podo_orthesiste',
            'orthopediste_orthesiste']),
        ('V4X84', ['accompagnant_educatif_social']),
        ('T2A60', ['aide_domicile', 'accompagnant_educatif_social', 'technicien_intervention_sociale']),
        ('V4X83', ['educateur_specialise', 'educateur_jeunes_enfants', 'educateur_technique_specialise',
            'moniteur_educateur', 'moniteur_atelier']),
        ('V4X85', ['assistant_service_social', 'conseiller_economie_sociale', 'mediateur_familial']),
        ('T2B60', ['assistant_maternel', 'assistant_familial', 'auxiliaire_puericulture']),
        ('V5X84', ['accompagnant_eleves_handicap'])
),
familles_2009 (code, professions) AS (
    VALUES
        ('V2Z90', ['medecin', 'medecin_generaliste', 'medecin_specialiste']),
        ('V2Z91', ['chirurgien_dentiste']),
        ('V2Z93', ['pharmacien']),
        ('V1Z80', ['infirmier', 'infirmier_anesthesiste', 'infirmier_bloc_operatoire', 'puericultrice']),
        ('V1Z81', ['sage_femme']),
        ('T2A60', ['aide_domicile', 'accompagnant_educatif_social', 'technicien_intervention_sociale']),
        ('V0Z60', ['aide_soignant', 'auxiliaire_puericulture', 'assistant_dentaire', 'accompagnant_educatif_social']),
        ('T4Z61', ['agent_service_hospitalier']),
        ('V3Z80', ['masseur_kinesitherapeute', 'ergotherapeute', 'psychomotricien', 'orthophoniste', 'orthoptiste',
            'pedicure_podologue', 'dieteticien', 'osteopathe', 'chiropracteur']),
        ('V3Z90', ['psychologue', 'psychotherapeute']),
        ('V3Z70', ['manipulateur_erm', 'technicien_laboratoire', 'preparateur_pharmacie']),
        ('V3Z71', ['opticien_lunetier', 'audioprothesiste', 'orthoprothesiste', 'podo_orthesiste',
            'orthopediste_orthesiste']),
        ('V4Z83', ['educateur_specialise', 'educateur_jeunes_enfants', 'educateur_technique_specialise',
            'moniteur_educateur', 'moniteur_atelier']),
        ('V4Z85', ['assistant_service_social', 'conseiller_economie_sociale', 'mediateur_familial']),
        ('T2B60', ['assistant_maternel', 'assistant_familial']),
        ('V5Z84', ['accompagnant_eleves_handicap'])
),
-- Who is counted by two families: this one is the second.
secondes (profession, nomenclature, code) AS (
    VALUES
        ('accompagnant_educatif_social', 'FAP 2021', 'T2A60'),
        ('accompagnant_educatif_social', 'FAP 2009', 'V0Z60')
),
fines AS (
    SELECT
        unnest(professions) AS profession, generate_subscripts(professions, 1) AS place, 'FAP 2021' AS nomenclature,
        code
    FROM familles_2021
    UNION ALL
    SELECT unnest(professions), generate_subscripts(professions, 1), 'FAP 2009', code FROM familles_2009
),
rangees AS (
    SELECT f.*, CASE WHEN s.code IS NULL THEN 1 ELSE 2 END AS rang
    FROM fines AS f
    LEFT JOIN secondes AS s USING (profession, nomenclature, code)
),
-- The 87 families of 2009 are what the projections know. Two hold mostly other trades: cleaners, sports and culture.
familles AS (
    SELECT * FROM rangees
    UNION ALL
    SELECT profession, 10 * (code[4:])::INTEGER + place, nomenclature, left(code, 3), rang
    FROM rangees
    WHERE nomenclature = 'FAP 2009' AND left(code, 3) NOT IN ('T4Z', 'V5Z')
),
rpps (code, profession) AS (
    VALUES
        ('10', 'medecin'), ('21', 'pharmacien'), ('26', 'audioprothesiste'), ('28', 'opticien_lunetier'),
        ('31', 'assistant_dentaire'), ('32', 'physicien_medical'), ('40', 'chirurgien_dentiste'), ('50', 'sage_femme'),
        ('60', 'infirmier'), ('69', 'infirmier_psychiatrique'), ('70', 'masseur_kinesitherapeute'),
        ('71', 'osteopathe'), ('72', 'psychotherapeute'), ('73', 'chiropracteur'), ('80', 'pedicure_podologue'),
        ('81', 'orthoprothesiste'), ('82', 'podo_orthesiste'), ('83', 'orthopediste_orthesiste'), ('84', 'oculariste'),
        ('85', 'epithesiste'), ('86', 'technicien_laboratoire'), ('91', 'orthophoniste'), ('92', 'orthoptiste'),
        ('93', 'psychologue'), ('94', 'ergotherapeute'), ('95', 'dieteticien'), ('96', 'psychomotricien'),
        ('98', 'manipulateur_erm')
),
-- Only the groups that count one profession.
sae (code, profession) AS (
    VALUES
        ('SAG', 'sage_femme'), ('INFSANSSPE', 'infirmier'), ('INFAVECSPE', 'infirmier'), ('AID', 'aide_soignant'),
        ('ASH', 'agent_service_hospitalier'), ('PSYCHO', 'psychologue'), ('DTSOC', 'assistant_service_social')
),
-- The categories of staff of the survey, and what they are called where they join several.
enquete (code, melange, professions) AS (
    VALUES
        ('medecins', 'médecins, odontologistes et pharmaciens', ['medecin', 'chirurgien_dentiste', 'pharmacien']),
        ('sages_femmes', NULL, ['sage_femme']),
        ('infirmiers', 'infirmiers en soins généraux', ['infirmier']),
        ('infirmiers_specialises', 'infirmiers spécialisés et de pratique avancée',
            ['infirmier_anesthesiste', 'infirmier_bloc_operatoire', 'puericultrice']),
        ('aides_soignants', 'aides-soignants et auxiliaires de puériculture',
            ['aide_soignant', 'auxiliaire_puericulture']),
        ('autres_soins', 'psychologues, agents de service et autres soignants',
            ['psychologue', 'agent_service_hospitalier']),
        ('reeducation', 'personnels de rééducation',
            ['masseur_kinesitherapeute', 'ergotherapeute', 'psychomotricien', 'orthophoniste', 'orthoptiste',
                'pedicure_podologue']),
        ('medico_techniques', 'personnels médico-techniques',
            ['manipulateur_erm', 'technicien_laboratoire', 'preparateur_pharmacie']),
        ('educatifs', 'personnels éducatifs et sociaux',
            ['educateur_specialise', 'educateur_jeunes_enfants', 'educateur_technique_specialise',
                'moniteur_educateur', 'assistant_service_social', 'conseiller_economie_sociale',
                'accompagnant_educatif_social'])
),
-- The functions of the survey of social establishments: the only one that no trade of health shares.
enquete_esms (code, melange, professions) AS (
    VALUES
        ('socio_educatif', 'personnels socio-éducatifs des établissements et services médico-sociaux',
            ['aide_domicile', 'technicien_intervention_sociale', 'accompagnant_educatif_social', 'educateur_specialise',
                'educateur_jeunes_enfants', 'educateur_technique_specialise', 'moniteur_educateur', 'moniteur_atelier',
                'assistant_service_social', 'conseiller_economie_sociale'])
),
-- The trades of France Travail, and whom they join where they are not one profession alone.
rome (code, melange, professions) AS (
    VALUES
        ('J1102', 'médecins', ['medecin', 'medecin_generaliste', 'medecin_specialiste']),
        ('J1103', NULL, ['chirurgien_dentiste']), ('J1104', NULL, ['sage_femme']), ('J1202', NULL, ['pharmacien']),
        ('J1301', NULL, ['agent_service_hospitalier']), ('J1302', NULL, ['technicien_laboratoire']),
        ('J1303', 'assistants dentaires et médico-techniques', ['assistant_dentaire']),
        ('J1304', NULL, ['auxiliaire_puericulture']), ('J1305', NULL, ['ambulancier']),
        ('J1306', NULL, ['manipulateur_erm']), ('J1307', NULL, ['preparateur_pharmacie']),
        ('J1401', NULL, ['audioprothesiste']), ('J1402', NULL, ['dieteticien']), ('J1403', NULL, ['ergotherapeute']),
        ('J1404', NULL, ['masseur_kinesitherapeute']), ('J1405', NULL, ['opticien_lunetier']),
        ('J1406', NULL, ['orthophoniste']), ('J1407', NULL, ['orthoptiste']), ('J1409', NULL, ['pedicure_podologue']),
        ('J1412', NULL, ['psychomotricien']), ('J1501', NULL, ['aide_soignant']),
        ('J1503', NULL, ['infirmier_anesthesiste']), ('J1504', NULL, ['infirmier_bloc_operatoire']),
        ('J1506', 'infirmiers en soins généraux', ['infirmier']), ('J1507', NULL, ['puericultrice']),
        ('K1104', NULL, ['psychologue']), ('K1101', NULL, ['mediateur_familial']),
        ('K1201', 'assistants de service social et conseillers en économie sociale familiale',
            ['assistant_service_social', 'conseiller_economie_sociale']),
        ('K1202', NULL, ['educateur_jeunes_enfants']),
        ('K1203', 'éducateurs techniques, moniteurs d''atelier et encadrants de l''insertion',
            ['educateur_technique_specialise', 'moniteur_atelier']),
        ('K1207', 'éducateurs spécialisés et moniteurs-éducateurs', ['educateur_specialise', 'moniteur_educateur']),
        ('K1301', NULL, ['accompagnant_educatif_social']), ('K1302', NULL, ['aide_domicile']),
        ('K1303', 'assistants maternels, assistants familiaux et gardes d''enfants',
            ['assistant_maternel', 'assistant_familial']),
        ('K1305', NULL, ['technicien_intervention_sociale'])
),
diplomes (code, profession, libelle) AS (
    VALUES
        ('infirmier', 'infirmier', NULL),
        ('infirmier_anesthesiste', 'infirmier_anesthesiste', NULL),
        ('infirmier_bloc_operatoire', 'infirmier_bloc_operatoire', NULL),
        ('puericultrice', 'puericultrice', NULL),
        ('aide_soignant', 'aide_soignant', NULL),
        ('auxiliaire_puericulture', 'auxiliaire_puericulture', NULL),
        ('ambulancier', 'ambulancier', NULL),
        ('masseur_kinesitherapeute', 'masseur_kinesitherapeute', NULL),
        ('ergotherapeute', 'ergotherapeute', NULL),
        ('psychomotricien', 'psychomotricien', NULL),
        ('manipulateur_erm', 'manipulateur_erm', NULL),
        ('pedicure_podologue', 'pedicure_podologue', NULL),
        ('technicien_laboratoire', 'technicien_laboratoire', NULL),
        ('preparateur_pharmacie', 'preparateur_pharmacie', NULL),
        ('sage_femme', 'sage_femme', NULL),
        ('accompagnant_educatif_social', 'accompagnant_educatif_social', NULL),
        ('assistant_familial', 'assistant_familial', NULL),
        ('intervention_sociale_familiale', 'technicien_intervention_sociale', NULL),
        ('moniteur_educateur', 'moniteur_educateur', NULL),
        ('assistant_service_social', 'assistant_service_social', NULL),
        ('conseiller_economie_sociale', 'conseiller_economie_sociale', NULL),
        ('educateur_jeunes_enfants', 'educateur_jeunes_enfants', NULL),
        ('educateur_specialise', 'educateur_specialise', NULL),
        ('educateur_technique_specialise', 'educateur_technique_specialise', NULL),
        ('mediateur_familial', 'mediateur_familial', NULL),
        -- Outside the dictionary of diplomas.
        ('internat', 'medecin', 'Internat de médecine'),
        ('odontologie', 'chirurgien_dentiste', 'Études d''odontologie'),
        ('pharmacie', 'pharmacien', 'Études de pharmacie'),
        ('orthophonie', 'orthophoniste', 'Orthophonie'),
        ('orthoptie', 'orthoptiste', 'Orthoptie'),
        ('dietetique', 'dieteticien', 'Diététique'),
        ('psychologie', 'psychologue', 'Études de psychologie'),
        ('optique', 'opticien_lunetier', 'Optique et lunetterie'),
        ('audioprothese', 'audioprothesiste', 'Audioprothèse'),
        ('agrement_assistant_maternel', 'assistant_maternel', 'Agrément d''assistant maternel')
),
-- Trades of a family that are no profession of the atlas.
autres (nomenclature, code, libelle) AS (
    VALUES
        ('FAP 2021', 'V2X93', 'biologistes médicaux'), ('FAP 2009', 'V2Z93', 'biologistes médicaux'),
        ('FAP 2009', 'V2Z', 'vétérinaires'),
        ('FAP 2021', 'V4X85', 'mandataires et médiateurs sociaux'),
        ('FAP 2009', 'V4Z85', 'mandataires et médiateurs sociaux'),
        ('FAP 2021', 'V5X84', 'surveillants d''établissements scolaires'),
        ('FAP 2009', 'V5Z84', 'surveillants d''établissements scolaires')
),
-- A part (nurses in anaesthetics) is named by its whole.
reunies AS (
    SELECT nomenclature, code, list(libelle ORDER BY place) AS noms
    FROM (
        SELECT f.nomenclature, f.code, f.place, lower(left(p.libelle_court, 1)) || substr(p.libelle_court, 2) AS libelle
        FROM familles AS f
        JOIN reference.professions AS p USING (profession)
        WHERE p.ensemble IS NULL
        UNION ALL
        SELECT nomenclature, code, 9999, libelle FROM autres
    )
    GROUP BY nomenclature, code
),
-- More than four names are those of the family.
nommees AS (
    SELECT
        r.nomenclature, r.code, len(r.noms) AS professions,
        CASE
            WHEN len(r.noms) > 4 AND f.libelle IS NOT NULL THEN lower(left(f.libelle, 1)) || substr(f.libelle, 2)
            ELSE concat_ws(' et ',
                nullif(array_to_string(r.noms[:-2], ', '), ''), r.noms[-1])
        END AS melange
    FROM reunies AS r
    LEFT JOIN reference.familles_professionnelles AS f ON f.nomenclature = r.nomenclature AND f.fap = r.code
),
tous AS (
    SELECT profession, nomenclature, code, NULL::VARCHAR AS libelle, rang, NULL::VARCHAR AS melange FROM familles
    UNION ALL
    SELECT profession, 'RPPS', code, NULL, 1, NULL FROM rpps
    UNION ALL
    SELECT profession, 'SAE', code, NULL, 1, NULL FROM sae
    UNION ALL
    SELECT unnest(professions), 'enquête RH', code, NULL, 1, melange FROM enquete
    UNION ALL
    SELECT unnest(professions), 'enquête ESMS', code, NULL, 1, melange FROM enquete_esms
    UNION ALL
    SELECT unnest(professions), 'ROME', code, NULL, 1, melange FROM rome
    UNION ALL
    SELECT profession, 'diplôme', code, libelle, 1, NULL FROM diplomes
    UNION ALL
    SELECT profession, nomenclature, code, NULL, 1, melange FROM reference.specialites_medicales
)
SELECT
    t.nomenclature, t.code, t.profession, t.libelle, t.rang,
    coalesce(t.melange, CASE WHEN n.professions > 1 OR p.ensemble IS NOT NULL THEN n.melange END) AS melange
FROM tous AS t
JOIN reference.professions AS p USING (profession)
LEFT JOIN nommees AS n ON n.nomenclature = t.nomenclature AND n.code = t.code
