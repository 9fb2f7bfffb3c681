-- Familles professionnelles (FAP) dans lesquelles chaque profession de l'atlas est recrutée et comptée.
-- Grain : profession, nomenclature, fap
-- Source : FAP 2009 et FAP 2021 (DARES) ; enquête Besoins en main-d'œuvre (France Travail)
-- Publication : nationale
-- Note : une famille réunit souvent plusieurs professions : ses nombres ne sont pas ceux d'une seule. BMO emploie la FAP 2021 depuis 2024 ; la DARES, la FAP 2009 en 87 postes.
-- Colonnes :
--   nomenclature : FAP 2009 ou FAP 2021
--   fap : code de la famille professionnelle
SELECT profession, nomenclature, fap
FROM (
    VALUES
        ('medecin', 'FAP 2021', 'V2X90'),
        ('medecin', 'FAP 2009', 'V2Z'),
        ('chirurgien_dentiste', 'FAP 2021', 'V2X91'),
        ('pharmacien', 'FAP 2021', 'V2X93'),
        ('sage_femme', 'FAP 2021', 'V1X80'),
        ('sage_femme', 'FAP 2009', 'V1Z'),
        ('infirmier', 'FAP 2021', 'V1X80'),
        ('infirmier', 'FAP 2009', 'V1Z'),
        ('masseur_kinesitherapeute', 'FAP 2021', 'V3X80'),
        ('masseur_kinesitherapeute', 'FAP 2009', 'V3Z'),
        ('aide_soignant', 'FAP 2021', 'V0X60'),
        ('aide_soignant', 'FAP 2009', 'V0Z')
) AS f (profession, nomenclature, fap)
