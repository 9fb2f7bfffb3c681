-- Personnels de chaque GHT, une ligne par variable de la SAE : somme des sites publics des membres, et le total publié à côté.
-- Grain : millesime, code_ght, variable
-- Source : SAE (DREES), SYGEN et fichier des GHT ; appartenance aux GHT
-- Publication : ght
-- Note : où l'appartenance n'est pas connue, la valeur est le total publié (statut « publié »), et le GHT est absent s'il n'y en a pas non plus. Une personne partagée entre deux membres compte deux fois dans un effectif, pas dans les ETP. D'une année à l'autre, les membres peuvent changer : une évolution se lit dans fiches.evolutions.
-- Colonnes :
--   sites : nombre de sites qui entrent dans la somme
--   sites_repondants : sites dont la valeur est publiée, nulle par le questionnaire, ou calculée
--   valeur_publiee : total publié par la SAE pour ce GHT, où il existe
WITH sommes AS (
    SELECT
        m.millesime, m.code_ght, min(m.nom_ght) AS nom_ght, p.revision, p.annee, p.variable,
        sum(p.valeur)::DECIMAL(18, 2) AS valeur,
        count(*)::INTEGER AS sites,
        count(p.valeur)::INTEGER AS sites_repondants,
        statut_somme(p.valeur, p.statut) AS statut
    FROM fiches.ght_membres AS m
    JOIN fiches.es_personnels AS p ON p.millesime = m.millesime AND p.finess = m.finess
    WHERE m.retenu
    GROUP BY ALL
),
-- What the producer didn't ask that year: a published total that isn't there is no blank.
non_collectees AS (
    SELECT millesime, variable
    FROM fiches.es_personnels
    GROUP BY millesime, variable
    HAVING bool_and(statut = 'non collecté')
),
ensemble AS (
    SELECT
        coalesce(s.millesime, g.millesime) AS millesime,
        coalesce(s.revision, g.revision) AS revision,
        coalesce(s.annee, g.millesime) AS annee,
        coalesce(s.code_ght, g.code_ght) AS code_ght,
        coalesce(g.nom_ght, s.nom_ght) AS nom_ght,
        coalesce(s.variable, g.variable) AS variable,
        s.code_ght IS NOT NULL AS membres_connus,
        s.valeur AS somme, g.valeur AS valeur_publiee, s.sites, s.sites_repondants, s.statut
    FROM sommes AS s
    FULL JOIN core.sae_ght_publies AS g
        ON g.millesime = s.millesime AND g.code_ght = s.code_ght AND g.variable = s.variable
)
SELECT
    e.millesime, e.revision, e.annee, e.code_ght, e.nom_ght, e.variable,
    v.filiere, v.mesure, v.ligne, v.dont,
    CASE WHEN e.membres_connus THEN e.somme ELSE e.valeur_publiee END AS valeur,
    v.unite,
    CASE
        WHEN e.membres_connus THEN e.statut
        WHEN e.valeur_publiee IS NULL AND n.variable IS NOT NULL THEN 'non collecté'
        WHEN e.valeur_publiee IS NULL THEN 'vide'
        ELSE 'publié'
    END AS statut,
    e.sites, e.sites_repondants, e.valeur_publiee,
    substr(e.code_ght, 1, 2) AS region_ght
FROM ensemble AS e
JOIN reference.variables_sae AS v USING (variable)
LEFT JOIN non_collectees AS n ON n.millesime = e.millesime AND n.variable = e.variable
