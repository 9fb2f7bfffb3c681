-- Besoins de soins par territoire, dernière année observée de chaque indicateur, à côté de la France.
-- Grain : indicateur, niveau, code
-- Source : atlas.besoins, reference.indicateurs
-- Colonnes :
--   territoire_libelle « Territoire »
--   indicateur_libelle « Indicateur »
--   annee « Année » year
--   valeur « Valeur » n0 : valeur, dans l'unité de l'indicateur
--   france « France » n0 : valeur de la France, de même source et de même année
WITH observes AS (
    SELECT *
    FROM atlas.besoins
    WHERE scenario = 'observé'
),
dernieres AS (
    SELECT *
    FROM observes
    QUALIFY row_number() OVER (PARTITION BY indicateur, niveau, code ORDER BY annee DESC, source) = 1
)
SELECT
    t.territoire, d.niveau, d.code, t.territoire_libelle, d.indicateur, coalesce(i.libelle, d.indicateur) AS indicateur_libelle,
    d.annee, d.valeur, f.valeur AS france, d.unite, d.source, d.statut
FROM dernieres AS d
JOIN vues.territoires AS t USING (niveau, code)
LEFT JOIN reference.indicateurs AS i USING (indicateur)
LEFT JOIN observes AS f
    ON f.niveau = 'france' AND f.indicateur = d.indicateur AND f.annee = d.annee AND f.source = d.source
ORDER BY d.indicateur, t.rang DESC, d.code
