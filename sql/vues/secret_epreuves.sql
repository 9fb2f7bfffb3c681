-- Attaques que les tables protégées ont subies avant de paraître : combien de cases essayées, combien de retrouvées.
-- Grain : tableau, epreuve
-- Source : audit de la publication (variable « epreuves »), reference.codes
-- Vide : Aucune table de cette édition ne vient d'une source protégée.
-- Note : Pour toute la France, comme la protection. Une publication dont une case est retrouvée ne paraît pas ; ce que des publications antérieures disent à elles seules n'est pas compté.
-- Colonnes :
--   tableau_libelle « Table » : table protégée
--   epreuve_libelle « Épreuve » : ce que l'attaque cherche
--   essais « Essayées » n0 : cases sur lesquelles l'attaque est essayée, cases d'aucune table comprises
--   concernees « Concernées » n0 (vide : sans objet) : cases que la règle demande de cacher
--   trouvees « Retrouvées » n0 : cases que l'attaque retrouve, ou qui sont montrées malgré la règle
--   ensemble « Avec » n0 (vide : sans objet) : publications antérieures, ou régions, que l'attaquant a en main
--   etroit « Intervalle le plus étroit (% de la valeur) » n0 [% de la valeur] (vide : sans objet) : largeur du plus étroit des intervalles laissés au lecteur, au moins, par pas de cinq
--   tableau : table protégée, par son nom
--   epreuve : attaque
WITH lues AS (
    SELECT
        unnest(
            getvariable('epreuves')::STRUCT(
                tableau VARCHAR, epreuve VARCHAR, essais INTEGER, concernees INTEGER, trouvees INTEGER,
                ensemble INTEGER, etroit DECIMAL(9, 4)
            )[],
            recursive := true
        )
)
SELECT
    t.libelle AS tableau_libelle, e.libelle AS epreuve_libelle, l.essais, l.concernees, l.trouvees, l.ensemble,
    (100 * l.etroit)::INTEGER AS etroit, l.tableau, l.epreuve
FROM lues AS l
JOIN reference.codes AS t ON t.liste = 'tableau' AND t.code = l.tableau
JOIN reference.codes AS e ON e.liste = 'epreuve' AND e.code = l.epreuve
ORDER BY t.ordre, e.ordre
