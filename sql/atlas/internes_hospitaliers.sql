-- Internes des établissements de santé par discipline, et docteurs juniors, par département, région et France.
-- Grain : annee, niveau, code, discipline
-- Source : SAE (DREES), bordereau Q22
-- Publication : territoire
-- Note : sommes des sites du territoire, effectifs au 31 décembre. Une case vide vaut zéro où le site a rempli le bordereau. Les docteurs juniors ne sont pas comptés parmi les internes, et n'existaient pas en 2019. Un interne en stage hors de l'hôpital n'y est pas.
-- Colonnes :
--   discipline : discipline des internes (reference.disciplines_internes)
--   internes [personnes] : internes, ou faisant fonction d'interne
--   docteurs_juniors [personnes] : docteurs juniors ; vide où la discipline n'en compte pas
--   sites : nombre de sites du territoire qui ont répondu à la SAE
--   sites_repondants : sites qui ont des internes ou des docteurs juniors à déclarer (bordereau rempli)
WITH sites AS (
    SELECT
        e.millesime, e.finess, e.departement, e.region,
        CASE WHEN e.collectivite IS NULL THEN 'F' END AS france, q.finess IS NOT NULL AS repond
    FROM fiches.etablissements AS e
    LEFT JOIN (SELECT DISTINCT millesime, finess FROM core.sae_internes) AS q
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
)
SELECT
    c.annee, c.millesime, max(c.revision)::INTEGER AS revision, r.niveau, r.code, c.discipline,
    sum(c.internes)::INTEGER AS internes, sum(c.docteurs_juniors)::INTEGER AS docteurs_juniors,
    CASE
        WHEN 'partiel' IN (statut_somme(c.internes), statut_somme(c.docteurs_juniors, c.statut_juniors)) THEN 'partiel'
        ELSE statut_somme(c.internes)
    END AS statut,
    min(t.sites) AS sites, min(t.sites_repondants) AS sites_repondants
FROM core.sae_internes AS c
JOIN rattachements AS r USING (millesime, finess)
JOIN territoires AS t USING (millesime, niveau, code)
GROUP BY c.annee, c.millesime, r.niveau, r.code, c.discipline
