-- Personnel médical des établissements de santé par spécialité, salarié et libéral, par département, région et France.
-- Grain : annee, niveau, code, specialite
-- Source : SAE (DREES), bordereau Q20
-- Publication : territoire
-- Note : sommes des sites du territoire ; un médecin qui exerce sur deux sites compte deux fois dans un effectif, pas dans les ETP. Les extraits donnent les spécialités par leur code : leurs libellés sont dans la documentation de la SAE (Liste_variables), et seuls ceux que les formules de SYGEN établissent sont repris. Où le producteur n'a pas fait de questionnaire cette année-là (2020), l'année est absente.
-- Colonnes :
--   specialite : code PERSO de la SAE
--   libelle : libellé de la spécialité, où il est établi
--   groupe : suffixe des variables de SYGEN qui comptent la spécialité (SPEMED, SPECHI, PSY …)
--   effectif_salarie [personnes] : salariés, au 31 décembre
--   etp_salarie [ETP] : salariés, équivalents temps plein moyens annuels rémunérés
--   effectif_liberal [personnes] : libéraux, au 31 décembre
--   sites : nombre de sites du territoire
--   sites_repondants : sites qui ont rempli le bordereau ; une spécialité qu'ils n'y ont pas vaut zéro
--   sites_non_places : pour la France, sites sans région
WITH territoires AS (
    SELECT
        n.millesime, n.niveau, n.code, count(*)::INTEGER AS sites, count(q.finess)::INTEGER AS sites_repondants,
        (count(*) FILTER (n.sans_region))::INTEGER AS sites_non_places
    FROM fiches.etablissements_niveaux AS n
    LEFT JOIN core.sae_specialites AS q
        ON q.millesime = n.millesime AND q.finess = n.finess AND q.specialite = 'M9999'
    GROUP BY n.millesime, n.niveau, n.code
),
specialites AS (
    SELECT DISTINCT q.annee, q.millesime, q.revision, q.specialite, s.libelle, s.groupe
    FROM core.sae_specialites AS q
    JOIN reference.specialites AS s USING (specialite)
    WHERE s.groupe IS NOT NULL
),
sommes AS (
    SELECT
        q.millesime, r.niveau, r.code, q.specialite,
        sum(q.effectif_salarie)::INTEGER AS effectif_salarie,
        sum(q.etp_salarie)::DECIMAL(18, 2) AS etp_salarie,
        sum(q.effectif_liberal)::INTEGER AS effectif_liberal,
        statut_ligne([
            statut_somme(q.effectif_salarie), statut_somme(q.etp_salarie), statut_somme(q.effectif_liberal)
        ]) AS statut
    FROM core.sae_specialites AS q
    JOIN fiches.etablissements_niveaux AS r USING (millesime, finess)
    GROUP BY q.millesime, r.niveau, r.code, q.specialite
)
SELECT
    p.annee, p.millesime, p.revision, t.niveau, t.code, p.specialite, p.libelle, p.groupe,
    CASE WHEN t.sites_repondants > 0 AND s.code IS NULL THEN 0 ELSE s.effectif_salarie END AS effectif_salarie,
    CASE WHEN t.sites_repondants > 0 AND s.code IS NULL THEN 0 ELSE s.etp_salarie END AS etp_salarie,
    CASE WHEN t.sites_repondants > 0 AND s.code IS NULL THEN 0 ELSE s.effectif_liberal END AS effectif_liberal,
    CASE
        WHEN t.sites_repondants = 0 THEN 'non-réponse'
        WHEN t.sites_repondants < t.sites THEN 'partiel'
        ELSE coalesce(s.statut, 'calculé')
    END AS statut,
    t.sites, t.sites_repondants, t.sites_non_places
FROM territoires AS t
JOIN specialites AS p USING (millesime)
LEFT JOIN sommes AS s
    ON s.millesime = t.millesime AND s.niveau = t.niveau AND s.code = t.code AND s.specialite = p.specialite
