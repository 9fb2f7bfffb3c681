-- Noms sous lesquels une commune de l'édition peut être écrite, département par département, dans une seule écriture.
-- Grain : departement, cle
-- Source : code officiel géographique (INSEE), tous les millésimes épinglés ; communes actuelles et anciennes (Etalab, d'après l'INSEE) ; codes postaux (La Poste)
-- Publication : departement
-- Note : le nom d'aujourd'hui l'emporte sur celui d'une commune reprise, celui-ci sur ceux de La Poste, et un nom sans son article n'est tenu qu'à défaut ; un nom que deux communes du département se partagent au même rang n'y est pas.
-- Colonnes :
--   cle : nom dans l'écriture de la macro cle_lieu
WITH noms AS (
    SELECT departement, commune, libelle AS nom, 1 AS rang FROM reference.communes
    UNION
    SELECT p.departement, p.commune, c.libelle, 2
    FROM staging.insee_cog_communes AS c
    JOIN core.communes_publiees AS p ON p.commune_publiee = c.commune
    WHERE NOT c.reference
    UNION
    SELECT p.departement, p.commune, d.nom, 2
    FROM staging.decoupage_administratif AS d
    JOIN core.communes_publiees AS p ON p.commune_publiee = d.code
    WHERE d.type <> 'arrondissement-municipal'
    UNION
    SELECT r.departement, r.commune, n.nom, 3
    FROM staging.laposte_codes_postaux AS p
    JOIN core.communes_publiees AS c ON c.commune_publiee = p.commune
    JOIN reference.communes AS r ON r.commune = c.commune
    CROSS JOIN LATERAL (VALUES (p.commune_libelle), (p.libelle_acheminement), (p.ligne_5)) AS n (nom)
    WHERE p.reference
),
cles AS (
    SELECT departement, commune, cle_lieu(nom) AS cle, rang FROM noms WHERE commune IS NOT NULL
),
toutes AS (
    SELECT departement, commune, cle, rang FROM cles
    UNION
    SELECT departement, commune, regexp_replace(cle, '^(LE|LA|LES|L) ', ''), rang + 3
    FROM cles
    WHERE regexp_matches(cle, '^(LE|LA|LES|L) ')
),
premieres AS (
    SELECT * FROM toutes WHERE cle IS NOT NULL
    QUALIFY rang = min(rang) OVER (PARTITION BY departement, cle)
)
SELECT departement, cle, min(commune) AS commune
FROM premieres
GROUP BY departement, cle
HAVING count(DISTINCT commune) = 1
