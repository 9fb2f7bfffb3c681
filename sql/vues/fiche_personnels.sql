-- Personnels de chaque établissement, entité juridique et GHT, variable par variable, avec leur évolution d'un exercice au suivant.
-- Grain : niveau, code, variable
-- Source : fiches.es_personnels, fiches.ej_personnels, fiches.ght_personnels, fiches.evolutions, reference.variables_sae
-- Publication : interne
-- Note : une évolution n'a de pourcentage qu'à partir d'une base que le seuil base_evolution (reference.seuils) admet.
-- Colonnes :
--   niveau : es (site), ej ou ght
--   code : numéro FINESS du site ou de l'entité juridique, ou code du GHT
--   groupe : fin du nom de la variable : groupe de spécialités, fonction
--   libelle_court : nom en peu de mots
--   libelle_ligne : nom dans le tableau de sa mesure
--   ordre : rang dans les tableaux
--   decimales : décimales montrées
--   evolution : valeur moins celle de l'exercice précédent, des mêmes sites
--   evolution_detail signed1 [part] : la même, rapportée à la valeur de l'exercice précédent
--   motif : pourquoi il n'y a pas d'évolution, ou de quels sites elle est
WITH personnels AS (
    SELECT 'es' AS niveau, finess AS code, millesime, variable, valeur, statut FROM fiches.es_personnels
    UNION ALL
    SELECT 'ej', finess_ej, millesime, variable, valeur, statut FROM fiches.ej_personnels
    UNION ALL
    SELECT 'ght', code_ght, millesime, variable, valeur, statut FROM fiches.ght_personnels
)
SELECT
    p.niveau, p.code, p.variable, v.groupe, v.libelle_court, v.libelle_ligne, v.filiere, v.mesure, v.ligne, v.ordre,
    v.unite, u.decimales, p.valeur, p.statut,
    e.evolution,
    CASE WHEN e.valeur_precedente >= (SELECT valeur FROM reference.seuils WHERE seuil = 'base_evolution')
        THEN e.evolution_relative
    END AS evolution_detail,
    replace(e.motif, '''', '’') AS motif
FROM personnels AS p
JOIN vues.annees_retenues AS a ON a.objet = 'fiches.etablissements' AND a.millesime = p.millesime
JOIN reference.variables_sae AS v USING (variable)
JOIN reference.unites AS u USING (unite)
LEFT JOIN fiches.evolutions AS e
    ON e.millesime = p.millesime AND e.niveau = p.niveau AND e.code = p.code AND e.variable = p.variable
ORDER BY p.niveau, p.code, v.ordre
