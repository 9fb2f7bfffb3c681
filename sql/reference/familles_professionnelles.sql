-- Familles professionnelles (FAP) de la santé et du social, dans les deux nomenclatures (2009 et 2021).
-- Grain : nomenclature, fap
-- Source : FAP 2009 et FAP 2021 (DARES)
-- Publication : nationale
-- Note : les libellés sont écrits ici, tels que la DARES les publie : la nomenclature n'a pas à être déposée pour que l'enquête BMO se lise ; où elle l'est, elle les vérifie. Ce que chaque famille réunit est dans reference.correspondances.
-- Colonnes :
--   nomenclature : FAP 2009 ou FAP 2021
--   fap : code de la famille professionnelle
--   niveau_fap : nombre de familles du niveau de la nomenclature (87, 225 en 2009 ; 86, 228, 341 en 2021)
--   domaine : santé, social et médico-social, ou animaux (vétérinaires et aides) que la nomenclature range parmi les professions de santé
--   libelle_publie : libellé du fichier de la DARES ; vide où il n'est pas déposé, et pour la FAP 2009
WITH fap2009 (fap, libelle, niveau_fap, domaine) AS (
    VALUES
        ('V0Z', 'Aides-soignants', 'fap 87', 'santé'),
        ('V0Z60', 'Aides-soignants', 'fap 225', 'santé'),
        ('V1Z', 'Infirmiers, sages-femmes', 'fap 87', 'santé'),
        ('V1Z80', 'Infirmiers', 'fap 225', 'santé'),
        ('V1Z81', 'Sages-femmes', 'fap 225', 'santé'),
        ('V2Z', 'Médecins et assimilés', 'fap 87', 'santé'),
        ('V2Z90', 'Médecins', 'fap 225', 'santé'),
        ('V2Z91', 'Dentistes', 'fap 225', 'santé'),
        ('V2Z93', 'Pharmaciens', 'fap 225', 'santé'),
        ('V3Z', 'Professions paramédicales', 'fap 87', 'santé'),
        ('V3Z70', 'Techniciens médicaux et préparateurs', 'fap 225', 'santé'),
        ('V3Z71', 'Spécialistes de l''appareillage médical', 'fap 225', 'santé'),
        ('V3Z80', 'Autres professionnels paramédicaux', 'fap 225', 'santé'),
        ('V3Z90', 'Psychologues, psychothérapeutes', 'fap 225', 'santé'),
        ('V4Z', 'Professionnels de l''action sociale et de l''orientation', 'fap 87', 'social'),
        ('V4Z83', 'Éducateurs spécialisés', 'fap 225', 'social'),
        ('V4Z85', 'Professionnels de l''action sociale', 'fap 225', 'social'),
        ('V5Z84', 'Surveillants d''établissements scolaires', 'fap 225', 'social'),
        ('T2A', 'Aides à domicile', 'fap 87', 'social'),
        ('T2A60', 'Aides à domicile et aides ménagères', 'fap 225', 'social'),
        ('T2B', 'Assistants maternels', 'fap 87', 'social'),
        ('T2B60', 'Assistants maternels', 'fap 225', 'social'),
        ('T4Z61', 'Agents de services hospitaliers', 'fap 225', 'santé')
),
-- A family that is not divided stands at two levels under one code: « fap 228 » comes before « fap 341 ».
fap2021 (fap, libelle, niveau_fap, domaine) AS (
    VALUES
        ('J3X40a', 'Ambulanciers', 'fap 341', 'santé'),
        ('T2A', 'Aides à domicile et auxiliaires de vie', 'fap 86', 'social'),
        ('T2A60', 'Aides à domicile et auxiliaires de vie', 'fap 228', 'social'),
        ('T2B', 'Assistants maternels, auxiliaires de puériculture, assistants familiaux et gardes à domicile',
            'fap 86', 'social'),
        ('T2B60', 'Assistants maternels, auxiliaires de puériculture, assistants familiaux et gardes à domicile',
            'fap 228', 'social'),
        ('T2B60a', 'Assistants maternels, assistants familiaux et gardes à domicile', 'fap 341', 'social'),
        ('T2B60b', 'Autres intervenants  auprès d''enfants (hors social)', 'fap 341', 'social'),
        ('T2B60c', 'Aide en puériculture', 'fap 341', 'social'),
        ('T4X61', 'Agents de service hospitaliers', 'fap 228', 'santé'),
        ('V0X', 'Aides-soignants', 'fap 86', 'santé'),
        ('V0X60', 'Aides-soignants', 'fap 228', 'santé'),
        ('V0X60a', 'Aide aux soins des animaux', 'fap 341', 'animaux'),
        ('V0X60b', 'Assistants médico-techniques', 'fap 341', 'santé'),
        ('V0X60c', 'Aides-soignants', 'fap 341', 'santé'),
        ('V1X', 'Infirmiers, sages-femmes', 'fap 86', 'santé'),
        ('V1X80', 'Infirmiers et sages-femmes', 'fap 228', 'santé'),
        ('V1X80a', 'Infirmiers généralistes et de prévention', 'fap 341', 'santé'),
        ('V1X80b', 'Infirmiers spécialisés, en anesthésie, en bloc opératoire', 'fap 341', 'santé'),
        ('V1X80c', 'Infirmiers spécialisés en puériculture', 'fap 341', 'santé'),
        ('V1X80d', 'Sages-femmes', 'fap 341', 'santé'),
        ('V2X', 'Médecins, dentistes, vétérinaires et pharmaciens', 'fap 86', 'santé'),
        ('V2X90', 'Médecins', 'fap 228', 'santé'),
        ('V2X91', 'Dentistes', 'fap 228', 'santé'),
        ('V2X92', 'Vétérinaires', 'fap 228', 'animaux'),
        ('V2X93', 'Pharmaciens', 'fap 228', 'santé'),
        ('V2X93a', 'Pharmaciens', 'fap 341', 'santé'),
        ('V2X93b', 'Biologistes médicaux', 'fap 341', 'santé'),
        ('V3X', 'Professions para-médicales', 'fap 86', 'santé'),
        ('V3X70', 'Techniciens médicaux et préparateurs', 'fap 228', 'santé'),
        ('V3X70a', 'Techniciens de laboratoire médical', 'fap 341', 'santé'),
        ('V3X70b', 'Techniciens en imagerie médicale', 'fap 341', 'santé'),
        ('V3X70c', 'Préparation en pharmacie', 'fap 341', 'santé'),
        ('V3X71', 'Spécialistes de l''appareillage médical', 'fap 228', 'santé'),
        ('V3X71a', 'Prothèses, orthèses et audioprothèses', 'fap 341', 'santé'),
        ('V3X71b', 'Optique – lunetterie', 'fap 341', 'santé'),
        ('V3X71c', 'Prothèses dentaires', 'fap 341', 'santé'),
        ('V3X80', 'Autres professionnels para-médicaux', 'fap 228', 'santé'),
        ('V3X80a', 'Diététique', 'fap 341', 'santé'),
        ('V3X80b', 'Ergothérapeute', 'fap 341', 'santé'),
        ('V3X80c', 'Masseurs-kinésithérapeuthes', 'fap 341', 'santé'),
        ('V3X80d', 'Orthophonistes et spécialistes de l''orthoptique', 'fap 341', 'santé'),
        ('V3X80f', 'Ostéopathie et chiropraxie', 'fap 341', 'santé'),
        ('V3X80g', 'Pédicurie et podologie', 'fap 341', 'santé'),
        ('V3X80h', 'Psychomotricien', 'fap 341', 'santé'),
        ('V3X90', 'Psychologues, psychothérapeutes', 'fap 228', 'santé'),
        ('V4X', 'Professionnels de l''action sociale et de l''orientation', 'fap 86', 'social'),
        ('V4X83', 'Educateurs spécialisés et autres intervenants socio-éducatifs', 'fap 228', 'social'),
        ('V4X83a', 'Éducateurs de jeunes enfants', 'fap 341', 'social'),
        ('V4X83b', 'Éducateurs techniques spécialisés, moniteurs d’ateliers', 'fap 341', 'social'),
        ('V4X84', 'Aides médico-psychologiques', 'fap 228', 'social'),
        ('V4X85', 'Professionnels de l''action sociale', 'fap 228', 'social'),
        ('V4X85a', 'Agents de médiation conjugale et familiale '
            'et aide aux bénéficiaires d''une mesure de protection juridique', 'fap 341', 'social'),
        ('V4X85c', 'Action et médiation sociale', 'fap 341', 'social'),
        ('V4X85d', 'Accueillants et médiateurs sociaux', 'fap 341', 'social'),
        ('V5X84',
            'Surveillants d''établissements scolaires et accompagnateurs des élèves en situation de handicap',
            'fap 228', 'social'),
        ('V5X84a', 'Surveillants d''établissements scolaires', 'fap 341', 'social'),
        ('V5X84b', 'Accompagnateurs des élèves en situation de handicap', 'fap 341', 'social')
),
familles AS (
    SELECT 'FAP 2009' AS nomenclature, * FROM fap2009
    UNION ALL
    SELECT 'FAP 2021', * FROM fap2021
),
publiees AS (
    SELECT 'FAP 2021' AS nomenclature, fap, min(libelle) AS libelle_publie
    FROM (
        SELECT fap86 AS fap, fap86_libelle AS libelle FROM staging.dares_fap WHERE reference
        UNION
        SELECT fap228, fap228_libelle FROM staging.dares_fap WHERE reference
        UNION
        SELECT fap341, fap341_libelle FROM staging.dares_fap WHERE reference
    )
    GROUP BY fap
)
SELECT nomenclature, fap, f.libelle, f.niveau_fap, f.domaine, p.libelle_publie
FROM familles AS f
LEFT JOIN publiees AS p USING (nomenclature, fap)
