-- Codes de commune rencontrés dans les extraits, et la commune de l'édition à laquelle chacun mène.
-- Grain : commune_publiee
-- Source : code officiel géographique (INSEE), tous les millésimes épinglés ; communes actuelles et anciennes (Etalab, d'après l'INSEE) ; codes postaux (La Poste) ; arrondissements municipaux de Paris, Lyon et Marseille
-- Publication : departement
-- Note : une commune fusionnée mène à celle qui l'a reprise, de reprise en reprise ; à défaut, à celle que La Poste dessert sous son nom, dans le même département et elle seule ; sans quoi elle garde son département, et n'a pas de commune. Une commune rétablie mène à elle-même. Saint-Barthélemy et Saint-Martin, sous leurs codes d'avant 2007 ou ceux d'aujourd'hui, sont hors des départements (977 et 978).
-- Colonnes :
--   commune_publiee : code tel qu'un extrait peut le porter, dans la forme que lui donne la macro code_commune
--   arrondissement_municipal : numéro de l'arrondissement municipal que ce code désigne ; vide ailleurs
WITH RECURSIVE actuelles AS (
    SELECT commune AS commune_publiee, commune, departement, libelle FROM reference.communes
),
municipaux AS (
    SELECT (75100 + i)::VARCHAR AS commune_publiee, '75056' AS commune, i::INTEGER AS numero FROM range(1, 21) AS r (i)
    UNION ALL SELECT (69380 + i)::VARCHAR, '69123', i::INTEGER FROM range(1, 10) AS r (i)
    UNION ALL SELECT (13200 + i)::VARCHAR, '13055', i::INTEGER FROM range(1, 17) AS r (i)
),
-- Each vintage says where the codes that it no longer has as communes have gone.
mouvements AS (
    SELECT
        unnest(regexp_extract_all(anciens_codes, '[0-9][0-9AB][0-9]{3}')) AS commune_publiee, code AS commune, millesime
    FROM staging.decoupage_administratif
    WHERE type = 'commune-actuelle'
    UNION
    SELECT code, chef_lieu, millesime
    FROM staging.decoupage_administratif
    WHERE type IN ('commune-deleguee', 'commune-associee') AND code <> chef_lieu
),
suites AS (
    SELECT m.commune_publiee, m.commune, m.millesime, 1 AS pas
    FROM mouvements AS m
    ANTI JOIN actuelles AS a ON a.commune_publiee = m.commune_publiee
    UNION
    SELECT s.commune_publiee, m.commune, m.millesime, s.pas + 1
    FROM suites AS s
    JOIN mouvements AS m ON m.commune_publiee = s.commune
    ANTI JOIN actuelles AS a ON a.commune_publiee = s.commune
    WHERE s.pas < 5
),
reprises AS (
    SELECT s.commune_publiee, a.commune, a.departement
    FROM suites AS s
    JOIN actuelles AS a ON a.commune_publiee = s.commune
    QUALIFY row_number() OVER (
        PARTITION BY s.commune_publiee ORDER BY s.millesime DESC, s.pas, a.commune
    ) = 1
),
anciennes AS (
    SELECT commune AS commune_publiee, arg_max(departement, millesime) AS departement
    FROM staging.insee_cog_communes
    GROUP BY commune
    UNION
    SELECT commune_publiee, departement_commune(commune_publiee) FROM mouvements
),
perdues AS (
    SELECT a.commune_publiee, a.departement
    FROM anciennes AS a
    ANTI JOIN actuelles AS c ON c.commune_publiee = a.commune_publiee
    ANTI JOIN reprises AS r ON r.commune_publiee = a.commune_publiee
    WHERE a.departement IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY a.commune_publiee ORDER BY a.departement) = 1
),
-- La Poste keeps the name of a merged commune under the code of the one that took it over.
noms_postaux AS (
    SELECT a.departement, cle_lieu(n.nom) AS cle, min(a.commune) AS commune
    FROM staging.laposte_codes_postaux AS p
    JOIN actuelles AS a ON a.commune = p.commune
    CROSS JOIN LATERAL (VALUES (p.libelle_acheminement), (p.ligne_5)) AS n (nom)
    WHERE p.reference
    GROUP BY a.departement, cle
    HAVING count(DISTINCT a.commune) = 1
),
noms_perdus AS (
    SELECT p.commune_publiee, p.departement, arg_max(c.libelle, c.millesime) AS libelle
    FROM perdues AS p
    LEFT JOIN staging.insee_cog_communes AS c ON c.commune = p.commune_publiee
    GROUP BY p.commune_publiee, p.departement
),
codes AS (
    SELECT commune_publiee, commune, departement, NULL::INTEGER AS arrondissement_municipal FROM actuelles
    UNION ALL
    SELECT m.commune_publiee, m.commune, a.departement, m.numero
    FROM municipaux AS m
    JOIN actuelles AS a ON a.commune = m.commune
    UNION ALL
    SELECT r.commune_publiee, r.commune, r.departement, NULL
    FROM reprises AS r
    ANTI JOIN municipaux AS m ON m.commune_publiee = r.commune_publiee
    UNION ALL
    SELECT p.commune_publiee, n.commune, p.departement, NULL
    FROM noms_perdus AS p
    LEFT JOIN noms_postaux AS n ON n.departement = p.departement AND n.cle = cle_lieu(p.libelle)
    ANTI JOIN municipaux AS m ON m.commune_publiee = p.commune_publiee
),
-- Before 1976, and in files that kept its codes, Corsica was 20.
corses AS (
    SELECT '20' || substr(commune_publiee, 3) AS commune_publiee, commune, departement, arrondissement_municipal
    FROM codes
    WHERE departement IN ('2A', '2B')
        AND '20' || substr(commune_publiee, 3) NOT IN (SELECT c.commune_publiee FROM codes AS c)
    QUALIFY row_number() OVER (PARTITION BY substr(commune_publiee, 3) ORDER BY commune_publiee) = 1
),
collectivites (commune_publiee) AS (
    VALUES ('97123'), ('97127'), ('97701'), ('97801')
)
SELECT commune_publiee, commune, departement, arrondissement_municipal FROM codes
UNION ALL
SELECT * FROM corses
UNION ALL
SELECT commune_publiee, NULL, departement_commune(commune_publiee), NULL
FROM collectivites
WHERE commune_publiee NOT IN (SELECT c.commune_publiee FROM codes AS c)
