-- Habitants qui vivent là où l'accès aux professionnels est difficile : en ZIP ou en ZAC pour les généralistes.
-- Grain : profession, niveau, code
-- Source : vues.zonage
-- Colonnes :
--   territoire_libelle « Territoire »
--   profession_libelle : nom de la profession
--   valeur « Part de la population » pct0 [part] : part des habitants
--   habitants « Habitants concernés » n0 [habitants] : habitants
SELECT
    territoire_libelle, profession_libelle, annee, sum(valeur) AS valeur, sum(population)::INTEGER AS habitants, profession,
    territoire, niveau, code, string_agg(DISTINCT sources, ' ' ORDER BY sources) AS sources, min(statut) AS statut,
    max('pages/' || territoire || '.html') AS lien
FROM vues.zonage
WHERE difficile
GROUP BY territoire_libelle, profession_libelle, annee, profession, territoire, niveau, code
ORDER BY profession, niveau, code
