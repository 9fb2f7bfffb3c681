-- Internes des établissements de santé par discipline, et docteurs juniors, par département, région et France.
-- Grain : annee, niveau, code, discipline
-- Source : SAE (DREES), bordereau Q22
-- Publication : territoire
-- Note : sommes des sites du territoire, effectifs au 31 décembre. Une case vide vaut zéro où le site a rempli le bordereau. Les docteurs juniors ne sont pas comptés parmi les internes, et n'existaient pas en 2019. Un interne en stage hors de l'hôpital n'y est pas.
-- Colonnes :
--   discipline : reference.disciplines_internes
--   internes [personnes] : internes, ou faisant fonction d'interne
--   docteurs_juniors [personnes] : docteurs juniors ; vide où la discipline n'en compte pas
--   sites : nombre de sites du territoire qui ont répondu à la SAE
--   sites_repondants : sites qui ont des internes ou des docteurs juniors à déclarer (bordereau rempli)
WITH sites AS (
    SELECT
        e.millesime, e.finess, e.departement, e.region,
        CASE WHEN e.collectivite IS NULL THEN 'F' END AS france, q.finess IS NOT NULL AS repond
    FROM fiches.etablissements AS e
    LEFT JOIN staging.sae_q22 AS q
        ON q.millesime = e.millesime AND q.finess = e.finess
),
rattachements AS (
    UNPIVOT sites ON departement, region, france INTO NAME niveau VALUE code
),
territoires AS (
    SELECT
        millesime, niveau, code, count(*)::INTEGER AS sites, (count(*) FILTER (repond))::INTEGER AS sites_repondants
    FROM rattachements
    GROUP BY millesime, niveau, code
),
videes AS (
    SELECT millesime, fichier, ligne, list(colonne ORDER BY colonne) AS colonnes
    FROM core.cellules_ecartees
    WHERE source = 'sae' AND table_source = 'q22'
    GROUP BY ALL
),
cases AS (
    SELECT
        q.annee, q.millesime, q.revision, q.finess, d.discipline,
        coalesce(d.internes, zero_implicite(v.colonnes, d.colonne)) AS internes,
        CASE WHEN d.colonne_juniors IS NOT NULL
            THEN coalesce(d.docteurs_juniors, zero_implicite(v.colonnes, d.colonne_juniors))
        END AS docteurs_juniors,
        CASE WHEN d.colonne_juniors IS NULL THEN 'sans objet' END AS statut_juniors
    FROM staging.sae_q22 AS q
    LEFT JOIN videes AS v ON v.millesime = q.millesime AND v.fichier = q._fichier AND v.ligne = q._ligne
    CROSS JOIN LATERAL (
        VALUES
            ('medecine', 'INTMED', q.INTMED, 'DOCJU_MED', q.DOCJU_MED),
            ('generale', 'INTGEN', q.INTGEN, NULL, NULL),
            ('urgence', 'INTURG', q.INTURG, 'DOCJU_URG', q.DOCJU_URG),
            ('pharmacie', 'INTPHA', q.INTPHA, 'DOCJU_PHA', q.DOCJU_PHA),
            ('odontologie', 'INTODO', q.INTODO, 'DOCJU_ODO', q.DOCJU_ODO),
            ('faisant_fonction', 'FFI', q.FFI, NULL, NULL)
    ) AS d (discipline, colonne, internes, colonne_juniors, docteurs_juniors)
)
SELECT
    c.annee, c.millesime, max(c.revision)::INTEGER AS revision, r.niveau, r.code, c.discipline,
    sum(c.internes)::INTEGER AS internes, sum(c.docteurs_juniors)::INTEGER AS docteurs_juniors,
    CASE
        WHEN 'partiel' IN (statut_somme(c.internes), statut_somme(c.docteurs_juniors, c.statut_juniors)) THEN 'partiel'
        ELSE statut_somme(c.internes)
    END AS statut,
    any_value(t.sites) AS sites, any_value(t.sites_repondants) AS sites_repondants
FROM cases AS c
JOIN rattachements AS r USING (millesime, finess)
JOIN territoires AS t USING (millesime, niveau, code)
GROUP BY c.annee, c.millesime, r.niveau, r.code, c.discipline
