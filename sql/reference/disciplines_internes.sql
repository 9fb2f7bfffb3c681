-- Disciplines des internes des établissements, telles que le bordereau Q22 de la SAE les compte.
-- Grain : discipline
-- Source : SAE (DREES), bordereau Q22
-- Publication : nationale
-- Colonnes :
--   discipline : identifiant
--   libelle : nom de la discipline
--   ordre : rang dans les tableaux
SELECT discipline, libelle, ordre::INTEGER AS ordre
FROM (
    VALUES
        ('medecine', 'Médecine, hors médecine générale et urgence', 1),
        ('generale', 'Médecine générale', 2),
        ('urgence', 'Médecine d''urgence', 3),
        ('pharmacie', 'Pharmacie', 4),
        ('odontologie', 'Odontologie', 5),
        ('faisant_fonction', 'Faisant fonction d''interne, toutes disciplines', 6)
) AS d (discipline, libelle, ordre)
