-- Zone de chaque commune au regard de l'accès aux médecins généralistes.
-- Grain : millesime, commune
-- Source : zonage des médecins (liste non officielle, année supposée) ; codes postaux (La Poste)
-- Note : la liste n'a ni code de commune ni zéro initial au code postal : la commune est reconnue par code postal et nom, à défaut par le nom seul où il est unique dans le département. Les communes non reconnues sont listées dans qualite.territoires_inconnus.
-- Colonnes :
--   zone : ZIP, ZAC, HZ (hors zone), ZAR (zone d'appui régional)
--   rattachement : code postal et nom, ou nom et département
WITH publiees AS (
    SELECT
        z.millesime, z.revision, z.reference,
        lpad(z.code_postal, 5, '0') AS code_postal,
        regexp_replace(z.zone, '^[0-9]_', '') AS zone,
        regexp_replace(regexp_replace(upper(strip_accents(replace(replace(z.commune_libelle, 'œ', 'oe'), 'Œ', 'OE'))),
            '[^A-Z0-9]+', ' ', 'g'), '(^| )SAINT(E?)( |$)', '\1ST\2\3', 'g') AS cle
    FROM staging.zonage_medecins AS z
    WHERE z.zone NOT LIKE 'N/A%'
),
postaux AS (
    SELECT DISTINCT
        p.code_postal,
        c.commune,
        regexp_replace(regexp_replace(upper(strip_accents(replace(replace(n.nom, 'œ', 'oe'), 'Œ', 'OE'))),
            '[^A-Z0-9]+', ' ', 'g'), '(^| )SAINT(E?)( |$)', '\1ST\2\3', 'g') AS cle
    FROM staging.laposte_codes_postaux AS p
    JOIN core.communes_publiees AS c ON c.commune_publiee = p.commune
    JOIN reference.communes AS r ON r.commune = c.commune
    CROSS JOIN LATERAL (VALUES (p.commune_libelle), (p.libelle_acheminement), (p.ligne_5), (r.libelle)) AS n (nom)
    WHERE p.reference AND n.nom IS NOT NULL
),
noms AS (
    SELECT
        departement,
        regexp_replace(regexp_replace(upper(strip_accents(replace(replace(libelle, 'œ', 'oe'), 'Œ', 'OE'))),
            '[^A-Z0-9]+', ' ', 'g'), '(^| )SAINT(E?)( |$)', '\1ST\2\3', 'g') AS cle,
        min(commune) AS commune
    FROM reference.communes
    GROUP BY 1, 2
    HAVING count(*) = 1
),
reconnues AS (
    SELECT
        p.millesime, p.revision, p.reference, p.zone,
        coalesce(c.commune, n.commune) AS commune,
        CASE WHEN c.commune IS NOT NULL THEN 'code postal et nom' ELSE 'nom et département' END AS rattachement
    FROM publiees AS p
    LEFT JOIN postaux AS c ON c.code_postal = p.code_postal AND c.cle = p.cle
    LEFT JOIN noms AS n
        ON c.commune IS NULL AND n.cle = p.cle
        AND n.departement = CASE
            WHEN p.code_postal LIKE '97%' THEN substr(p.code_postal, 1, 3)
            WHEN p.code_postal SIMILAR TO '20[01].*' THEN '2A'
            WHEN p.code_postal LIKE '20%' THEN '2B'
            ELSE substr(p.code_postal, 1, 2)
        END
)
SELECT
    millesime, max(revision)::INTEGER AS revision, bool_or(reference) AS reference, commune,
    -- A commune over several postcodes has one zone in nearly all cases; else the one found most often.
    mode(zone ORDER BY zone) AS zone,
    count(DISTINCT zone)::INTEGER AS zones,
    min(rattachement) AS rattachement
FROM reconnues
WHERE commune IS NOT NULL
GROUP BY millesime, commune
