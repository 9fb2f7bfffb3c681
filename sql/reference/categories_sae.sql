-- Catégories regroupées par la SAE : type d'établissement et secteur, où se cherchent les établissements comparables.
-- Grain : categorie_regroupee
-- Source : SAE, bordereau ID (DREES)
-- Publication : nationale
-- Note : la SAE ne publie que les codes ; les libellés sont de l'atlas, d'après les catégories FINESS que chaque code réunit en 2022 et 2023.
-- Colonnes :
--   libelle : type d'établissement
--   secteur : secteur des établissements de la catégorie, code de la liste secteur (reference.codes)
--   secteur_libelle : ce secteur en toutes lettres
SELECT s.prefixe || t.rang AS categorie_regroupee, t.libelle, s.secteur, c.libelle AS secteur_libelle
FROM (
    VALUES
        (1, 'Centre hospitalier régional'),
        (2, 'Centre hospitalier'),
        (3, 'Établissement public ou spécialisé de santé mentale'),
        (4, 'Établissement de soins de courte durée ou pluridisciplinaire'),
        (5, 'Établissement de dialyse'),
        (6, 'Établissement de lutte contre le cancer'),
        (7, 'Maison de santé mentale ou structure de postcure'),
        (8, 'Établissement de soins médicaux et de réadaptation'),
        (9, 'Établissement de soins de longue durée'),
        (10, 'Hospitalisation à domicile, groupement de coopération ou autre établissement')
) AS t (rang, libelle),
(VALUES ('PUB', '1'), ('PLU', '2'), ('PNL', '3')) AS s (prefixe, secteur)
JOIN reference.codes AS c ON c.liste = 'secteur' AND c.code = s.secteur
