-- Équipements de santé et de petite enfance que l'atlas lit dans la base permanente des équipements.
-- Grain : equipement
-- Source : base permanente des équipements (Insee), nomenclature de 2024
-- Publication : nationale
-- Colonnes :
--   equipement : code du type d'équipement
--   libelle : nom du type
--   profession : profession de l'atlas, pour un type qui compte des professionnels libéraux ; vide pour un établissement
--   ordre : rang dans les tableaux
SELECT equipement, libelle, profession, ordre
FROM (
    VALUES
        ('D265', 'Médecins généralistes', 'medecin', 1),
        ('D277', 'Chirurgiens-dentistes', 'chirurgien_dentiste', 2),
        ('D281', 'Infirmiers', 'infirmier', 3),
        ('D279', 'Masseurs-kinésithérapeutes', 'masseur_kinesitherapeute', 4),
        ('D282', 'Orthophonistes', 'orthophoniste', 5),
        ('D280', 'Pédicures-podologues', 'pedicure_podologue', 6),
        ('D307', 'Pharmacies', NULL, 7),
        ('D302', 'Laboratoires d''analyses', NULL, 8),
        ('D113', 'Maisons de santé pluridisciplinaires', NULL, 9),
        ('D108', 'Centres de santé', NULL, 10),
        ('D106', 'Urgences', NULL, 11),
        ('D107', 'Maternités', NULL, 12),
        ('D502', 'Accueil du jeune enfant', NULL, 13)
) AS e (equipement, libelle, profession, ordre)
