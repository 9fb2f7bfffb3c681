-- Médecins, odontologistes et pharmaciens salariés de chaque établissement, entité juridique et GHT : femmes et temps partiel par groupe de spécialités.
-- Grain : millesime, niveau, code, variable
-- Source : SAE (DREES), bordereau Q20 ; appartenance aux GHT
-- Publication : fiche
-- Note : sommes des sites qui ont rempli le questionnaire ; les lignes dont `dont` est vrai font partie d'un total.
-- Colonnes :
--   niveau : es (site), ej ou ght
--   code : numéro FINESS du site ou de l'entité juridique, ou code du GHT
--   effectif [personnes] : salariés, au 31 décembre
--   femmes [personnes] : salariées
--   temps_partiel [personnes] : salariés à temps partiel
--   part_femmes [part, de 0 à 1] : femmes / effectif
--   part_temps_partiel [part, de 0 à 1] : temps partiel / effectif
--   sites : sites qui ont rempli le questionnaire
WITH rattachements AS (
    SELECT 'es' AS niveau, finess AS code, * FROM core.sae_medecins
    UNION ALL
    SELECT 'ej', finess_ej, * FROM core.sae_medecins
    UNION ALL
    SELECT 'ght', g.code_ght, m.*
    FROM core.sae_medecins AS m
    JOIN fiches.ght_membres AS g ON g.millesime = m.millesime AND g.finess = m.finess AND g.retenu
),
sommes AS (
    SELECT
        annee, millesime, max(revision)::INTEGER AS revision, niveau, code, variable,
        sum(effectif)::INTEGER AS effectif, sum(femmes)::INTEGER AS femmes,
        sum(temps_partiel)::INTEGER AS temps_partiel, count(*)::INTEGER AS sites
    FROM rattachements
    GROUP BY ALL
)
SELECT
    s.annee, s.millesime, s.revision, s.niveau, s.code, s.variable, v.dont,
    s.effectif, s.femmes, s.temps_partiel,
    (s.femmes / nullif(s.effectif, 0))::DECIMAL(9, 6) AS part_femmes,
    (s.temps_partiel / nullif(s.effectif, 0))::DECIMAL(9, 6) AS part_temps_partiel,
    s.sites
FROM sommes AS s
JOIN reference.variables_sae AS v USING (variable)
