-- Tensions des professions du social, telles que publiées, situées sur les territoires de l'édition.
-- Grain : millesime, profession_publiee, niveau, territoire_publie
-- Source : Les tensions dans les professions du social (DREES)
-- Publication : territoire
-- Note : un territoire se reconnaît à son code, à défaut à son nom ; inconnu, il garde son nom publié et n'a pas de code. La part des embauches difficiles est ramenée de 0 à 1 où le classeur la donne en pourcentage.
-- Colonnes :
--   profession_publiee : profession telle que publiée
--   profession : profession de l'atlas ; vide pour un intitulé que l'atlas ne reconnaît pas
--   territoire_publie : territoire tel que publié ; F pour la France
--   besoin_recrutement [offres par poste] : offres en ligne de l'année rapportées aux postes de l'année précédente
--   besoin_recrutement_statut : publié, secret, nd, vide
--   part_difficile [part, de 0 à 1] : part des projets de recrutement jugés difficiles
--   part_difficile_statut : publié, secret, nd, vide
--   tension [offres nouvelles par offre pourvue] : offres nouvelles d'un trimestre rapportées à celles qui sont pourvues au suivant
--   tension_statut : publié, secret, nd, vide
WITH publiees AS (
    SELECT
        *, CASE
            WHEN departement IS NOT NULL THEN 'departement'
            WHEN region IS NOT NULL AND cle_lieu(region) <> cle_lieu('France') THEN 'region'
            ELSE 'france'
        END AS niveau
    FROM staging.drees_tensions_social_tensions
),
situees AS (
    SELECT
        *, CASE niveau WHEN 'departement' THEN departement WHEN 'region' THEN region ELSE 'F' END AS territoire_publie,
        median(part_difficile) OVER (PARTITION BY millesime) > 1 AS pourcentages
    FROM publiees
),
noms AS (
    SELECT niveau, cle_lieu(libelle) AS cle, min(code) AS code
    FROM core.decoupages
    WHERE niveau IN ('departement', 'region')
    GROUP BY ALL
)
SELECT
    s.millesime,
    s.revision,
    s.reference,
    s.profession AS profession_publiee,
    profession_sociale(s.profession) AS profession,
    s.niveau, s.territoire_publie, coalesce(d.code, n.code) AS code,
    s.besoin_recrutement, s.besoin_recrutement_statut,
    CASE WHEN s.pourcentages THEN (s.part_difficile / 100)::DECIMAL(18, 6) ELSE s.part_difficile END AS part_difficile,
    s.part_difficile_statut, s.tension, s.tension_statut
FROM situees AS s
LEFT JOIN core.decoupages AS d
    ON d.niveau = s.niveau
    AND d.code = CASE s.niveau
        WHEN 'departement' THEN code_departement(s.departement)
        WHEN 'region' THEN code_region(s.region)
        ELSE 'F'
    END
LEFT JOIN noms AS n ON n.niveau = s.niveau AND n.cle = cle_lieu(s.territoire_publie)
