-- Professions que les établissements sociaux et médico-sociaux de chaque public emploient le plus : celles dont les fiches montrent la tension.
-- Grain : public, profession
-- Source : définitions de l'atlas
-- Publication : nationale
-- Colonnes :
--   public : public accueilli (reference.publics_esms)
--   ordre : rang dans les tableaux, la plus employée d'abord
SELECT public, unnest(professions) AS profession, generate_subscripts(professions, 1)::INTEGER AS ordre
FROM (
    VALUES
        ('personnes_agees', ['aide_soignant', 'agent_service_hospitalier', 'infirmier', 'accompagnant_educatif_social',
            'masseur_kinesitherapeute', 'ergotherapeute', 'psychologue']),
        ('domicile', ['aide_domicile', 'aide_soignant', 'infirmier', 'accompagnant_educatif_social',
            'technicien_intervention_sociale', 'conseiller_economie_sociale']),
        ('enfants_handicapes', ['educateur_specialise', 'moniteur_educateur', 'accompagnant_educatif_social',
            'psychologue', 'psychomotricien', 'orthophoniste', 'infirmier']),
        ('adultes_handicapes', ['accompagnant_educatif_social', 'educateur_specialise', 'moniteur_educateur',
            'moniteur_atelier', 'aide_soignant', 'infirmier', 'psychologue']),
        ('protection_enfance', ['educateur_specialise', 'moniteur_educateur', 'assistant_familial',
            'educateur_jeunes_enfants', 'assistant_service_social', 'psychologue']),
        ('difficultes_sociales', ['educateur_specialise', 'assistant_service_social', 'conseiller_economie_sociale',
            'moniteur_educateur', 'infirmier', 'psychologue'])
) AS p (public, professions)
