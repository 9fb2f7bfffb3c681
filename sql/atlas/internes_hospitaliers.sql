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
WITH territoires AS (
    SELECT n.millesime, n.niveau, n.code, count(*)::INTEGER AS sites, count(q.finess)::INTEGER AS sites_repondants
    FROM fiches.etablissements_niveaux AS n
    LEFT JOIN (SELECT DISTINCT millesime, finess FROM core.sae_internes) AS q
        ON q.millesime = n.millesime AND q.finess = n.finess
    GROUP BY n.millesime, n.niveau, n.code
)
SELECT
    c.annee, c.millesime, max(c.revision)::INTEGER AS revision, r.niveau, r.code, c.discipline,
    sum(c.internes)::INTEGER AS internes, sum(c.docteurs_juniors)::INTEGER AS docteurs_juniors,
    CASE
        WHEN 'partiel' IN (statut_somme(c.internes), statut_somme(c.docteurs_juniors, c.statut_juniors)) THEN 'partiel'
        -- A site that has not answered has no line here: the total of the personnel, which knows of it, says so.
        WHEN statut_somme(c.internes) = 'calculé' AND min(h.statut) = 'partiel' THEN 'partiel'
        ELSE statut_somme(c.internes)
    END AS statut,
    min(t.sites) AS sites, min(t.sites_repondants) AS sites_repondants
FROM core.sae_internes AS c
JOIN fiches.etablissements_niveaux AS r USING (millesime, finess)
JOIN territoires AS t USING (millesime, niveau, code)
LEFT JOIN atlas.hospitaliers AS h
    ON h.variable = 'EFF_INT_recalcule' AND h.secteur = 'ensemble' AND h.annee = c.annee AND h.niveau = r.niveau
    AND h.code = r.code
GROUP BY c.annee, c.millesime, r.niveau, r.code, c.discipline
