-- De combien chaque mesure d'un registre a bougé : d'une année à la suivante, et d'une publication à l'autre de la même année.
-- Grain : indicateur, source, profession, specialite, mode_exercice, modalite, niveau, code, annee, nature, millesime
-- Source : atlas.mesures ; millésimes successifs de core.demographie pour les révisions
-- Publication : interne
-- Note : le mouvement d'un territoire, moins celui de la France. Il se compte en logarithmes pour un taux (0,05 vaut 5 %), en logarithmes de la cote pour une part. Rien n'est pris au travers d'une rupture, ni sous dix au numérateur, ni d'un terme partiel, ni d'un sondage.
-- Colonnes :
--   indicateur : indicateur du dictionnaire
--   modalite : ce que la mesure distingue ; vide sinon
--   nature : mouvement d'une année, ou révision
--   hasard : loi que suivrait le nombre par le seul hasard : Byar ou Wilson
--   annee [année] : année d'où part le mouvement ; pour une révision, année décrite
--   millesime : publication d'où part le mouvement
--   taille [personnes] : numérateur d'où part le mouvement ; pour une part, autant de personnes que l'incertitude en suppose (n × (N - n) / N)
--   mouvement : mouvement du territoire moins celui de la France
WITH petit AS (
    SELECT valeur FROM reference.seuils WHERE seuil = 'petit_nombre'
),
mesures AS (
    SELECT
        * REPLACE (numerateur::DOUBLE AS numerateur, denominateur::DOUBLE AS denominateur),
        CASE hasard
            WHEN 'Byar' THEN ln(numerateur::DOUBLE / denominateur::DOUBLE)
            ELSE ln(numerateur::DOUBLE / (denominateur - numerateur)::DOUBLE)
        END AS hauteur
    FROM atlas.mesures
    WHERE hasard IS NOT NULL AND NOT sondage AND NOT petit_nombre AND statut <> 'partiel'
        AND niveau IN ('departement', 'region', 'france') AND (hasard = 'Byar' OR numerateur < denominateur)
),
annuels AS (
    SELECT
        a.indicateur, a.source, a.profession, a.specialite, a.mode_exercice, a.modalite, a.niveau, a.code, a.annee,
        a.millesime, a.revision, a.hasard,
        CASE a.hasard WHEN 'Byar' THEN a.numerateur ELSE a.numerateur * (1 - a.numerateur / a.denominateur) END
            AS taille,
        b.hauteur - a.hauteur AS mouvement
    FROM mesures AS a
    JOIN mesures AS b
        USING (indicateur, source, profession, specialite, mode_exercice, modalite, niveau, code, hasard, serie)
    WHERE b.annee = a.annee + 1
),
publies AS (
    SELECT
        d.source, p.profession, p.specialite, d.mode_exercice, d.feuille AS modalite, d.niveau, d.code, d.annee,
        d.millesime, d.revision, d.effectif::DOUBLE AS effectif
    FROM core.demographie AS d
    JOIN reference.professions_publiees AS p
        ON p.source = d.source AND p.profession_publiee = d.profession_publiee AND p.feuille = d.feuille
    WHERE d.sexe = 'ensemble' AND d.tranche_age = 'ensemble' AND d.niveau IS NOT NULL AND p.profession IS NOT NULL
        AND d.effectif >= (SELECT valeur FROM petit)
    QUALIFY row_number() OVER (
        PARTITION BY d.source, p.profession, p.specialite, d.mode_exercice, d.feuille, d.niveau, d.code, d.annee,
            d.millesime
        ORDER BY d.revision DESC
    ) = 1
),
revises AS (
    SELECT
        'densite' AS indicateur, source, profession, specialite, mode_exercice, modalite, niveau, code, annee,
        millesime, revision, 'Byar' AS hasard, effectif AS taille,
        ln(lead(effectif) OVER (
            PARTITION BY source, profession, specialite, mode_exercice, modalite, niveau, code, annee
            ORDER BY millesime
        ) / effectif) AS mouvement
    FROM publies
),
mouvements AS (
    SELECT 'mouvement d''une année' AS nature, * FROM annuels
    UNION ALL BY NAME
    SELECT 'révision' AS nature, * FROM revises WHERE mouvement IS NOT NULL
)
SELECT
    m.indicateur, m.source, m.profession, m.specialite, m.mode_exercice, m.modalite, m.niveau, m.code, m.annee,
    m.millesime, m.revision, m.nature, m.hasard, m.taille::DECIMAL(18, 4) AS taille,
    (m.mouvement - f.mouvement)::DECIMAL(18, 10) AS mouvement
FROM mouvements AS m
JOIN mouvements AS f
    USING (indicateur, source, profession, specialite, mode_exercice, modalite, annee, millesime, nature)
WHERE f.niveau = 'france' AND m.niveau <> 'france' AND m.taille >= (SELECT valeur FROM petit)
