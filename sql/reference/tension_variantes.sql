-- Autres poids des dimensions, contre lesquels le classement de l'indice de tension est éprouvé.
-- Grain : variante, dimension
-- Source : définitions de l'atlas
-- Publication : nationale
-- Note : une variante ne remplace pas l'indice : elle dit de combien les rangs bougeraient si l'on pesait autrement. Une dimension sans poids n'y entre pas.
-- Colonnes :
--   variante : identifiant
--   libelle : nom de la variante
--   dimension : offre, accès, vieillissement, flux, recrutement
--   poids : poids de la dimension
--   ordre : rang dans les tableaux
SELECT variante, libelle, dimension, poids::DECIMAL(6, 4) AS poids, ordre::INTEGER AS ordre
FROM (
    VALUES
        ('version_1', 'poids de la version 1 : l''offre et l''accès en partagent un', 1),
        ('dimensions_egales', 'cinq dimensions égales', 2),
        ('blocs_egaux', 'deux blocs égaux : rareté et recrutement', 3),
        ('rarete_seule', 'la rareté seule, sans le recrutement', 4)
) AS v (variante, libelle, ordre)
CROSS JOIN (VALUES ('offre'), ('accès'), ('vieillissement'), ('flux'), ('recrutement')) AS d (dimension)
CROSS JOIN LATERAL (
    SELECT
        CASE variante
            WHEN 'version_1' THEN CASE WHEN dimension IN ('offre', 'accès') THEN 0.5 ELSE 1 END
            WHEN 'dimensions_egales' THEN 1
            WHEN 'blocs_egaux' THEN CASE dimension WHEN 'recrutement' THEN 1 ELSE 0.25 END
            ELSE CASE dimension WHEN 'recrutement' THEN 0 ELSE 1 END
        END AS poids
) AS p
