-- Personnels et lits de chaque établissement de santé, SAE {millesime}.
-- Grain : finess
-- Source : vues.etablissements, vues.personnels_larges, fiches.etablissements
-- Vide : La SAE n'a pas été reçue, ou aucun établissement n'y est de la région.
-- Note : Effectifs au 31 décembre ; équivalents temps plein moyens annuels rémunérés. Les infirmiers spécialisés ne sont pas comptés parmi les infirmiers. La SAE compte les sages-femmes parmi les personnels non médicaux.
-- Colonnes :
--   raison_sociale « Établissement »
--   finess « FINESS »
--   commune_libelle « Commune » text (vide : rien)
--   departement_libelle « Département » : nom du département
--   secteur_libelle « Statut » : secteur de l'établissement, en toutes lettres
--   nom_ght « GHT »
--   LIT_MED « Lits de médecine » n0 (vide : nd)
--   LIT_CHI « Lits de chirurgie » n0 (vide : nd)
--   LIT_OBS « Lits d'obstétrique » n0 (vide : nd)
--   LIT_SSR « Lits de soins de suite » n0 (vide : nd)
--   LIT_USLD « Lits de longue durée » n0 (vide : nd)
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
SELECT
    e.raison_sociale, e.finess, e.commune_libelle, e.departement_libelle, e.secteur_libelle, e.nom_ght,
    c.LIT_MED, c.LIT_CHI, c.LIT_OBS, c.LIT_SSR, c.LIT_USLD,
    p.medecins, p.medecins_statut, p.medecins_etp, p.medecins_etp_statut,
    p.liberaux, p.liberaux_statut, p.internes, p.internes_statut,
    p.sages_femmes_etp, p.sages_femmes_etp_statut, p.infirmiers_etp, p.infirmiers_etp_statut,
    p.infirmiers_specialises_etp, p.infirmiers_specialises_etp_statut, p.aides_soignants_etp,
    p.aides_soignants_etp_statut, p.non_medicaux, p.non_medicaux_statut, p.non_medicaux_etp, p.non_medicaux_etp_statut,
    e.millesime, e.interieur, 'sae' AS source, e.lien
FROM vues.etablissements AS e
JOIN fiches.etablissements AS c USING (millesime, finess)
LEFT JOIN vues.personnels_larges AS p ON p.niveau = 'es' AND p.code = e.finess
ORDER BY e.departement_libelle, e.raison_sociale, e.finess
