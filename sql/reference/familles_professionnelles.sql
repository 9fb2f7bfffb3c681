-- Familles professionnelles (FAP) de la santé et du social, dans les deux nomenclatures (2009 et 2021).
-- Grain : nomenclature, fap
-- Source : FAP 2009 et FAP 2021 (DARES) ; libellés de 2021 lus dans la nomenclature publiée
-- Publication : nationale
-- Note : V1Z, V1X80 réunissent infirmiers et sages-femmes ; V2Z réunit médecins, dentistes, pharmaciens et vétérinaires.
-- Colonnes :
--   nomenclature : FAP 2009 ou FAP 2021
--   fap : code de la famille professionnelle
--   niveau_fap : nombre de familles du niveau de la nomenclature (87, 225 en 2009 ; 86, 228, 341 en 2021)
--   domaine : santé, social et médico-social, ou animaux (vétérinaires et aides) que la nomenclature range parmi les professions de santé
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
        ('T2A', 'Aides à domicile', 'fap 87', 'social'),
        ('T2A60', 'Aides à domicile et aides ménagères', 'fap 225', 'social')
),
fap2021 AS (
    SELECT fap86 AS fap, fap86_libelle AS libelle, 'fap 86' AS niveau_fap FROM staging.dares_fap WHERE reference
    UNION
    SELECT fap228, fap228_libelle, 'fap 228' FROM staging.dares_fap WHERE reference
    UNION
    SELECT fap341, fap341_libelle, 'fap 341' FROM staging.dares_fap WHERE reference
)
SELECT 'FAP 2009' AS nomenclature, fap, libelle, niveau_fap, domaine FROM fap2009
UNION ALL
SELECT
    -- A family that is not divided stands at two levels under one code: « fap 228 » comes before « fap 341 ».
    'FAP 2021', fap, min(libelle), min(niveau_fap),
    CASE
        WHEN fap IN ('V2X92', 'V0X60a') THEN 'animaux'
        WHEN fap SIMILAR TO 'V[0-3].*' OR fap LIKE 'J3X40a%' THEN 'santé'
        ELSE 'social'
    END
FROM fap2021
WHERE fap SIMILAR TO 'V[0-3].*|V4X8[345].*|V4X|T2A.*|J3X40a'
GROUP BY fap
