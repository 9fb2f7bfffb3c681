-- Personnels de chaque établissement et de chaque groupement hospitalier, une colonne par personnel compté.
-- Grain : niveau, code
-- Source : fiches.es_personnels, fiches.ght_personnels
-- Publication : interne
-- Colonnes :
--   niveau : es (site) ou ght
--   code : numéro FINESS du site, ou code du groupement
--   medecins n0 [personnes] : médecins, odontologistes et pharmaciens salariés, au 31 décembre
--   medecins_statut : pourquoi ils sont vides
--   medecins_etp n1 [ETP] : médecins, odontologistes et pharmaciens salariés, en équivalents temps plein
--   medecins_etp_statut : pourquoi ils sont vides
--   liberaux n0 [personnes] : médecins, odontologistes et pharmaciens libéraux, au 31 décembre
--   liberaux_statut : pourquoi ils sont vides
--   internes n0 [personnes] : internes, docteurs juniors et faisant fonction d'interne, au 31 décembre
--   internes_statut : pourquoi ils sont vides
--   sages_femmes_etp n1 [ETP] : sages-femmes, en équivalents temps plein
--   sages_femmes_etp_statut : pourquoi elles sont vides
--   infirmiers_etp n1 [ETP] : infirmiers sans spécialisation, en équivalents temps plein
--   infirmiers_etp_statut : pourquoi ils sont vides
--   infirmiers_specialises_etp n1 [ETP] : infirmiers spécialisés, en équivalents temps plein
--   infirmiers_specialises_etp_statut : pourquoi ils sont vides
--   aides_soignants_etp n1 [ETP] : aides-soignants, en équivalents temps plein
--   aides_soignants_etp_statut : pourquoi ils sont vides
--   non_medicaux n0 [personnes] : personnels non médicaux, au 31 décembre
--   non_medicaux_statut : pourquoi ils sont vides
--   non_medicaux_etp n1 [ETP] : personnels non médicaux, en équivalents temps plein
--   non_medicaux_etp_statut : pourquoi ils sont vides
--   sites [établissements] : sites comptés
--   sites_repondants [établissements] : sites dont les personnels non médicaux sont connus
WITH longs AS (
    SELECT
        millesime, 'es' AS niveau, finess AS code, variable, valeur, statut, NULL::INTEGER AS sites,
        NULL::INTEGER AS sites_repondants
    FROM fiches.es_personnels
    UNION ALL
    SELECT millesime, 'ght', code_ght, variable, valeur, statut, sites, sites_repondants
    FROM fiches.ght_personnels
)
SELECT
    niveau, code, millesime,
    max(valeur) FILTER (variable = 'EFFSAL_TOT') AS medecins,
    max(statut) FILTER (variable = 'EFFSAL_TOT') AS medecins_statut,
    max(valeur) FILTER (variable = 'ETPSAL_TOT') AS medecins_etp,
    max(statut) FILTER (variable = 'ETPSAL_TOT') AS medecins_etp_statut,
    max(valeur) FILTER (variable = 'EFFLIB_TOT') AS liberaux,
    max(statut) FILTER (variable = 'EFFLIB_TOT') AS liberaux_statut,
    -- Of a group whose members aren't known, the published total: nothing is recalculated there.
    CASE WHEN bool_or(variable = 'EFF_INT_recalcule') THEN max(valeur) FILTER (variable = 'EFF_INT_recalcule')
        ELSE max(valeur) FILTER (variable = 'EFF_INT') END AS internes,
    coalesce(
        max(statut) FILTER (variable = 'EFF_INT_recalcule'), max(statut) FILTER (variable = 'EFF_INT')
    ) AS internes_statut,
    max(valeur) FILTER (variable = 'ETP_SAG') AS sages_femmes_etp,
    max(statut) FILTER (variable = 'ETP_SAG') AS sages_femmes_etp_statut,
    max(valeur) FILTER (variable = 'ETP_INFSANSSPE') AS infirmiers_etp,
    max(statut) FILTER (variable = 'ETP_INFSANSSPE') AS infirmiers_etp_statut,
    max(valeur) FILTER (variable = 'ETP_INFAVECSPE') AS infirmiers_specialises_etp,
    max(statut) FILTER (variable = 'ETP_INFAVECSPE') AS infirmiers_specialises_etp_statut,
    max(valeur) FILTER (variable = 'ETP_AID') AS aides_soignants_etp,
    max(statut) FILTER (variable = 'ETP_AID') AS aides_soignants_etp_statut,
    max(valeur) FILTER (variable = 'EFF_TOT_PNM') AS non_medicaux,
    max(statut) FILTER (variable = 'EFF_TOT_PNM') AS non_medicaux_statut,
    max(valeur) FILTER (variable = 'ETP_TOT_PNM') AS non_medicaux_etp,
    max(statut) FILTER (variable = 'ETP_TOT_PNM') AS non_medicaux_etp_statut,
    max(sites) FILTER (variable = 'ETP_TOT_PNM') AS sites,
    max(sites_repondants) FILTER (variable = 'ETP_TOT_PNM') AS sites_repondants
FROM longs
WHERE millesime = (SELECT millesime FROM vues.annees_retenues WHERE objet = 'fiches.etablissements')
GROUP BY niveau, code, millesime
ORDER BY niveau, code
