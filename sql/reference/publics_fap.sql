-- Métiers que recrutent les établissements sociaux et médico-sociaux de chaque public : ceux dont les fiches montrent la tension.
-- Grain : public, fap
-- Source : définitions de l'atlas ; FAP 2021 (DARES)
-- Publication : nationale
-- Note : une famille professionnelle réunit souvent plusieurs professions : V1X80 compte infirmiers et sages-femmes, V4X85 assistants sociaux, conseillers et cadres de l'action sociale.
-- Colonnes :
--   public : public accueilli (reference.publics_esms)
--   nomenclature : FAP 2021
--   fap : code de la famille professionnelle
--   ordre : rang dans les tableaux, le plus employé d'abord
SELECT public, 'FAP 2021' AS nomenclature, unnest(faps) AS fap, generate_subscripts(faps, 1)::INTEGER AS ordre
FROM (
    VALUES
        ('personnes_agees', ['V0X60', 'V1X80', 'V4X84', 'V2X90', 'V3X80']),
        ('domicile', ['T2A60', 'V0X60', 'V1X80', 'V4X85']),
        ('enfants_handicapes', ['V4X83', 'V4X84', 'V3X80', 'V3X90', 'V1X80']),
        ('adultes_handicapes', ['V4X84', 'V4X83', 'V0X60', 'V1X80', 'V3X90']),
        ('protection_enfance', ['V4X83', 'V4X85', 'V3X90']),
        ('difficultes_sociales', ['V4X85', 'V4X83', 'V1X80'])
) AS p (public, faps)
