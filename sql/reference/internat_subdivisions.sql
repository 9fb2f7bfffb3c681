-- Subdivisions du troisième cycle des études de médecine, et la région de chacune.
-- Grain : subdivision
-- Source : arrêtés annuels répartissant les postes d'interne par spécialité et par subdivision
-- Publication : region
-- Note : une subdivision sans région en couvre plusieurs. Une subdivision nouvelle s'ajoute ici.
-- Colonnes :
--   subdivision : identifiant de la subdivision
--   libelle : nom de la subdivision
SELECT *
FROM (
    VALUES
        ('aix_marseille', 'Aix-Marseille', '93'), ('nice', 'Nice', '93'),
        ('amiens', 'Amiens', '32'), ('lille', 'Lille', '32'),
        ('angers', 'Angers', '52'), ('nantes', 'Nantes', '52'),
        ('antilles_guyane', 'Antilles-Guyane', NULL), ('ocean_indien', 'Océan Indien', NULL),
        ('besancon', 'Besançon', '27'), ('dijon', 'Dijon', '27'),
        ('bordeaux', 'Bordeaux', '75'), ('limoges', 'Limoges', '75'), ('poitiers', 'Poitiers', '75'),
        ('brest', 'Brest', '53'), ('rennes', 'Rennes', '53'),
        ('caen', 'Caen', '28'), ('rouen', 'Rouen', '28'),
        ('clermont_ferrand', 'Clermont-Ferrand', '84'), ('grenoble', 'Grenoble', '84'), ('lyon', 'Lyon', '84'),
        ('saint_etienne', 'Saint-Étienne', '84'),
        ('ile_de_france', 'Île-de-France', '11'),
        ('montpellier', 'Montpellier', '76'), ('toulouse', 'Toulouse', '76'),
        ('nancy', 'Nancy', '44'), ('reims', 'Reims', '44'), ('strasbourg', 'Strasbourg', '44'),
        ('tours', 'Tours', '24')
) AS s (subdivision, libelle, region)
