-- Continuité entre l'ancien FINESS et FINESS+ : nombres d'établissements par constat et par raison.
-- Grain : constat, motif
-- Source : qualite.ecarts_finess et core.finess_situations
-- Publication : nationale
-- Note : compare la dernière extraction de l'ancien FINESS au premier FINESS+ qui la suit. Un établissement peut avoir plusieurs constats.
-- Colonnes :
--   constat : dans les deux, fermé avant l'ancienne extraction, ou l'un des constats de qualite.ecarts_finess
--   motif : raison de l'écart, ou « à expliquer »
--   etablissements [établissements] : nombre d'établissements
--   part [%] : part des établissements de l'ancienne extraction
--   millesime_avant [année] : millésime de l'ancien FINESS
--   millesime [année] : millésime de FINESS+
WITH comparees AS (
    SELECT max(millesime) AS millesime, max(millesime_avant) AS millesime_avant, max(revision) AS revision
    FROM qualite.ecarts_finess
),
ancien AS (
    SELECT s.finess FROM core.finess_situations AS s
    JOIN comparees AS c ON s.origine = 'finess' AND s.millesime = c.millesime_avant
),
plus AS (
    SELECT s.finess, s.ouvert FROM core.finess_situations AS s
    JOIN comparees AS c ON s.origine = 'finess_plus' AND s.millesime = c.millesime
),
nombres AS (
    SELECT 'dans les deux' AS constat, 'même numéro FINESS' AS motif, count(*) AS etablissements
    FROM ancien JOIN plus USING (finess)
    UNION ALL
    SELECT 'fermé avant l''ancienne extraction', 'FINESS+ garde les établissements fermés', count(*)
    FROM plus WHERE NOT ouvert AND finess NOT IN (SELECT a.finess FROM ancien AS a)
    UNION ALL
    SELECT constat, motif, count(*) FROM qualite.ecarts_finess GROUP BY constat, motif
)
SELECT
    n.constat, n.motif, n.etablissements::INTEGER AS etablissements,
    (100.0 * n.etablissements / nullif((SELECT count(*) FROM ancien), 0))::DECIMAL(18, 3) AS part,
    c.millesime_avant, c.millesime, c.revision
FROM nombres AS n
CROSS JOIN comparees AS c
WHERE c.millesime IS NOT NULL
