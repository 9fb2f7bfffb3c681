-- Unités des valeurs : ce qu'un lecteur en voit, et comment le nombre s'écrit.
-- Grain : unite
-- Source : définitions de l'atlas
-- Publication : nationale
-- Note : une part est un nombre de 0 à 1, montré en pourcentage.
-- Colonnes :
--   unite : unité, telle qu'elle est dans les tables
--   affichage : unité telle qu'un lecteur la voit
--   part : la valeur est une part, montrée en pourcentage
--   decimales : décimales montrées, après passage en pourcentage pour une part
SELECT unite, coalesce(affichage, unite) AS affichage, starts_with(coalesce(affichage, ''), '%') AS part, decimales
FROM (
    VALUES
        ('part, de 0 à 1', '%', 1),
        ('part', '%', 1),
        ('part de l''emploi de 2019, de 2019 à 2030', '%', 1),
        ('part par an', '% par an', 1),
        ('personnes', NULL, 0),
        ('personnes par an', NULL, 0),
        ('personnes, de 2019 à 2030', NULL, 0),
        ('personnes par an, moyenne de 2019 à 2030', NULL, 0),
        ('habitants', NULL, 0),
        ('pour 100 000 habitants', NULL, 1),
        ('places pour 1 000 habitants', NULL, 1),
        ('ETP', NULL, 1),
        ('personnes ou ETP', NULL, 1),
        ('ETP pour 100 000 habitants', NULL, 1),
        ('ETP pour 100 000 habitants standardisés', NULL, 1),
        ('consultations par an et par habitant standardisé', NULL, 1),
        ('consultations par an et par habitant standardisé, ou ETP pour 100 000', NULL, 1),
        ('ETP pour 100 ETP', NULL, 1),
        ('ETP par lit ou place', NULL, 2),
        ('pour 100 ETP', NULL, 1),
        ('projets', NULL, 0),
        ('offres', NULL, 0),
        ('demandeurs pour une offre', NULL, 2),
        ('répondants', NULL, 0),
        ('places', NULL, 0),
        ('postes', NULL, 0),
        ('postes par an', NULL, 0),
        ('établissements', NULL, 0),
        ('lits', NULL, 0),
        ('lits et places', NULL, 0),
        ('jours', NULL, 0),
        ('accidents', NULL, 0),
        ('contrats', NULL, 0),
        ('signalements', NULL, 0),
        ('€', NULL, 0),
        ('note de 1 à 5', NULL, 0),
        ('note, de 1 à 5', NULL, 0),
        ('de 0 (détendu) à 100 (tendu)', NULL, 0),
        ('années', NULL, 0),
        ('années révolues', NULL, 1),
        ('rapport', NULL, 2),
        ('écart type', NULL, 2),
        ('unités comptées', NULL, 0),
        ('unités au numérateur', NULL, 0),
        ('personnes, établissements ou projets, selon `nature`', NULL, 0)
) AS u (unite, affichage, decimales)
