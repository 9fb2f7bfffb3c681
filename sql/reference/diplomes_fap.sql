-- Diplômes qui mènent aux familles professionnelles (FAP 2009) de la santé et du social.
-- Grain : fap, diplome
-- Source : FAP 2009 en 225 postes (DARES) ; diplômes de l'atlas (reference.diplomes)
-- Publication : nationale
-- Note : un diplôme ne nourrit qu'une famille, celle où il est le plus exercé ; les spécialités infirmières, les cadres et les diplômes de direction n'ajoutent personne à la leur. Ce qui n'est pas au dictionnaire des diplômes n'a pas de source d'entrées dans l'atlas, et reste inconnu.
-- Colonnes :
--   fap : famille professionnelle, en 225 postes
--   famille : la même, en 87 postes : celle des projections de la DARES
--   diplome : diplôme (reference.diplomes), internat, ou formation sans source
--   libelle : nom du diplôme ou de la formation
--   ordre : rang
WITH diplomes (fap, diplome, nom, ordre) AS (
    VALUES
        ('V0Z60', 'aide_soignant', NULL, 1),
        ('V0Z60', 'auxiliaire_puericulture', NULL, 2),
        ('V1Z80', 'infirmier', NULL, 3),
        ('V1Z81', 'sage_femme', NULL, 4),
        ('V2Z90', 'internat', 'Internat de médecine', 5),
        ('V2Z91', 'odontologie', 'Études d''odontologie', 6),
        ('V2Z93', 'pharmacie', 'Études de pharmacie', 7),
        ('V3Z70', 'manipulateur_erm', NULL, 8),
        ('V3Z70', 'technicien_laboratoire', NULL, 9),
        ('V3Z70', 'preparateur_pharmacie', NULL, 10),
        ('V3Z71', 'appareillage', 'Optique, audioprothèse et appareillage', 11),
        ('V3Z80', 'masseur_kinesitherapeute', NULL, 12),
        ('V3Z80', 'ergotherapeute', NULL, 13),
        ('V3Z80', 'psychomotricien', NULL, 14),
        ('V3Z80', 'pedicure_podologue', NULL, 15),
        ('V3Z80', 'autres_paramedicaux', 'Orthophonie, orthoptie, diététique', 16),
        ('V3Z90', 'psychologie', 'Études de psychologie', 17),
        ('V4Z83', 'educateur_specialise', NULL, 18),
        ('V4Z83', 'educateur_jeunes_enfants', NULL, 19),
        ('V4Z83', 'educateur_technique_specialise', NULL, 20),
        ('V4Z83', 'moniteur_educateur', NULL, 21),
        ('V4Z85', 'assistant_service_social', NULL, 22),
        ('V4Z85', 'conseiller_economie_sociale', NULL, 23),
        ('V4Z85', 'intervention_sociale_familiale', NULL, 24),
        ('V4Z85', 'mediateur_familial', NULL, 25),
        ('T2A60', 'accompagnant_educatif_social', NULL, 26)
)
SELECT d.fap, left(d.fap, 3) AS famille, d.diplome, coalesce(d.nom, r.libelle_court) AS libelle, d.ordre
FROM diplomes AS d
LEFT JOIN reference.diplomes AS r USING (diplome)
