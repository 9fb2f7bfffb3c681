-- Zones où l'accès aux professionnels est plus ou moins difficile : ce que disent leurs lettres, et lesquelles sont difficiles.
-- Grain : zone
-- Source : zonages des professionnels de santé (code de la santé publique, article L. 1434-4 ; conventions avec l'assurance maladie)
-- Publication : nationale
-- Note : les médecins ont ZIP, ZAC, ZAR, ZV, HV et HZ ; les autres professions TSD, SDE, SD, INT, TD, SURD et NP. « non classée » n'est pas une zone : ni arrêté, ni ligne dans la liste.
-- Colonnes :
--   zone : lettres de la zone
--   difficile : y vivre compte parmi les habitants pour qui l'accès est difficile
--   degre : de 1, l'accès le plus difficile, à 6 ; vide sans zone. Deux zones de professions différentes ont le même degré, et la même couleur
--   ordre : rang dans les légendes, de la plus difficile à la mieux pourvue
SELECT zone, libelle, difficile, degre, ordre
FROM (
    VALUES
        ('ZIP', 'intervention prioritaire', true, 1, 1),
        ('TSD', 'très sous-dotée', true, 1, 2),
        ('ZAC', 'action complémentaire', true, 2, 3),
        ('SDE', 'sous-dense', true, 2, 4),
        ('SD', 'sous-dotée', true, 2, 5),
        ('ZAR', 'appui régional', false, 3, 6),
        ('INT', 'intermédiaire', false, 3, 7),
        ('ZV', 'vigilance', false, 4, 8),
        ('TD', 'très dotée', false, 5, 9),
        ('HV', 'hors vivier', false, 5, 10),
        ('NP', 'non prioritaire', false, 4, 11),
        ('SURD', 'sur-dotée', false, 6, 12),
        ('HZ', 'hors zone', false, 6, 13),
        ('non classée', 'ni arrêté, ni ligne dans la liste', false, NULL, 14)
) AS z (zone, libelle, difficile, degre, ordre)
