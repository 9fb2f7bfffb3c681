-- Chiffres publiés que l'édition doit retrouver, avec leur source.
-- Grain : chiffre
-- Source : publications citées ligne à ligne
-- Publication : nationale
-- Note : ne s'appliquent qu'aux extraits réels, et au millésime dit.
-- Colonnes :
--   chiffre : identifiant
--   libelle : ce qui est publié
--   millesime [année] : millésime de la source auquel il se rapporte
--   attendu : valeur publiée
--   publication : où il est publié
SELECT *
FROM (
    VALUES
        ('medecins_normandie_2022', 'Médecins en activité en Normandie au 1er janvier 2022', 'drees_medecins_ages', 2022,
            9687::DECIMAL(18, 2), 'DREES, démographie des médecins au 1er janvier 2022'),
        ('medecins_60_plus_normandie_2022', 'dont médecins de 60 ans ou plus', 'drees_medecins_ages', 2022,
            2888, 'DREES, démographie des médecins au 1er janvier 2022'),
        ('population_normandie_2016', 'Population de la Normandie au 1er janvier 2016', 'insee_population_departements', 2022,
            3335929, 'INSEE, estimations de population'),
        ('population_normandie_2021', 'Population municipale de la Normandie en 2021', 'insee_population_communes', 2021,
            3327966, 'INSEE, populations légales 2021'),
        ('ifsi_normandie_places_2025', 'Places offertes en IFSI en Normandie, session 2025', 'parcoursup', 2025,
            1536, 'Parcoursup, session 2025'),
        ('ifsi_normandie_admis_2025', 'Admis en IFSI en Normandie, session 2025', 'parcoursup', 2025,
            1539, 'Parcoursup, session 2025'),
        ('internes_france_2022', 'Internes, docteurs juniors et FFI, SYGEN 2022', 'sae', 2022,
            34620, 'DREES, SAE 2022, SYGEN')
) AS c (chiffre, libelle, source, millesime, attendu, publication)
