-- Lignes du zonage des médecins et la commune à laquelle chacune est rattachée.
-- Grain : millesime, code_postal, commune_libelle
-- Source : zonage des médecins (liste non officielle, année supposée) ; codes postaux (La Poste)
-- Publication : commune
-- Note : la liste n'a ni code de commune ni zéro initial au code postal : la commune est reconnue par code postal et nom, à défaut par le nom seul où il est unique dans le département. À Paris, Lyon et Marseille, les deux derniers chiffres du code postal disent l'arrondissement municipal. Les lignes non rattachées sont listées dans qualite.territoires_inconnus.
-- Colonnes :
--   code_postal : code postal tel que publié
--   commune_libelle : nom de la commune tel que publié
--   zone : ZIP, ZAC, HZ (hors zone), ZAR (zone d'appui régional) ; vide pour une ligne écartée
--   rattachement : code postal et nom, ou nom et département ; vide si la ligne n'est pas rattachée
WITH publiees AS (
    SELECT
        z.millesime, z.revision, z.reference, z.code_postal AS code_postal_publie, z.commune_libelle,
        lpad(z.code_postal, 5, '0') AS code_postal,
        regexp_replace(z.zone, '^[0-9]_', '') AS zone
    FROM staging.zonage_medecins AS z
    -- An empty zone is that of a line set aside: the place had one, which is not known.
    WHERE z.zone IS NULL OR z.zone NOT LIKE 'N/A%'
),
noms_postaux AS (
    SELECT DISTINCT p.code_postal, c.commune, n.nom
    FROM staging.laposte_codes_postaux AS p
    JOIN core.communes_publiees AS c ON c.commune_publiee = p.commune
    JOIN reference.communes AS r ON r.commune = c.commune
    CROSS JOIN LATERAL (VALUES (p.commune_libelle), (p.libelle_acheminement), (p.ligne_5), (r.libelle)) AS n (nom)
    WHERE p.reference AND n.nom IS NOT NULL
),
postaux AS (
    SELECT code_postal, cle_lieu(nom) AS cle, min(commune) AS commune FROM noms_postaux GROUP BY code_postal, cle
)
SELECT
    p.millesime, p.revision, p.reference, p.code_postal_publie AS code_postal, p.commune_libelle, p.zone,
    coalesce(c.commune, n.commune) AS commune,
    coalesce(m.commune_publiee, c.commune, n.commune) AS lieu,
    CASE
        WHEN c.commune IS NOT NULL THEN 'code postal et nom'
        WHEN n.commune IS NOT NULL THEN 'nom et département'
    END AS rattachement
FROM publiees AS p
LEFT JOIN postaux AS c ON c.code_postal = p.code_postal AND c.cle = cle_lieu(p.commune_libelle)
LEFT JOIN core.noms_communes AS n
    ON n.departement = departement_postal(p.code_postal) AND n.cle = cle_lieu(p.commune_libelle)
LEFT JOIN core.communes_publiees AS m
    ON m.commune = coalesce(c.commune, n.commune) AND m.arrondissement_municipal = right(p.code_postal, 2)::INTEGER
