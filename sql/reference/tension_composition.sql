-- Composition de l'indice de tension : indicateurs, sens et poids, par groupe de professions.
-- Grain : groupe, dimension, indicateur
-- Source : définitions de l'atlas, version 2
-- Publication : nationale
-- Note : les poids suivent une règle. Deux dimensions dont les rangs sont corrélés au-delà du seuil (reference.seuils, correlation_bloc ; mesures dans atlas.tension_correlations) forment un bloc ; un bloc pèse sa fiabilité, que ses dimensions se partagent à parts égales, puis leurs indicateurs. Pour les médecins, l'offre, l'accès, l'âge et le flux ne sont qu'un bloc. Là où l'indice n'existe pas, seuls l'offre et l'accès en partagent un, le zonage employant l'APL. Une dimension requise qui manque laisse l'indice vide. Pour les médecins, le recrutement entre où il est connu sans être requis : l'enquête le masque dans un département sur cinq.
-- Colonnes :
--   version_poids : version des poids
--   groupe : groupe de professions
--   dimension : offre, accès, vieillissement, flux, recrutement
--   bloc : dimensions qui se partagent un poids
--   indicateur : indicateur qui y entre
--   sens : 1 si une valeur haute est de la tension, -1 si c'est une valeur basse
--   fiabilite : poids du bloc : 1 pour un dénombrement ; pour le recrutement, corrélation des rangs d'une enquête à la suivante (BMO 2024 et 2025, départements d'au moins 30 projets), à 0,1 près ; pour les chirurgiens-dentistes, trop peu de départements : la plus faible des autres
--   poids : part du poids du bloc
--   requise : l'indice n'existe pas sans cette dimension
--   emprunte_a : à qui la valeur est empruntée, là où elle n'est pas propre au groupe ; vide sinon
--   note : ce qu'il faut savoir en le lisant
WITH declares (groupe, dimension, bloc, indicateur, sens, fiabilite, requise, emprunte_a, note) AS (
    VALUES
        ('medecin', 'offre', 'rareté', 'densite', -1, 1, true, '', ''),
        ('medecin', 'accès', 'rareté', 'part_zip_zac', 1, 1, true, 'médecins généralistes', 'zonage'),
        ('medecin', 'vieillissement', 'rareté', 'part_60_plus', 1, 1, true, '', ''),
        ('medecin', 'flux', 'rareté', 'evolution_annuelle', -1, 1, true, '', ''),
        (
            'medecin', 'recrutement', 'recrutement', 'part_difficile', 1, 0.2, false,
            '', 'dès 30 projets, et 80 % des projets visibles'
        ),
        ('medecin_generaliste', 'offre', 'rareté', 'densite', -1, 1, true, '', 'généralistes libéraux'),
        ('medecin_generaliste', 'accès', 'rareté', 'part_zip_zac', 1, 1, true, '', 'zonage'),
        ('medecin_generaliste', 'vieillissement', 'rareté', 'part_60_plus', 1, 1, true, 'ensemble des médecins', ''),
        ('medecin_generaliste', 'flux', 'rareté', 'evolution_annuelle', -1, 1, true, '', 'généralistes libéraux'),
        (
            'medecin_generaliste', 'recrutement', 'recrutement', 'part_difficile', 1, 0.2, false,
            'ensemble des médecins', 'dès 30 projets, et 80 % des projets visibles'
        ),
        ('chirurgien_dentiste', 'offre', 'offre', 'densite', -1, 1, true, '', ''),
        ('chirurgien_dentiste', 'accès', 'offre', 'part_zip_zac', 1, 1, true, '', 'zonage'),
        (
            'chirurgien_dentiste', 'vieillissement', 'vieillissement', 'part_60_plus', 1, 1, true,
            '', 'âges des classeurs de la DREES par profession'
        ),
        ('chirurgien_dentiste', 'flux', 'flux', 'evolution_annuelle', -1, 1, true, '', ''),
        ('chirurgien_dentiste', 'recrutement', 'recrutement', 'part_difficile', 1, 0.2, true, '', ''),
        ('infirmier', 'offre', 'offre', 'densite', -1, 1, true, '', 'infirmiers libéraux'),
        ('infirmier', 'accès', 'offre', 'part_zip_zac', 1, 1, true, '', 'zonage'),
        (
            'infirmier', 'vieillissement', 'vieillissement', 'part_60_plus', 1, 1, true,
            '', 'libéraux (CNAM) ; âges d''ADELI inutilisables'
        ),
        ('infirmier', 'flux', 'flux', 'evolution_annuelle', -1, 1, true, '', 'infirmiers libéraux'),
        ('infirmier', 'recrutement', 'recrutement', 'part_difficile', 1, 0.3, true, 'infirmiers et sages-femmes', ''),
        (
            'infirmier', 'recrutement', 'recrutement', 'tension_dares', 1, 0.3, true,
            'infirmiers et sages-femmes', 'hors valeurs imputées'
        ),
        ('sage_femme', 'offre', 'offre', 'densite', -1, 1, true, '', 'sages-femmes libérales'),
        ('sage_femme', 'accès', 'offre', 'part_zip_zac', 1, 1, true, '', 'zonage'),
        (
            'sage_femme', 'vieillissement', 'vieillissement', 'part_60_plus', 1, 1, true,
            '', 'âges des classeurs de la DREES par profession'
        ),
        ('sage_femme', 'flux', 'flux', 'evolution_annuelle', -1, 1, true, '', 'sages-femmes libérales'),
        ('sage_femme', 'recrutement', 'recrutement', 'part_difficile', 1, 0.3, true, 'infirmiers et sages-femmes', ''),
        ('masseur_kinesitherapeute', 'offre', 'offre', 'densite', -1, 1, true, '', 'libéraux'),
        ('masseur_kinesitherapeute', 'accès', 'offre', 'part_zip_zac', 1, 1, true, '', 'zonage'),
        (
            'masseur_kinesitherapeute', 'vieillissement', 'vieillissement', 'part_60_plus', 1, 1, true,
            '', 'âges des classeurs de la DREES par profession'
        ),
        ('masseur_kinesitherapeute', 'flux', 'flux', 'evolution_annuelle', -1, 1, true, '', 'libéraux'),
        (
            'masseur_kinesitherapeute', 'recrutement', 'recrutement', 'part_difficile', 1, 0.3, true,
            'ensemble des paramédicaux hors infirmiers', ''
        ),
        ('aide_soignant', 'offre', 'offre', 'densite', -1, 1, true, '', 'aucune densité publiée'),
        ('aide_soignant', 'accès', 'offre', 'part_zip_zac', 1, 1, true, '', 'aucun zonage de cette profession'),
        ('aide_soignant', 'vieillissement', 'vieillissement', 'part_60_plus', 1, 1, true, '', 'âges inconnus'),
        ('aide_soignant', 'flux', 'flux', 'evolution_annuelle', -1, 1, true, '', 'effectifs inconnus par département'),
        ('aide_soignant', 'recrutement', 'recrutement', 'part_difficile', 1, 0.4, true, '', ''),
        ('aide_soignant', 'recrutement', 'recrutement', 'tension_dares', 1, 0.4, true, '', 'hors valeurs imputées')
),
partages AS (
    SELECT
        *, count(DISTINCT dimension) OVER (PARTITION BY groupe, bloc) AS dimensions,
        count(*) OVER (PARTITION BY groupe, dimension) AS indicateurs
    FROM declares
)
SELECT
    '2' AS version_poids, groupe, dimension, bloc, indicateur, sens::INTEGER AS sens,
    fiabilite::DECIMAL(6, 4) AS fiabilite,
    (fiabilite / dimensions / indicateurs)::DECIMAL(18, 4) AS poids, requise,
    nullif(emprunte_a, '') AS emprunte_a, nullif(note, '') AS note
FROM partages
