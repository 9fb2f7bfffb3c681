-- Départements des sites de chaque fiche : le sien d'abord pour une entité juridique, celui qui a le plus de personnels pour un GHT.
-- Grain : niveau, code, departement
-- Source : vues.fiche_perimetres, vues.fiche_personnels, core.entites_juridiques, reference.territoires
-- Publication : interne
-- Colonnes :
--   niveau : es (site), ej ou ght
--   code : numéro FINESS du site ou de l'entité juridique, ou code du GHT
--   departement_libelle : nom et code du département ; son code seul hors de la région
--   rang : rang parmi les départements de la fiche
--   montre : la fiche en montre le territoire : un des trois premiers de la région
WITH sommes AS (
    SELECT p.niveau, p.code, p.departement, sum(coalesce(e.valeur, 0)) AS etp
    FROM vues.fiche_perimetres AS p
    LEFT JOIN vues.fiche_personnels AS e ON e.niveau = 'es' AND e.code = p.finess AND e.variable = 'ETP_TOT_PNM'
    WHERE p.departement IS NOT NULL
    GROUP BY p.niveau, p.code, p.departement
),
ranges AS (
    SELECT
        s.niveau, s.code, s.departement, t.libelle,
        row_number() OVER (
            PARTITION BY s.niveau, s.code
            ORDER BY
                s.niveau = 'ej' AND s.departement <> j.departement,
                CASE s.niveau WHEN 'ght' THEN -s.etp END,
                s.departement
        )::INTEGER AS rang
    FROM sommes AS s
    LEFT JOIN (
        SELECT j.finess_ej, j.departement
        FROM core.entites_juridiques AS j
        JOIN vues.annees_retenues AS a ON a.objet = 'fiches.etablissements' AND a.millesime = j.millesime
    ) AS j ON s.niveau = 'ej' AND j.finess_ej = s.code
    LEFT JOIN reference.territoires AS t ON t.niveau = 'departement' AND t.code = s.departement
)
SELECT
    niveau, code, departement,
    coalesce(libelle || ' (' || departement || ')', departement) AS departement_libelle, rang,
    libelle IS NOT NULL AND count(libelle) OVER (PARTITION BY niveau, code ORDER BY rang) <= 3 AS montre
FROM ranges
ORDER BY niveau, code, rang
