-- Départements hors du champ d'une source : ils n'y ont jamais de ligne, et sa « France » est sans eux.
-- Grain : source, departement
-- Source : définitions des producteurs
-- Publication : nationale
-- Note : un taux de la France y rapporte les personnes à la population des mêmes départements. Une source qui n'est pas ici couvre toute la France.
-- Colonnes :
--   departement : département hors du champ
--   champ : la France de la source, en mots
--   motif : ce qu'en dit le producteur
WITH sources AS (
    FROM (
        VALUES
            ('apl', 'hors_mayotte', 'l’APL est calculée hors Mayotte'),
            ('dares_metiers_2030', 'metropole', 'les projections régionales sont celles de la métropole'),
            ('dares_tensions', 'hors_mayotte', 'les tensions sont calculées hors Mayotte'),
            ('drees_infirmiers', 'hors_mayotte', '« France hors Mayotte », d’après le lisez-moi des classeurs'),
            ('drees_tensions_social', 'hors_mayotte', 'les tensions sont calculées hors Mayotte'),
            ('urssaf_effectifs', 'hors_mayotte', 'les effectifs de l’Urssaf ne couvrent pas Mayotte')
    ) AS s (source, etendue, motif)
),
etendues AS (
    FROM (
        VALUES
            ('hors_mayotte', 'France hors Mayotte', ['976']),
            ('metropole', 'France métropolitaine', ['971', '972', '973', '974', '976'])
    ) AS e (etendue, champ, departements)
)
SELECT s.source, unnest(e.departements) AS departement, e.champ, s.motif
FROM sources AS s
JOIN etendues AS e USING (etendue)
