-- Ressources humaines déclarées : ce que l'entité juridique de chaque fiche, son GHT et la région ont répondu, campagne {annee}.
-- Grain : niveau, code, indicateur, lieu
-- Source : atlas.ressources_humaines, reference.blocs, reference.indicateurs
-- Note : Déclarations des établissements qui ont répondu.
-- Vide : Vacance, absences, rotation et intérim ne figurent pas dans cette publication : elle n'a pas de réponses à la campagne.
-- Colonnes :
--   niveau : es (site), ej ou ght
--   code : numéro FINESS du site ou de l'entité juridique, ou code du GHT
--   indicateur_libelle « Indicateur »
--   lieu : de qui est la valeur : ej (entité juridique), ght ou region
--   lieu_libelle « De qui » : la même chose, en mots
--   valeur « Valeur » pct1 [part] : valeur déclarée
--   valeur_statut : pourquoi elle est vide
WITH declarees AS (
    SELECT r.*
    FROM atlas.ressources_humaines AS r
    JOIN vues.annees_retenues AS a ON a.objet = 'atlas.ressources_humaines' AND a.annee = r.annee
    WHERE r.categorie = 'ensemble'
),
lieux AS (
    SELECT niveau, code, 'ej' AS lieu, finess_ej AS lieu_code, 1 AS rang FROM vues.fiche_identites
    UNION ALL
    SELECT niveau, code, 'ght', code_ght, 2 FROM vues.fiche_identites
    UNION ALL
    SELECT f.niveau, f.code, 'region', p.region, 3 FROM vues.fiche_identites AS f, vues.publication AS p
)
SELECT
    l.niveau, l.code, b.code AS indicateur, l.lieu,
    i.libelle_court AS indicateur_libelle, n.libelle_court AS lieu_libelle,
    d.valeur, coalesce(d.statut, 'nd') AS valeur_statut, a.annee
FROM lieux AS l
JOIN vues.annees_retenues AS a ON a.objet = 'atlas.ressources_humaines'
JOIN reference.niveaux AS n ON n.niveau = l.lieu
JOIN reference.blocs AS b ON b.bloc = 'fiche.ressources_humaines'
JOIN reference.indicateurs AS i ON i.indicateur = b.code
LEFT JOIN declarees AS d ON d.indicateur = b.code AND d.niveau = l.lieu AND d.code = l.lieu_code
WHERE l.lieu_code IS NOT NULL
ORDER BY l.niveau, l.code, b.ordre, l.rang
