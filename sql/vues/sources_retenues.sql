-- Années et sources que les pages montrent des professionnels : densité, âges, part des femmes, fin de carrière.
-- Grain : sujet, profession, specialite, mode_exercice
-- Source : atlas.densites, atlas.ages, atlas.departs, atlas.indicateurs, reference.priorites_sources, reference.codes
-- Note : la dernière année l'emporte, puis le rang de la source. Où un seul mode d'exercice est montré, c'est le principal : le plus large, et pour les âges le plus récent d'abord.
-- Colonnes :
--   sujet « Ce qui est montré » : densite, ages, part_femmes, ou fin_carriere (parts des 55 et 60 ans ou plus)
--   annee « Année » year : année montrée
--   source « Source » : source montrée
--   principal « Mode principal » : mode montré où un seul l'est
--   motif « Pourquoi » : pourquoi cette année et cette source
WITH connues AS (
    SELECT 'densite' AS sujet, profession, specialite, mode_exercice, annee, source FROM atlas.densites
    UNION
    -- Of a source that gives ages for France alone, no territory can show any.
    SELECT 'ages', profession, 'ensemble', mode_exercice, annee, source FROM atlas.ages
    WHERE valeur IS NOT NULL AND niveau <> 'france'
    UNION
    SELECT 'fin_carriere', profession, 'ensemble', 'ensemble', annee, source FROM atlas.departs
    WHERE indicateur = 'part_60_plus' AND valeur IS NOT NULL
    UNION
    SELECT 'part_femmes', profession, specialite, mode_exercice, annee, source FROM atlas.indicateurs
    WHERE indicateur = 'part_femmes' AND specialite = 'ensemble'
),
retenues AS (
    SELECT
        c.sujet, c.profession, c.specialite, c.mode_exercice, c.annee, c.source, p.motif, m.ordre,
        count(*) OVER (PARTITION BY c.sujet, c.profession, c.specialite, c.mode_exercice, c.annee) AS sources
    FROM connues AS c
    JOIN reference.priorites_sources AS p ON p.source = c.source
    JOIN reference.codes AS m ON m.liste = 'mode_exercice' AND m.code = c.mode_exercice
    QUALIFY row_number() OVER (
        PARTITION BY c.sujet, c.profession, c.specialite, c.mode_exercice ORDER BY c.annee DESC, p.rang
    ) = 1
)
SELECT
    sujet, profession, specialite, mode_exercice, annee, source,
    row_number() OVER (
        PARTITION BY sujet, profession, specialite ORDER BY CASE sujet WHEN 'ages' THEN annee END DESC, ordre
    ) = 1 AS principal,
    'dernière année connue'
    || CASE WHEN sources > 1 THEN ' ; de deux sources, celle-ci : ' || motif ELSE '' END AS motif
FROM retenues
ORDER BY sujet, profession, specialite, ordre
