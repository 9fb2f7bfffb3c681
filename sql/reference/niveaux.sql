-- Niveaux auxquels les nombres se lisent : territoires emboîtés ou non, établissements, et leurs noms.
-- Grain : niveau
-- Source : code officiel géographique (INSEE) ; SAE et FINESS ; définitions de l'atlas
-- Publication : nationale
-- Colonnes :
--   libelle : nom du niveau
--   libelle_court : le même en peu de mots, pour un titre de colonne
--   pluriel : nom de plusieurs
--   nature : territoire, établissement ou formation
--   ordre : du plus large au plus petit ; les établissements après les territoires
SELECT niveau, libelle, CASE niveau WHEN 'ght' THEN 'GHT' ELSE libelle END AS libelle_court, pluriel, nature, ordre
FROM (
    VALUES
        ('france', 'France', 'France', 'territoire', 1),
        ('region', 'Région', 'Régions', 'territoire', 2),
        ('departement', 'Département', 'Départements', 'territoire', 3),
        ('arrondissement', 'Arrondissement', 'Arrondissements', 'territoire', 4),
        ('zone_emploi', 'Zone d’emploi', 'Zones d’emploi', 'territoire', 5),
        ('bassin_bmo', 'Bassin d’emploi', 'Bassins d’emploi', 'territoire', 6),
        ('bassin_vie', 'Bassin de vie', 'Bassins de vie', 'territoire', 7),
        ('epci', 'Intercommunalité', 'Intercommunalités', 'territoire', 8),
        ('commune', 'Commune', 'Communes', 'territoire', 9),
        ('ght', 'Groupement hospitalier de territoire', 'Groupements hospitaliers de territoire', 'établissement', 10),
        ('ej', 'Entité juridique', 'Entités juridiques', 'établissement', 11),
        ('es', 'Établissement de santé', 'Établissements de santé', 'établissement', 12),
        ('etablissement', 'Établissement', 'Établissements', 'établissement', 13),
        ('esms', 'ESMS', 'ESMS', 'établissement', 16),
        ('subdivision', 'Subdivision d’internat', 'Subdivisions d’internat', 'formation', 14),
        ('institut', 'Institut de formation', 'Instituts de formation', 'formation', 15)
) AS n (niveau, libelle, pluriel, nature, ordre)
