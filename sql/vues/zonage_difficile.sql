-- Habitants qui vivent là où l'accès aux professionnels est difficile : en ZIP ou en ZAC pour les généralistes.
-- Grain : profession, niveau, code
-- Source : vues.zonage
-- Colonnes :
--   territoire_libelle « Territoire »
--   profession_libelle : nom de la profession
--   valeur « Part de la population » pct0 [part] : part des habitants
--   habitants « Habitants concernés » n0 [habitants] : habitants
SELECT
    territoire_libelle, profession_libelle, annee,
    -- Where the inhabitants of a zone are unknown, those of all zones are: that isn't nobody.
    CASE WHEN bool_and(valeur IS NOT NULL) FILTER (difficile) IS NOT false
        THEN coalesce(sum(valeur) FILTER (difficile), 0)
    END AS valeur,
    CASE WHEN bool_and(population IS NOT NULL) FILTER (difficile) IS NOT false
        THEN coalesce(sum(population) FILTER (difficile), 0)::INTEGER
    END AS habitants, profession,
    territoire, niveau, code, string_agg(DISTINCT sources, ' ' ORDER BY sources) AS sources, min(statut) AS statut,
    max('pages/' || territoire || '.html') AS lien
FROM vues.zonage
GROUP BY territoire_libelle, profession_libelle, annee, profession, territoire, niveau, code
-- Where no commune has a zone, nothing is known; where none is difficult, nobody lives in one.
HAVING bool_or(degre IS NOT NULL)
ORDER BY profession, niveau, code
