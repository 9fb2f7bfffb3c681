-- Tension des professions du social : besoin en recrutement, embauches difficiles et offres par offre pourvue, par territoire.
-- Grain : annee, profession, profession_publiee, niveau, code
-- Source : Les tensions dans les professions du social (DREES)
-- Publication : territoire
-- Note : nombres publiés, jamais recalculés : une région n'est pas la moyenne de ses départements. Deux intitulés du producteur peuvent mener à une même profession de l'atlas : chacun garde sa ligne.
-- Colonnes :
--   profession : profession du social
--   profession_publiee : intitulé du producteur
--   besoin_recrutement [offres par poste] : offres en ligne de l'année rapportées aux postes de l'année précédente
--   part_difficile [part, de 0 à 1] : part des projets de recrutement jugés difficiles
--   tension [offres nouvelles par offre pourvue] : offres nouvelles d'un trimestre rapportées à celles qui sont pourvues au suivant
--   besoin_recrutement_statut : pourquoi le besoin est vide
--   part_difficile_statut : pourquoi la part est vide
--   tension_statut : pourquoi la tension est vide
SELECT
    millesime AS annee, millesime, revision, profession, profession_publiee, niveau, code,
    besoin_recrutement,
    coalesce(besoin_recrutement_statut, CASE WHEN besoin_recrutement IS NULL THEN 'nd' ELSE 'publié' END)
        AS besoin_recrutement_statut,
    part_difficile, coalesce(part_difficile_statut, CASE WHEN part_difficile IS NULL THEN 'nd' ELSE 'publié' END)
        AS part_difficile_statut,
    tension, coalesce(tension_statut, CASE WHEN tension IS NULL THEN 'nd' ELSE 'publié' END) AS tension_statut
FROM core.tensions_sociales
WHERE profession IS NOT NULL AND code IS NOT NULL
QUALIFY row_number() OVER (
    PARTITION BY millesime, profession, profession_publiee, niveau, code ORDER BY revision DESC, territoire_publie) = 1
