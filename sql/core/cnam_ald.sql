-- Patients en affection de longue durée, tels que publiés, par territoire, âge et sexe : pour chaque année, le millésime le plus récent.
-- Grain : annee, niveau, code, tranche_age, sexe
-- Source : cartographie des pathologies (CNAM)
-- Publication : territoire
-- Note : sous onze patients la case est vide, avec le statut « secret » ; une case ou une ligne que les contrôles ont écartée est « nd ».
-- Colonnes :
--   tranche_age : classe d'âge publiée (« 75-79 »), ou ensemble
--   patients [personnes] : patients pris en charge
--   population [personnes] : population de référence de la cartographie, arrondie
WITH situees AS (
    SELECT
        *,
        CASE WHEN departement <> '999' THEN 'departement' WHEN region <> '99' THEN 'region' ELSE 'france' END
            AS niveau_publie,
        CASE
            WHEN departement <> '999' THEN code_departement(departement)
            WHEN region <> '99' THEN code_region(region)
            ELSE 'F'
        END AS code_publie
    FROM staging.cnam_ald
)
SELECT
    s.annee, s.millesime, s.revision, d.niveau, d.code,
    CASE WHEN s.tranche_age = 'tsage' THEN 'ensemble' ELSE s.tranche_age END AS tranche_age,
    CASE s.sexe WHEN '1' THEN 'hommes' WHEN '2' THEN 'femmes' ELSE 'ensemble' END AS sexe,
    s.patients, s.population,
    CASE WHEN s.patients IS NOT NULL THEN 'publié' WHEN s.patients_statut = 'nd' THEN 'nd' ELSE 'secret' END AS statut
FROM situees AS s
JOIN core.decoupages AS d ON d.niveau = s.niveau_publie AND d.code = s.code_publie
QUALIFY row_number() OVER (
    PARTITION BY s.annee, d.niveau, d.code, s.tranche_age, s.sexe ORDER BY s.millesime DESC, s.revision DESC
) = 1
