-- Professionnels de 55 ans ou plus et de 60 ans ou plus, par territoire, dernière année connue de chaque profession.
-- Grain : profession, source, niveau, code
-- Source : atlas.departs, atlas.indicateurs
-- Non reçu : Aucun âge n'a été reçu.
-- Colonnes :
--   territoire_libelle « Territoire »
--   profession_libelle « Profession »
--   annee « Année » year
--   denominateur « Effectif » n0 [personnes] : professionnels dont l'âge est connu
--   plus_55 « 55 ans ou plus » pct1 [part] : part des 55 ans ou plus
--   plus_60 « 60 ans ou plus » pct1 [part] : part des 60 ans ou plus
--   bas « 60 ans ou plus : intervalle à 95 % » entre_pct1 [part] : borne basse de l'intervalle à 95 %
--   haut [part] : borne haute de l'intervalle à 95 %
--   ecart « Écart avec la France » signed1 [part] (vide : sans objet) : part / part de la France, moins 1
--   face « Face à la France » (vide : sans objet) : part des 60 ans ou plus face à la France
WITH plus AS (
    SELECT *
    FROM atlas.departs
    WHERE indicateur IN ('part_55_plus', 'part_60_plus')
)
SELECT
    t.territoire_libelle, coalesce(p.libelle, d.profession) AS profession_libelle, d.annee, d.denominateur,
    e.valeur AS plus_55, d.valeur AS plus_60, i.bas, i.haut, i.ecart_france AS ecart, i.face_a_france AS face,
    d.profession, t.territoire, d.niveau, d.code, t.rang, d.source, d.statut, t.adresse AS lien
FROM plus AS d
JOIN vues.sources_retenues AS s
    ON s.sujet = 'fin_carriere' AND s.profession = d.profession AND s.annee = d.annee AND s.source = d.source
JOIN plus AS e
    ON e.indicateur = 'part_55_plus' AND e.profession = d.profession AND e.niveau = d.niveau AND e.code = d.code
        AND e.annee = d.annee AND e.source = d.source
JOIN vues.territoires AS t ON t.niveau = d.niveau AND t.code = d.code
LEFT JOIN reference.professions AS p ON p.profession = d.profession
LEFT JOIN atlas.indicateurs AS i
    ON i.indicateur = d.indicateur AND i.annee = d.annee AND i.source = d.source AND i.profession = d.profession
        AND i.niveau = d.niveau AND i.code = d.code
WHERE d.indicateur = 'part_60_plus' AND d.valeur IS NOT NULL
ORDER BY d.profession, t.rang, d.code, d.source
