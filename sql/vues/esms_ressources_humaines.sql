-- Ressources humaines déclarées par les établissements sociaux et médico-sociaux de la même catégorie, campagne {annee}.
-- Grain : code, indicateur
-- Source : atlas.ressources_humaines_esms, reference.blocs, reference.indicateurs, vues.esms
-- Note : Déclarations des établissements qui ont répondu[[ : {repondants:n0} sur {attendus:n0} de sa catégorie dans la région]]. Ce qu'un établissement déclare n'est publié que dans des sommes ; « s » : une somme dont l'un d'eux fait presque tout.
-- Vide : Vacance, absences, rotation et prestations externes ne figurent pas dans cette publication : elle n'a pas de réponses à la campagne auprès des établissements sociaux et médico-sociaux.
-- Colonnes :
--   code : numéro FINESS de l'établissement
--   indicateur_libelle « Indicateur »
--   departement « Sa catégorie, département » selon : valeur de ceux de sa catégorie, dans son département
--   departement_statut : pourquoi elle est vide
--   region « Sa catégorie, région » selon : valeur de ceux de sa catégorie, dans la région
--   region_statut : pourquoi elle est vide
--   ensemble « Tous, région » selon : valeur de tous les établissements sociaux et médico-sociaux de la région
--   ensemble_statut : pourquoi elle est vide
--   format : comment la valeur s'écrit
--   repondants n0 : établissements de sa catégorie qui ont répondu, dans la région
--   attendus n0 : établissements de sa catégorie interrogés, dans la région
WITH declarees AS (
    SELECT r.*
    FROM atlas.ressources_humaines_esms AS r
    JOIN vues.annees_retenues AS a ON a.objet = 'atlas.ressources_humaines_esms' AND a.annee = r.annee
    WHERE r.fonction = 'ensemble'
),
regionales AS (
    SELECT d.* FROM declarees AS d JOIN vues.publication AS p ON d.niveau = 'region' AND d.code = p.region
)
SELECT
    e.code, b.code AS indicateur, coalesce(i.libelle_court, b.code) AS indicateur_libelle,
    d.valeur AS departement, coalesce(d.statut, 'nd') AS departement_statut,
    r.valeur AS region, coalesce(r.statut, 'nd') AS region_statut,
    t.valeur AS ensemble, coalesce(t.statut, 'nd') AS ensemble_statut,
    CASE WHEN u.part THEN 'pct1' ELSE 'n1' END AS format,
    r.repondants, r.attendus, a.annee, 'enquete_esms' AS source
FROM vues.esms AS e
JOIN vues.annees_retenues AS a ON a.objet = 'atlas.ressources_humaines_esms'
JOIN reference.blocs AS b ON b.bloc = 'fiche.ressources_humaines_esms'
JOIN reference.indicateurs AS i ON i.indicateur = b.code
LEFT JOIN reference.unites AS u ON u.unite = i.unite
LEFT JOIN declarees AS d
    ON d.niveau = 'departement' AND d.code = e.departement AND d.categorie = e.categorie AND d.indicateur = b.code
LEFT JOIN regionales AS r ON r.categorie = e.categorie AND r.indicateur = b.code
LEFT JOIN regionales AS t ON t.categorie = 'ensemble' AND t.indicateur = b.code
ORDER BY e.code, b.ordre
