-- Âge moyen des professionnels, tel que la DREES le publie : pour chaque année, le millésime le plus récent.
-- Grain : annee, source, profession, specialite, mode_exercice, sexe, niveau, code
-- Source : DREES, classeurs par profession (situation au 1er janvier)
-- Publication : territoire
-- Note : une moyenne ne se recalcule pas depuis d'autres moyennes : chaque territoire a la sienne, publiée. Vide où les professionnels sont moins de dix.
-- Colonnes :
--   mode_exercice : ensemble, libéral, salarié ou mixte
--   territoire_publie : territoire tel que publié
--   effectif [personnes] : professionnels sur lesquels porte la moyenne
SELECT
    d.annee, d.millesime, d.revision, d.source, p.profession, p.specialite, d.mode_exercice, d.sexe,
    d.niveau, d.code, d.territoire_publie, d.effectif,
    d.age_moyen::DECIMAL(18, 2) AS valeur,
    CASE WHEN d.age_moyen IS NOT NULL THEN 'publié' WHEN d.effectif_statut = 'secret' THEN 'secret' ELSE 'nd' END
        AS statut
FROM core.demographie AS d
JOIN reference.professions_publiees AS p
    ON p.source = d.source AND p.profession_publiee = d.profession_publiee AND p.feuille = d.feuille
WHERE d.source = 'drees_professionnels'
    AND d.tranche_age = 'ensemble' AND d.niveau IS NOT NULL AND p.profession IS NOT NULL
QUALIFY row_number() OVER (
    PARTITION BY d.source, d.annee, d.profession_publiee, d.mode_exercice, d.sexe, d.niveau, d.code
    ORDER BY d.millesime DESC, d.revision DESC
) = 1
