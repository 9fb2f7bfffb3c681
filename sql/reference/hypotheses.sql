-- Hypothèses de l'équilibre entre postes et formés : réussite et maintien dans la région, du plus prudent au plus favorable.
-- Grain : hypothese, diplome
-- Source : sources citées ligne à ligne, ou hypothèses de l'atlas (sql/hypotheses.yml)
-- Publication : nationale
-- Note : une région les change dans sql/hypotheses.yml et refait son édition ; le mart ne contient aucun autre nombre supposé.
-- Colonnes :
--   hypothese : reussite (entrants qui obtiennent le diplôme) ou reste (diplômés qui exercent dans la région)
--   diplome : diplôme (reference.diplomes), internat, ou vide pour tous ceux qui n'ont pas leur ligne
--   libelle : ce qui est supposé
--   bas [part, de 0 à 1] : le moins favorable
--   central [part, de 0 à 1] : le plus vraisemblable
--   haut [part, de 0 à 1] : le plus favorable
--   origine : qui l'a mesurée, ou hypothèse de l'atlas
--   raison : d'où viennent ces nombres
SELECT
    hypothese, coalesce(diplome, '') AS diplome, libelle, bas::DECIMAL(9, 6) AS bas, central::DECIMAL(9, 6) AS central,
    haut::DECIMAL(9, 6) AS haut, coalesce(nullif(source, ''), 'hypothèse de l''atlas') AS origine, raison
FROM staging.hypotheses
