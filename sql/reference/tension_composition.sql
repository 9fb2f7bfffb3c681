-- Composition de l'indice de tension : indicateurs, sens et poids, par groupe de professions.
-- Grain : groupe, dimension, indicateur
-- Source : définitions de l'atlas, version 1
-- Publication : nationale
-- Note : l'offre et l'accès partagent un poids, l'accès étant déduit de l'offre (le zonage emploie l'APL ; corrélation de 0,79). Une dimension requise qui manque laisse l'indice vide. Pour les médecins, le recrutement entre où il est connu sans être requis : l'enquête le masque dans un département sur cinq.
-- Colonnes :
--   version_poids : version des poids
--   groupe : groupe de professions
--   dimension : offre, accès, vieillissement, flux, recrutement
--   indicateur : indicateur qui y entre
--   sens : 1 si une valeur haute est de la tension, -1 si c'est une valeur basse
--   poids : poids de la dimension, partagé entre ses indicateurs
--   requise : l'indice n'existe pas sans cette dimension
--   note : ce qu'il faut savoir en le lisant
SELECT
    '1' AS version_poids, groupe, dimension, indicateur, sens::INTEGER AS sens, poids::DECIMAL(6, 4) AS poids, requise,
    nullif(note, '') AS note
FROM (
    VALUES
        ('medecin', 'offre', 'densite', -1, 0.5, true, ''),
        ('medecin', 'accès', 'part_zip_zac', 1, 0.5, true, 'zonage des généralistes'),
        ('medecin', 'vieillissement', 'part_60_plus', 1, 1, true, ''),
        ('medecin', 'flux', 'evolution_annuelle', -1, 1, true, ''),
        ('medecin', 'recrutement', 'part_difficile', 1, 1, false, 'dès 30 projets, et 80 % des projets visibles'),
        ('medecin_generaliste', 'offre', 'densite', -1, 0.5, true, 'généralistes libéraux'),
        ('medecin_generaliste', 'accès', 'part_zip_zac', 1, 0.5, true, ''),
        ('medecin_generaliste', 'vieillissement', 'part_60_plus', 1, 1, true, 'âges de tous les médecins'),
        ('medecin_generaliste', 'flux', 'evolution_annuelle', -1, 1, true, 'généralistes libéraux'),
        ('medecin_generaliste', 'recrutement', 'part_difficile', 1, 1, false, 'projets pour tous les médecins'),
        ('chirurgien_dentiste', 'offre', 'densite', -1, 0.5, true, ''),
        ('chirurgien_dentiste', 'accès', 'part_zip_zac', 1, 0.5, true, 'aucun zonage de cette profession'),
        ('chirurgien_dentiste', 'vieillissement', 'part_60_plus', 1, 1, true, 'âges connus pour la France seulement'),
        ('chirurgien_dentiste', 'flux', 'evolution_annuelle', -1, 1, true, ''),
        ('chirurgien_dentiste', 'recrutement', 'part_difficile', 1, 1, true, ''),
        ('infirmier', 'offre', 'densite', -1, 0.5, true, 'infirmiers libéraux'),
        ('infirmier', 'accès', 'part_zip_zac', 1, 0.5, true, 'aucun zonage de cette profession'),
        ('infirmier', 'vieillissement', 'part_60_plus', 1, 1, true, 'âges d''ADELI inutilisables'),
        ('infirmier', 'flux', 'evolution_annuelle', -1, 1, true, 'infirmiers libéraux'),
        ('infirmier', 'recrutement', 'part_difficile', 1, 0.5, true, 'avec les sages-femmes'),
        ('infirmier', 'recrutement', 'tension_dares', 1, 0.5, true, 'avec les sages-femmes ; hors valeurs imputées'),
        ('sage_femme', 'offre', 'densite', -1, 0.5, true, 'sages-femmes libérales'),
        ('sage_femme', 'accès', 'part_zip_zac', 1, 0.5, true, 'aucun zonage de cette profession'),
        ('sage_femme', 'vieillissement', 'part_60_plus', 1, 1, true, 'âges inconnus'),
        ('sage_femme', 'flux', 'evolution_annuelle', -1, 1, true, 'sages-femmes libérales'),
        ('sage_femme', 'recrutement', 'part_difficile', 1, 1, true, 'avec les infirmiers'),
        ('masseur_kinesitherapeute', 'offre', 'densite', -1, 0.5, true, 'libéraux'),
        ('masseur_kinesitherapeute', 'accès', 'part_zip_zac', 1, 0.5, true, 'aucun zonage de cette profession'),
        ('masseur_kinesitherapeute', 'vieillissement', 'part_60_plus', 1, 1, true, 'âges inconnus'),
        ('masseur_kinesitherapeute', 'flux', 'evolution_annuelle', -1, 1, true, 'libéraux'),
        ('masseur_kinesitherapeute', 'recrutement', 'part_difficile', 1, 1, true, 'avec les autres paramédicaux'),
        ('aide_soignant', 'offre', 'densite', -1, 0.5, true, 'aucune densité publiée'),
        ('aide_soignant', 'accès', 'part_zip_zac', 1, 0.5, true, 'aucun zonage de cette profession'),
        ('aide_soignant', 'vieillissement', 'part_60_plus', 1, 1, true, 'âges inconnus'),
        ('aide_soignant', 'flux', 'evolution_annuelle', -1, 1, true, 'effectifs inconnus par département'),
        ('aide_soignant', 'recrutement', 'part_difficile', 1, 0.5, true, ''),
        ('aide_soignant', 'recrutement', 'tension_dares', 1, 0.5, true, 'hors valeurs imputées')
) AS c (groupe, dimension, indicateur, sens, poids, requise, note)
