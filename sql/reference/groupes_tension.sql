-- Groupes de professions de l'indice de tension : leur nom, et les sources de leurs indicateurs.
-- Grain : groupe
-- Source : définitions de l'atlas, version 1
-- Publication : nationale
-- Note : le recrutement d'un groupe est celui de sa famille professionnelle (FAP), qui réunit parfois plusieurs professions.
-- Colonnes :
--   groupe : groupe de professions
--   libelle : nom du groupe
--   libelle_court : nom du groupe en peu de mots
--   specialite : spécialité dont viennent l'offre et le flux
--   source_offre : source de la densité
--   source_flux : source de l'évolution de l'effectif
--   fap_bmo : famille professionnelle de l'enquête BMO (FAP 2021)
--   fap_dares : famille professionnelle de la DARES (FAP 2009) ; vide où le groupe n'a pas cet indicateur
--   ordre : rang dans les tableaux et les fiches
SELECT
    g.groupe, coalesce(g.libelle, p.libelle) AS libelle, coalesce(g.libelle, p.libelle_court) AS libelle_court,
    p.profession, g.specialite, g.source_offre, g.source_flux, g.fap_bmo, g.fap_dares, g.ordre
FROM (
    VALUES
        ('medecin', 'medecin', NULL, 'ensemble', 'drees_medecins_ages', 'drees_demographie', 'V2X90', NULL, 1),
        ('medecin_generaliste', 'medecin', 'Médecins généralistes', 'généralistes', 'cnam_demographie',
            'cnam_demographie', 'V2X90', NULL, 2),
        ('infirmier', 'infirmier', NULL, 'ensemble', 'cnam_demographie', 'cnam_demographie', 'V1X80', 'V1Z', 3),
        ('sage_femme', 'sage_femme', NULL, 'ensemble', 'cnam_demographie', 'cnam_demographie', 'V1X80', NULL, 4),
        ('masseur_kinesitherapeute', 'masseur_kinesitherapeute', NULL, 'ensemble', 'cnam_demographie',
            'cnam_demographie', 'V3X80', NULL, 5),
        ('chirurgien_dentiste', 'chirurgien_dentiste', NULL, 'ensemble', 'drees_demographie', 'drees_demographie',
            'V2X91', NULL, 6),
        ('aide_soignant', 'aide_soignant', NULL, NULL, NULL, NULL, 'V0X60', 'V0Z', 7)
) AS g (groupe, profession, libelle, specialite, source_offre, source_flux, fap_bmo, fap_dares, ordre)
JOIN reference.professions AS p USING (profession)
