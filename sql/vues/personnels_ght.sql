-- Personnels de chaque groupement hospitalier de territoire, SAE {millesime}.
-- Grain : code_ght
-- Source : vues.personnels_larges, fiches.ght_personnels
-- Vide : La SAE n'a pas été reçue, ou ni les membres des groupements ni leurs totaux publiés ne sont connus.
-- Note : Somme des sites publics des membres ; « * » : partielle, un site au moins n'a pas répondu. D'un groupement dont les membres ne sont pas connus : totaux publiés par la SAE. Effectifs au 31 décembre ; équivalents temps plein moyens annuels rémunérés. Une personne qui travaille sur deux sites est comptée deux fois dans les effectifs.
-- Colonnes :
--   ght_libelle « GHT » : nom du groupement
--   code_ght « Code »
--   sites « Sites » n0 [établissements] (vide : nd) : sites du groupement
--   sites_repondants « Sites répondants » n0 [établissements] (vide : nd) : sites dont les personnels non médicaux sont connus
--   medecins « Médecins salariés » n0 [personnes] : médecins, odontologistes et pharmaciens salariés, au 31 décembre
--   medecins_statut : pourquoi ils sont vides
--   medecins_etp « Médecins salariés » n1 [ETP] : médecins, odontologistes et pharmaciens salariés, en équivalents temps plein
--   medecins_etp_statut : pourquoi ils sont vides
--   liberaux « Libéraux » n0 [personnes] : médecins, odontologistes et pharmaciens libéraux, au 31 décembre
--   liberaux_statut : pourquoi ils sont vides
--   internes « Internes et FFI » n0 [personnes] : internes, docteurs juniors et faisant fonction d'interne, au 31 décembre
--   internes_statut : pourquoi ils sont vides
--   sages_femmes_etp « Sages-femmes » n1 [ETP] : sages-femmes, en équivalents temps plein
--   sages_femmes_etp_statut : pourquoi elles sont vides
--   infirmiers_etp « Infirmiers » n1 [ETP] : infirmiers sans spécialisation, en équivalents temps plein
--   infirmiers_etp_statut : pourquoi ils sont vides
--   infirmiers_specialises_etp « Infirmiers spécialisés » n1 [ETP] : infirmiers spécialisés, en équivalents temps plein
--   infirmiers_specialises_etp_statut : pourquoi ils sont vides
--   aides_soignants_etp « Aides-soignants » n1 [ETP] : aides-soignants, en équivalents temps plein
--   aides_soignants_etp_statut : pourquoi ils sont vides
--   non_medicaux « Personnels non médicaux » n0 [personnes] : personnels non médicaux, au 31 décembre
--   non_medicaux_statut : pourquoi ils sont vides
--   non_medicaux_etp « Personnels non médicaux » n1 [ETP] : personnels non médicaux, en équivalents temps plein
--   non_medicaux_etp_statut : pourquoi ils sont vides
WITH noms AS (
    SELECT DISTINCT code_ght, nom_ght, millesime
    FROM fiches.ght_personnels
)
SELECT
    coalesce(n.nom_ght, p.code) AS ght_libelle, p.code AS code_ght, p.sites, p.sites_repondants,
    p.medecins, p.medecins_statut, p.medecins_etp, p.medecins_etp_statut,
    p.liberaux, p.liberaux_statut, p.internes, p.internes_statut,
    p.sages_femmes_etp, p.sages_femmes_etp_statut, p.infirmiers_etp, p.infirmiers_etp_statut,
    p.infirmiers_specialises_etp, p.infirmiers_specialises_etp_statut, p.aides_soignants_etp,
    p.aides_soignants_etp_statut, p.non_medicaux, p.non_medicaux_statut, p.non_medicaux_etp, p.non_medicaux_etp_statut,
    p.millesime, 'sae ght' AS sources,
    -- A group of which no member is known has no sheet.
    CASE WHEN p.sites IS NOT NULL THEN 'fiches/ght-' || p.code || '.html' END AS lien
FROM vues.personnels_larges AS p
LEFT JOIN noms AS n ON n.code_ght = p.code AND n.millesime = p.millesime
WHERE p.niveau = 'ght'
ORDER BY ght_libelle, p.code
