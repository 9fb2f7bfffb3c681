-- Code que la SAE donne à chaque GHT de FINESS+ : celui que FINESS+ porte, sinon reconnu par le nom, sinon par les membres.
-- Grain : gcc_id
-- Source : FINESS+ (groupements conventionnels), SAE (totaux par GHT), appartenance déduite (source ght)
-- Publication : nationale
-- Note : l'identifiant externe d'un groupement est son code dans la SAE ; un fichier qui ne le donne pas n'a pas de code commun avec elle. Un GHT sans code n'entre pas dans les tables par GHT ; il est dans qualite.avertissements.
-- Colonnes :
--   gcc_id : identifiant technique du groupement dans FINESS+
--   num_finess_ght : numéro FINESS du groupement
--   nom_ght : nom du groupement dans FINESS+
--   reconnu_par : identifiant, nom, membres, ou vide s'il n'est pas reconnu
WITH groupements AS (
    SELECT
        gcc_id, nom, millesime,
        coalesce(num_finess, CASE WHEN regexp_full_match(identifiant_externe, '[0-9]{11}') THEN identifiant_externe END) AS num_finess,
        CASE WHEN regexp_full_match(identifiant_externe, '[0-9]{5}') THEN identifiant_externe END AS code_publie
    FROM staging.finess_plus_groupements
    WHERE type_groupement IN ('001', '002')
    QUALIFY row_number() OVER (PARTITION BY gcc_id ORDER BY millesime DESC) = 1
),
-- A code that a group says is its own, and no name or member gives it to another.
publies AS (
    SELECT code_publie AS code_ght, min(gcc_id) AS gcc_id
    FROM groupements
    WHERE code_publie IS NOT NULL
    GROUP BY code_publie
    HAVING count(*) = 1
),
noms AS (
    SELECT 'gcc' AS cote, gcc_id AS identifiant, nom FROM groupements WHERE gcc_id NOT IN (SELECT gcc_id FROM publies)
    UNION ALL
    SELECT 'sae', code_ght, arg_max(nom_ght, millesime)
    FROM staging.sae_ght
    WHERE code_ght NOT IN (SELECT code_ght FROM publies)
    GROUP BY code_ght
),
cles AS (
    SELECT
        cote, identifiant,
        trim(regexp_replace(
            regexp_replace(replace(upper(strip_accents(nom)), 'Œ', 'OE'), '[^A-Z0-9]+', ' ', 'g'),
            '^ *(GHT|GROUPEMENT HOSPITALIER DE TERRITOIRE)\b', ''
        )) AS cle
    FROM noms
),
uniques AS (
    SELECT cote, cle, min(identifiant) AS identifiant FROM cles GROUP BY cote, cle HAVING count(*) = 1
),
par_nom AS (
    SELECT g.identifiant AS gcc_id, s.identifiant AS code_ght
    FROM uniques AS g
    JOIN uniques AS s ON s.cle = g.cle AND s.cote = 'sae'
    WHERE g.cote = 'gcc'
),
membres AS (
    SELECT g.gcc_id, j.finess_ej
    FROM groupements AS g
    JOIN staging.finess_plus_groupement_membres AS m ON m.gcc_id = g.gcc_id AND m.millesime = g.millesime
    JOIN staging.finess_plus_entites_juridiques AS j ON j.pm_id = m.pm_id AND j.millesime = m.millesime
),
deduits AS (
    SELECT code_ght, finess_ej FROM staging.ght
    QUALIFY row_number() OVER (PARTITION BY finess_ej ORDER BY annee DESC, millesime DESC) = 1
),
communs AS (
    SELECT m.gcc_id, d.code_ght, count(*) AS communs
    FROM membres AS m
    JOIN deduits AS d USING (finess_ej)
    GROUP BY m.gcc_id, d.code_ght
),
-- More than half of the members of both.
par_membres AS (
    SELECT c.gcc_id, c.code_ght
    FROM communs AS c
    JOIN (SELECT gcc_id, count(*) AS taille FROM membres GROUP BY gcc_id) AS g USING (gcc_id)
    JOIN (SELECT code_ght, count(*) AS taille FROM deduits GROUP BY code_ght) AS s USING (code_ght)
    WHERE 2 * c.communs > greatest(g.taille, s.taille)
        AND c.code_ght NOT IN (SELECT n.code_ght FROM par_nom AS n)
        AND c.code_ght NOT IN (SELECT p.code_ght FROM publies AS p)
)
SELECT
    g.gcc_id, g.num_finess AS num_finess_ght, g.nom AS nom_ght, g.millesime,
    coalesce(p.code_ght, n.code_ght, m.code_ght) AS code_ght,
    CASE
        WHEN p.code_ght IS NOT NULL THEN 'identifiant'
        WHEN n.code_ght IS NOT NULL THEN 'nom'
        WHEN m.code_ght IS NOT NULL THEN 'membres'
    END AS reconnu_par
FROM groupements AS g
LEFT JOIN publies AS p USING (gcc_id)
LEFT JOIN par_nom AS n USING (gcc_id)
LEFT JOIN par_membres AS m USING (gcc_id)
