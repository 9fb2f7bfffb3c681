-- Séries longues que les figures montrent de chaque profession : source, mode d'exercice et années.
-- Grain : usage, profession
-- Source : atlas.densites, atlas.projections, reference.priorites_sources, reference.codes, reference.seuils
-- Note : une série est d'une seule source et d'un seul mode. La plus longue l'emporte, puis le mode le plus large, puis le rang de la source. Sous trois années (reference.seuils), une densité n'a pas de courbe.
-- Colonnes :
--   usage « Figure » : densité ; ou projection, pour les effectifs observés avant son départ, tous modes ensemble
--   source « Source » : source de la série
--   feuille « Partie du fichier » text (vide : rien) : partie du fichier, où la source en a plusieurs ; vide sinon
--   debut « De » year : première année
--   fin « À » year : dernière année
--   annees « Années » n0 [années] : années connues
--   motif « Pourquoi » : pourquoi cette série
WITH departs AS (
    SELECT profession, min(annee_depart) AS annee_depart FROM atlas.projections
    WHERE retenue AND scenario = 'central' GROUP BY profession
),
connues AS (
    SELECT 'densité' AS usage, profession, source, mode_exercice, feuille, annee FROM atlas.densites
    WHERE specialite = 'ensemble' AND valeur IS NOT NULL
    UNION
    SELECT 'projection', e.profession, e.source, e.mode_exercice, e.feuille, e.annee
    FROM atlas.densites AS e
    JOIN departs AS d ON d.profession = e.profession AND e.annee < d.annee_depart
    WHERE e.specialite = 'ensemble' AND e.mode_exercice = 'ensemble'
),
series AS (
    SELECT usage, profession, source, mode_exercice, feuille, min(annee) AS debut, max(annee) AS fin,
        count(DISTINCT annee)::INTEGER AS annees
    FROM connues
    GROUP BY usage, profession, source, mode_exercice, feuille
    HAVING usage = 'projection' OR annees >= (SELECT valeur FROM reference.seuils WHERE seuil = 'annees_serie')
)
SELECT
    s.usage, s.profession, s.source, s.mode_exercice, s.feuille, s.debut, s.fin, s.annees,
    'la plus longue' || CASE WHEN count(*) FILTER (s.annees = longue) OVER (PARTITION BY s.usage, s.profession) > 1
        THEN ' ; de même longueur, le mode le plus large, puis : ' || p.motif ELSE '' END AS motif
FROM (SELECT *, max(annees) OVER (PARTITION BY usage, profession) AS longue FROM series) AS s
JOIN reference.priorites_sources AS p ON p.source = s.source
JOIN reference.codes AS m ON m.liste = 'mode_exercice' AND m.code = s.mode_exercice
QUALIFY row_number() OVER (
    PARTITION BY s.usage, s.profession ORDER BY s.annees DESC, m.ordre, p.rang, s.feuille
) = 1
ORDER BY s.usage, s.profession
