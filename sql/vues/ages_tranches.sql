-- Tranches d'âge des professionnels par territoire, dernière année connue de chaque profession, à côté de la France.
-- Grain : page, profession, territoire, tranche
-- Source : atlas.ages
-- Publication : interne
-- Note : un territoire a l'année, la source et le mode d'exercice de sa propre dernière ligne ; la France, ceux du territoire à côté duquel elle est.
-- Colonnes :
--   page : territoire dont c'est la figure
--   serie « Territoire »
--   tranche « Tranche d'âge » : tranche d'âge, telle que publiée
--   effectif « Effectif » n0 [personnes] : professionnels de la tranche
--   part « Part » pct1 [part] : part de la tranche dans l'effectif
--   ici : la ligne est du territoire de la page
--   plus_nombreuse : tranche la plus nombreuse du territoire ; vide où l'une d'elles est secrète
--   part_plus_nombreuse [part] : sa part
--   part_60_plus [part] : part des 60 ans ou plus, ici ; vide où l'une de leurs tranches est secrète
--   part_60_plus_france [part] : part des 60 ans ou plus, en France ; vide sur la page qui n'a pas à s'y comparer
WITH modes AS (
    SELECT code AS mode_exercice, libelle AS mode_libelle
    FROM reference.codes
    WHERE liste = 'mode_exercice'
),
ages AS (
    SELECT a.*, t.territoire, t.territoire_libelle, m.mode_libelle
    FROM atlas.ages AS a
    JOIN modes AS m USING (mode_exercice)
    JOIN vues.territoires AS t USING (niveau, code)
    JOIN vues.sources_retenues AS s
        ON s.sujet = 'ages' AND s.principal AND s.profession = a.profession AND s.mode_exercice = a.mode_exercice
            AND s.annee = a.annee AND s.source = a.source
),
retenues AS (
    SELECT DISTINCT territoire AS page, profession, annee, source, mode_exercice
    FROM ages
    WHERE valeur IS NOT NULL
),
lignes AS (
    SELECT r.page, a.*, a.territoire = r.page AS ici
    FROM retenues AS r
    JOIN ages AS a USING (profession, annee, source, mode_exercice)
    WHERE a.territoire = r.page OR a.niveau = 'france'
),
resumes AS (
    SELECT
        page, profession,
        arg_max(tranche_age, (valeur, -coalesce(age_min, 0))) FILTER (ici) AS plus_nombreuse,
        max(valeur) FILTER (ici) AS part_plus_nombreuse,
        bool_or(valeur IS NULL) FILTER (ici) AS secrete,
        coalesce(bool_or(valeur IS NULL) FILTER (ici AND age_min >= 60), false) AS secrete_60_plus,
        coalesce(sum(valeur) FILTER (ici AND age_min >= 60), 0) AS part_60_plus,
        sum(valeur) FILTER (NOT ici AND age_min >= 60) AS part_60_plus_france
    FROM lignes
    GROUP BY ALL
)
SELECT
    l.page, l.profession, p.libelle AS profession_libelle, l.territoire, l.territoire_libelle AS serie, l.annee,
    l.mode_libelle, l.tranche_age AS tranche, l.age_min, l.effectif, l.valeur AS part, l.statut, l.ici,
    CASE WHEN NOT r.secrete THEN r.plus_nombreuse END AS plus_nombreuse,
    CASE WHEN NOT r.secrete THEN r.part_plus_nombreuse END AS part_plus_nombreuse,
    CASE WHEN NOT r.secrete_60_plus THEN r.part_60_plus END AS part_60_plus, r.part_60_plus_france, l.source
FROM lignes AS l
JOIN resumes AS r USING (page, profession)
JOIN reference.professions AS p USING (profession)
ORDER BY l.profession, l.page, NOT l.ici, coalesce(l.age_min, 0)
