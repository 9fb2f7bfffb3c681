-- Formations de santé et du social sur Parcoursup : une par formation et session.
-- Grain : session, cod_aff_form
-- Source : Parcoursup (ministère chargé de l'enseignement supérieur)
-- Publication : region
-- Note : la commune est reconnue par le nom de la ville dans le département, sous tous ses noms (core.noms_communes) ; une ville inconnue est dans qualite.territoires_inconnus. La capacité sur Parcoursup n'est pas le quota régional.
-- Colonnes :
--   session [année] : session de Parcoursup
--   cod_aff_form : identifiant de la formation
--   cod_uai : identifiant de l'établissement de formation
--   etablissement : nom de l'établissement
--   diplome : diplôme préparé
--   ville : ville telle que publiée
--   departement_publie : département tel que publié
--   capa_fin [places] : places offertes sur Parcoursup
--   voe_tot [candidats] : candidats ayant formulé un vœu
--   prop_tot [candidats] : candidats ayant reçu une proposition
--   acc_tot [personnes] : admis
--   acc_tot_f [personnes] : admises
--   acc_neobac [personnes] : admis néo-bacheliers
--   acc_aca_orig [personnes] : admis issus de la même académie
WITH sante AS (
    SELECT *
    FROM staging.parcoursup_formations
    WHERE form_lib_voe_acc ILIKE '%sanitaire%' OR form_lib_voe_acc ILIKE '%social%'
        OR fili = 'IFSI' OR lib_for_voe_ins ILIKE 'D.E %'
    QUALIFY row_number() OVER (PARTITION BY session, cod_aff_form ORDER BY millesime DESC, revision DESC) = 1
)
SELECT
    s.session, s.millesime, s.revision, s.cod_aff_form, s.cod_uai, s.g_ea_lib_vx AS etablissement,
    s.fil_lib_voe_acc AS diplome, s.ville_etab AS ville, s.dep AS departement_publie,
    d.code AS departement, d.regions AS region, n.commune,
    r.arrondissement, r.zone_emploi, r.bassin_bmo,
    s.capa_fin, s.voe_tot, s.prop_tot, s.acc_tot, s.acc_tot_f, s.acc_neobac, s.acc_aca_orig
FROM sante AS s
LEFT JOIN core.decoupages AS d ON d.niveau = 'departement' AND d.code = code_departement(s.dep)
LEFT JOIN core.noms_communes AS n ON n.departement = d.code AND n.cle = cle_lieu(s.ville_etab)
LEFT JOIN reference.communes AS r ON r.commune = n.commune
