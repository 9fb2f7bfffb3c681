-- Codes de commune rencontrés dans les extraits, et la commune de l'édition à laquelle chacun mène.
-- Grain : commune_publiee
-- Source : code officiel géographique (INSEE), tous les millésimes épinglés ; codes postaux (La Poste) ; arrondissements municipaux de Paris, Lyon et Marseille
-- Publication : departement
-- Note : une commune fusionnée mène à celle que La Poste dessert sous son nom, dans le même département et elle seule ; sans quoi elle garde son département, et n'a pas de commune.
-- Colonnes :
--   commune_publiee : code tel qu'un extrait peut le porter
--   arrondissement_municipal : numéro de l'arrondissement municipal que ce code désigne ; vide ailleurs
WITH actuelles AS (
    SELECT commune AS commune_publiee, commune, departement FROM reference.communes
),
municipaux AS (
    SELECT (75100 + i)::VARCHAR AS commune_publiee, '75056' AS commune, i::INTEGER AS numero FROM range(1, 21) AS r (i)
    UNION ALL SELECT (69380 + i)::VARCHAR, '69123', i::INTEGER FROM range(1, 10) AS r (i)
    UNION ALL SELECT (13200 + i)::VARCHAR, '13055', i::INTEGER FROM range(1, 17) AS r (i)
),
anciennes AS (
    SELECT
        commune AS commune_publiee, arg_max(departement, millesime) AS departement,
        arg_max(libelle, millesime) AS libelle
    FROM staging.insee_cog_communes
    WHERE commune NOT IN (SELECT a.commune_publiee FROM actuelles AS a)
    GROUP BY commune
),
-- La Poste keeps the name of a merged commune under the code of the one that took it over.
noms AS (
    SELECT a.commune, a.departement, n.nom
    FROM staging.laposte_codes_postaux AS p
    JOIN actuelles AS a ON a.commune = p.commune
    CROSS JOIN LATERAL (VALUES (p.libelle_acheminement), (p.ligne_5)) AS n (nom)
    WHERE p.reference
    UNION
    SELECT NULL, departement, libelle FROM anciennes
),
cles AS (
    SELECT commune, departement, nom,
        regexp_replace(
            regexp_replace(upper(strip_accents(replace(nom, 'œ', 'oe'))), '[^A-Z0-9]+', ' ', 'g'),
            '(^| )SAINT(E?)( |$)', '\1ST\2\3', 'g') AS cle
    FROM noms
),
reprises AS (
    SELECT a.departement, a.nom AS libelle, min(n.commune) AS commune
    FROM cles AS a
    JOIN cles AS n ON n.departement = a.departement AND n.cle = a.cle AND n.commune IS NOT NULL
    WHERE a.commune IS NULL
    GROUP BY a.departement, a.nom
    HAVING count(DISTINCT n.commune) = 1
)
SELECT commune_publiee, commune, departement, NULL::INTEGER AS arrondissement_municipal FROM actuelles
UNION ALL
SELECT m.commune_publiee, m.commune, a.departement, m.numero
FROM municipaux AS m
JOIN actuelles AS a ON a.commune = m.commune
UNION ALL
SELECT a.commune_publiee, r.commune, a.departement, NULL
FROM anciennes AS a
LEFT JOIN reprises AS r USING (departement, libelle)
