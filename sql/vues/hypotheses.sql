-- Hypothèses de l'équilibre entre postes et formés, du moins au plus favorable, et qui les a mesurées.
-- Grain : hypothese, diplome
-- Source : reference.hypotheses
-- Note : Une hypothèse de l'atlas n'a été mesurée par personne : elle est à remplacer par ce que la région sait.
-- Colonnes :
--   libelle « Hypothèse »
--   bas « Basse » pct0 [part] : le moins favorable
--   central « Centrale » pct0 [part] : le plus vraisemblable
--   haut « Haute » pct0 [part] : le plus favorable
--   origine « Source »
--   raison « Pourquoi »
SELECT hypothese, diplome, libelle, bas, central, haut, origine, raison
FROM reference.hypotheses
ORDER BY hypothese DESC, diplome = '', diplome
