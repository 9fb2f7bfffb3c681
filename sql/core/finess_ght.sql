-- Membres des GHT d'après FINESS+, dans le temps : une ligne par période d'appartenance et de rôle.
-- Grain : gcc_id, pm_id, valide_du
-- Source : FINESS+ (gcc), tous les millésimes épinglés
-- Publication : nationale
-- Note : FINESS+ ne date pas l'appartenance : les dates sont celles des fichiers qui l'observent.
-- Colonnes :
--   gcc_id : identifiant technique du groupement dans FINESS+
--   num_finess_ght : numéro FINESS du groupement
--   pm_id : identifiant technique de la personne morale membre
--   role : support ou membre
--   actif : le groupement est actif
--   valide_du : date du premier fichier qui l'observe
--   valide_au : veille du premier fichier qui ne l'observe plus ; vide si le dernier l'observe encore
--   premier_millesime [année] : premier millésime qui l'observe
--   millesime [année] : dernier millésime qui l'observe
WITH fichiers AS (
    SELECT
        millesime, date_situation,
        row_number() OVER (ORDER BY date_situation) AS rang,
        lead(date_situation) OVER (ORDER BY date_situation) AS suivante
    FROM (SELECT DISTINCT millesime, left(genere_le, 10)::DATE AS date_situation FROM staging.finess_plus_groupements)
),
observations AS (
    SELECT
        f.date_situation, f.rang, f.suivante, m.millesime, m.revision, m.gcc_id, m.pm_id,
        CASE m.role WHEN 'S' THEN 'support' WHEN 'M' THEN 'membre' END AS role,
        g.etat = 'A' AS actif, g.num_finess, g.nom, j.finess_ej
    FROM staging.finess_plus_groupement_membres AS m
    JOIN fichiers AS f ON f.millesime = m.millesime
    JOIN staging.finess_plus_groupements AS g ON g.millesime = m.millesime AND g.gcc_id = m.gcc_id
    LEFT JOIN staging.finess_plus_entites_juridiques AS j ON j.millesime = m.millesime AND j.pm_id = m.pm_id
    WHERE g.type_groupement IN ('001', '002')
),
comparees AS (
    SELECT *, lag((rang, role, actif)) OVER (PARTITION BY gcc_id, pm_id ORDER BY rang) AS avant
    FROM observations
),
periodes AS (
    SELECT
        *,
        count(*) FILTER (WHERE avant IS DISTINCT FROM (rang - 1, role, actif))
            OVER (PARTITION BY gcc_id, pm_id ORDER BY rang) AS periode
    FROM comparees
)
SELECT
    p.gcc_id, p.pm_id,
    min(p.date_situation) AS valide_du,
    (arg_max_null(p.suivante, p.rang) - 1)::DATE AS valide_au,
    min(p.millesime) AS premier_millesime,
    arg_max(p.millesime, p.rang) AS millesime,
    arg_max(p.revision, p.rang) AS revision,
    arg_max(p.num_finess, p.rang) AS num_finess_ght,
    max(c.code_ght) AS code_ght,
    arg_max(p.nom, p.rang) AS nom_ght,
    arg_max(p.finess_ej, p.rang) AS finess_ej,
    max(p.role) AS role,
    max(p.actif) AS actif
FROM periodes AS p
LEFT JOIN core.ght_codes AS c USING (gcc_id)
GROUP BY p.gcc_id, p.pm_id, p.periode
