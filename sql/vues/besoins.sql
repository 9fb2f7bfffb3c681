-- Besoins de soins par territoire, dernière année observée de chaque indicateur, à côté de la France.
-- Grain : indicateur, niveau, code
-- Source : atlas.besoins, reference.indicateurs
-- Non reçu : Aucune source de population âgée ou de patients n'a été reçue pour cette édition.
-- Colonnes :
--   territoire_libelle « Territoire »
--   indicateur_libelle « Indicateur »
--   annee « Année » year
--   valeur « Valeur » selon : valeur, dans l'unité de l'indicateur
--   france « France » selon : valeur de la France, de même source et de même année
--   format : comment les valeurs s'écrivent
--   part : l'indicateur est une part
--   partie : partie de la page où l'indicateur est montré
WITH observes AS (
    SELECT *
    FROM atlas.besoins
    WHERE scenario = 'observé'
),
dernieres AS (
    SELECT o.*
    FROM observes AS o
    JOIN vues.annees_retenues AS a
        ON a.objet = 'atlas.besoins' AND a.cle = o.indicateur AND a.annee = o.annee AND a.source = o.source
)
SELECT
    t.territoire_libelle, coalesce(i.libelle, d.indicateur) AS indicateur_libelle, d.annee, d.valeur,
    f.valeur AS france, d.unite,
    starts_with(d.indicateur, 'part') AS part,
    CASE WHEN starts_with(d.indicateur, 'part') THEN 'pct1' ELSE 'n0' END AS format,
    b.bloc AS partie, d.indicateur, t.territoire, d.niveau, d.code, d.source, d.statut
FROM dernieres AS d
JOIN vues.territoires AS t USING (niveau, code)
LEFT JOIN reference.indicateurs AS i USING (indicateur)
LEFT JOIN reference.blocs AS b
    ON b.code = d.indicateur AND b.bloc IN ('besoins.parts', 'besoins.nombres', 'acces.patients')
LEFT JOIN observes AS f
    ON f.niveau = 'france' AND f.indicateur = d.indicateur AND f.annee = d.annee AND f.source = d.source
ORDER BY d.indicateur, t.rang DESC, d.code
