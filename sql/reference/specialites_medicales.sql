-- Spécialités médicales du tableau des tensions : les codes de chacune chez les producteurs.
-- Grain : nomenclature, code
-- Source : intitulés de la CNAM (reference.specialites_cnam) ; nomenclature des objets de santé (ANS), groupes de reference.specialites_rpps ; diplômes d'études spécialisées (arrêté du 21 avril 2017) ; SAE, formules de SYGEN
-- Publication : nationale
-- Note : une spécialité réunit parfois plusieurs codes d'une nomenclature. Des codes PERSO de la SAE, seuls ceux que les formules de SYGEN établissent ; mais non celui de la médecine d'urgence, que des hôpitaux entiers déclarent en médecine générale (M1340 : 0,4 ETP en Vendée en 2022, pour 194 de M1010). La chirurgie maxillo-faciale est avec les chirurgiens dans l'internat et à la CNAM, avec les stomatologues dans l'annuaire ; la chirurgie orale, que des dentistes exercent aussi, n'est que dans le total des stomatologues de la CNAM.
-- Colonnes :
--   profession : spécialité (reference.professions)
--   nomenclature : CNAM, savoir-faire, internat ou SAE médecins
--   code : code dans cette nomenclature
--   melange : ceux que le code réunit, quand ce n'est pas la spécialité seule ; vide sinon
WITH specialites (profession, cnam, savoir_faire, internat, perso, melange, melange_hopital) AS (
    VALUES
        ('allergologue', 'allergologie', ['allergologie'], ['allergologie'], [], NULL, NULL),
        ('anesthesiste_reanimateur', 'anesthesie_reanimation', ['anesthesie_reanimation'],
            ['anesthesie_reanimation'], ['M1030', 'M1031'], NULL, 'anesthésie et réanimation'),
        ('cardiologue', 'cardiologie', ['cardiologie'], ['medecine_cardiovasculaire'], [], NULL, NULL),
        ('chirurgien', 'chirurgie', ['chirurgie_generale', 'chirurgie_orthopedique', 'chirurgie_pediatrique',
            'chirurgie_plastique', 'chirurgie_thoracique', 'chirurgie_urologique', 'chirurgie_vasculaire',
            'chirurgie_viscerale', 'neurochirurgie'], ['chirurgie_maxillo_faciale',
            'chirurgie_orthopedique', 'chirurgie_pediatrique', 'chirurgie_plastique',
            'chirurgie_thoracique', 'chirurgie_vasculaire', 'chirurgie_viscerale', 'neurochirurgie',
            'urologie'], [], NULL, NULL),
        ('dermatologue', 'dermatologie', ['dermatologie'], ['dermatologie'], [], NULL, NULL),
        ('endocrinologue', 'endocrinologie', ['endocrinologie'], ['endocrinologie'], [], NULL, NULL),
        ('geneticien', NULL, ['genetique_medicale'], ['genetique_medicale'], [], NULL, NULL),
        ('geriatre', NULL, ['geriatrie'], ['geriatrie'], [], NULL, NULL),
        ('gynecologue', 'gynecologie', ['gynecologie_medicale', 'gynecologie_obstetrique'], ['gynecologie_medicale',
            'gynecologie_obstetrique'], ['M2050'], NULL, 'gynécologie-obstétrique'),
        ('hematologue', NULL, ['hematologie'], ['hematologie'], [], NULL, NULL),
        ('hepato_gastro_enterologue', 'hepato_gastro_enterologie', ['gastro_enterologie'],
            ['hepato_gastro_enterologie'], [], NULL, NULL),
        ('infectiologue', NULL, ['maladies_infectieuses'], ['maladies_infectieuses'], [], NULL, NULL),
        ('medecin_biologiste', NULL, ['biologie_medicale'], ['biologie_medicale'], [], NULL, NULL),
        ('medecin_readaptation', NULL, ['medecine_physique'], ['medecine_physique'], [], NULL, NULL),
        ('medecin_sante_publique', NULL, ['sante_publique'], ['sante_publique'], [], NULL, NULL),
        ('medecin_travail', NULL, ['medecine_travail'], ['medecine_travail'], [], NULL, NULL),
        ('medecin_interniste', NULL, ['medecine_interne'], ['medecine_interne'], [], NULL, NULL),
        ('medecin_nucleaire', 'medecine_nucleaire', ['medecine_nucleaire'], ['medecine_nucleaire'], [], NULL, NULL),
        ('medecin_pathologiste', 'anatomie_pathologique', ['anatomie_pathologique'], ['anatomie_pathologique'], [],
            NULL, NULL),
        ('medecin_reanimateur', NULL, ['medecine_intensive'], ['medecine_intensive'], [], NULL, NULL),
        ('medecin_urgentiste', NULL, ['medecine_urgence'], ['medecine_urgence'], [], NULL, NULL),
        ('medecin_vasculaire', 'medecine_vasculaire', ['medecine_vasculaire'], ['medecine_vasculaire'], [], NULL, NULL),
        ('nephrologue', 'nephrologie', ['nephrologie'], ['nephrologie'], [], NULL, NULL),
        ('neurologue', 'neurologie', ['neurologie'], ['neurologie'], [], NULL, NULL),
        ('ophtalmologue', 'ophtalmologie', ['ophtalmologie'], ['ophtalmologie'], [], NULL, NULL),
        ('oto_rhino_laryngologiste', 'orl', ['orl'], ['orl'], [], NULL, NULL),
        ('pediatre', 'pediatrie', ['pediatrie'], ['pediatrie'], [], NULL, NULL),
        ('pneumologue', 'pneumologie', ['pneumologie'], ['pneumologie'], [], NULL, NULL),
        ('psychiatre', 'psychiatrie', ['psychiatrie'], ['psychiatrie'], ['M3020'], NULL, NULL),
        ('radiologue', 'radiologie', ['radiologie'], ['radiologie'], [], NULL, NULL),
        ('radiotherapeute', 'radiotherapie', ['oncologie'], ['oncologie'], [], 'oncologues et radiothérapeutes', NULL),
        ('rhumatologue', 'rhumatologie', ['rhumatologie'], ['rhumatologie'], [], NULL, NULL),
        ('stomatologue', 'stomatologie', ['chirurgie_maxillo_faciale'], [], [], 'stomatologues et chirurgiens
            maxillo-faciaux', NULL)
)
SELECT profession, 'CNAM' AS nomenclature, cnam AS code, NULL::VARCHAR AS melange
FROM specialites
WHERE cnam IS NOT NULL
UNION ALL
SELECT profession, 'savoir-faire', unnest(savoir_faire), melange FROM specialites
UNION ALL
SELECT profession, 'internat', unnest(internat), melange FROM specialites
UNION ALL
SELECT profession, 'SAE médecins', unnest(perso), melange_hopital FROM specialites
