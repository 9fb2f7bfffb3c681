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
--   statut : publié pour un site, calculé au-dessus ; partiel quand un site de l'entité ou du GHT ne l'a pas rempli
WITH rattachements AS (
    SELECT 'es' AS niveau, finess AS code, * FROM core.sae_medecins
    UNION ALL
    SELECT 'ej', finess_ej, * FROM core.sae_medecins WHERE finess_ej IS NOT NULL
    UNION ALL
    SELECT 'ght', g.code_ght, m.*
    FROM core.sae_medecins AS m
    JOIN fiches.ght_membres AS g ON g.millesime = m.millesime AND g.finess = m.finess AND g.retenu
),
sommes AS (
    SELECT
        annee, millesime, max(revision)::INTEGER AS revision, niveau, code, variable,
        sum(effectif)::INTEGER AS effectif, sum(femmes)::INTEGER AS femmes,
        sum(temps_partiel)::INTEGER AS temps_partiel, count(*)::INTEGER AS sites,
        statut_ligne([statut_somme(effectif), statut_somme(femmes), statut_somme(temps_partiel)]) AS statut,
        statut_rapport(statut_somme(femmes), statut_somme(effectif)) AS statut_femmes,
        statut_rapport(statut_somme(temps_partiel), statut_somme(effectif)) AS statut_temps_partiel
    FROM rattachements
    GROUP BY ALL
),
perimetres AS (
    SELECT millesime, 'ej' AS niveau, finess_ej AS code, count(*) AS sites FROM fiches.etablissements GROUP BY ALL
    UNION ALL
    SELECT millesime, 'ght', code_ght, count(*) FROM fiches.etablissements WHERE code_ght IS NOT NULL GROUP BY ALL
)
SELECT
    s.annee, s.millesime, s.revision, s.niveau, s.code, s.variable, v.dont,
    s.effectif, s.femmes, s.temps_partiel,
    CASE WHEN s.statut_femmes = 'calculé' THEN s.femmes / nullif(s.effectif, 0) END::DECIMAL(18, 6) AS part_femmes,
    CASE WHEN s.statut_temps_partiel = 'calculé' THEN s.temps_partiel / nullif(s.effectif, 0) END::DECIMAL(18, 6)
        AS part_temps_partiel,
    s.sites,
    CASE
        WHEN s.sites < p.sites THEN 'partiel'
        WHEN s.niveau = 'es' AND s.statut = 'calculé' THEN 'publié'
        ELSE s.statut
    END AS statut
FROM sommes AS s
JOIN reference.variables_sae AS v USING (variable)
LEFT JOIN perimetres AS p ON p.millesime = s.millesime AND p.niveau = s.niveau AND p.code = s.code
