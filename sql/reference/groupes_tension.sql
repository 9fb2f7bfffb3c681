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
    g.groupe, p.libelle, p.libelle_court, coalesce(p.ensemble, p.profession) AS profession,
    CASE WHEN g.source_offre IS NOT NULL THEN coalesce(p.specialite, 'ensemble') END AS specialite,
    g.source_offre, g.source_flux, b.code AS fap_bmo, d.code AS fap_dares, g.ordre
FROM (
    VALUES
        ('medecin', 'drees_medecins_ages', 'drees_demographie', false, 1),
        ('medecin_generaliste', 'cnam_demographie', 'cnam_demographie', false, 2),
        ('infirmier', 'cnam_demographie', 'cnam_demographie', true, 3),
        ('sage_femme', 'cnam_demographie', 'cnam_demographie', false, 4),
        ('masseur_kinesitherapeute', 'cnam_demographie', 'cnam_demographie', false, 5),
        ('chirurgien_dentiste', 'drees_demographie', 'drees_demographie', false, 6),
        ('aide_soignant', NULL, NULL, true, 7)
) AS g (groupe, source_offre, source_flux, dares, ordre)
JOIN reference.professions AS p ON p.profession = g.groupe
LEFT JOIN reference.correspondances AS b ON b.nomenclature = 'FAP 2021' AND b.rang = 1 AND b.profession = g.groupe
LEFT JOIN reference.correspondances AS d
    ON g.dares AND d.nomenclature = 'FAP 2009' AND d.rang = 1 AND len(d.code) = 3 AND d.profession = g.groupe
