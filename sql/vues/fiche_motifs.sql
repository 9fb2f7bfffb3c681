-- Pourquoi des lignes d'une fiche n'ont pas d'évolution, ou de quels sites elle est.
-- Grain : niveau, code, filiere
-- Source : vues.fiche_personnels
-- Publication : interne
-- Colonnes :
--   niveau : es (site), ej ou ght
--   code : numéro FINESS du site ou de l'entité juridique, ou code du GHT
--   filiere : médicale, internes compris, ou non médicale, sages-femmes comprises
--   motifs : un motif de chaque sorte, celui de la première ligne qui l'a ; le total vient d'abord
WITH motifs AS (
    SELECT
        niveau, code, CASE WHEN filiere IN ('médicale', 'internes') THEN 'médicale' ELSE 'non médicale' END AS filiere,
        motif, split_part(motif, ' : ', 1) AS sorte, min(ordre) AS ordre
    FROM vues.fiche_personnels
    -- A missing number is told by its own sign.
    WHERE mesure LIKE 'ETP%' AND motif <> 'donnée manquante'
    GROUP BY ALL
),
premiers AS (
    SELECT *
    FROM motifs
    QUALIFY row_number() OVER (PARTITION BY niveau, code, filiere, sorte ORDER BY ordre) = 1
)
SELECT niveau, code, filiere, string_agg(motif, ' ; ' ORDER BY ordre) AS motifs
FROM premiers
GROUP BY niveau, code, filiere
ORDER BY niveau, code, filiere
