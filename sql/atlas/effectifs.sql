-- Effectifs de professionnels par profession, spécialité, mode d'exercice, sexe et territoire : pour chaque année, le millésime le plus récent.
-- Grain : annee, source, profession, specialite, feuille, mode_exercice, sexe, niveau, code
-- Source : DREES (situation au 1er janvier : export de l'application, classeurs par profession), CNAM (libéraux présents au 31 décembre)
-- Publication : territoire
-- Note : les départements de la DREES sont ceux d'inscription ou d'exercice selon la profession ; les infirmiers viennent d'ADELI, où restent ceux qui ont cessé. La région est celle que la source publie, sinon une somme de départements ; la France est le total publié. Les sources ne se mélangent pas : une série se lit dans une seule. Moins de dix professionnels ne se publient pas : la case est vide, avec le statut « secret ».
-- Colonnes :
--   feuille : partie du fichier d'où vient l'intitulé, où plusieurs l'emploient ; vide sinon
--   date_reference : date à laquelle l'effectif est compté
--   territoire_publie : territoire tel que publié ; vide pour une somme
--   ecart_parties [personnes] : effectif, moins la somme de ceux de ses parties (départements d'une région, régions de la France) : professionnels d'un territoire dont le nombre est caché, ou d'aucun ; zéro pour une somme, vide sans parties
WITH retenus AS (
    SELECT
        d.source, d.millesime, d.revision, d.annee, d.date_reference, p.profession, p.specialite, d.feuille,
        d.mode_exercice, d.sexe, d.niveau, d.code, d.territoire_publie, d.region, d.effectif,
        d.effectif_statut AS statut
    FROM core.demographie AS d
    JOIN reference.professions_publiees AS p
        ON p.source = d.source AND p.profession_publiee = d.profession_publiee AND p.feuille = d.feuille
    WHERE d.tranche_age = 'ensemble' AND d.niveau IS NOT NULL AND p.profession IS NOT NULL
    QUALIFY row_number() OVER (
        PARTITION BY d.source, d.annee, d.profession_publiee, d.feuille, d.mode_exercice, d.sexe, d.territoire_publie
        ORDER BY d.millesime DESC, d.revision DESC
    ) = 1
),
departements AS (
    SELECT regions AS region, count(*) AS departements
    FROM core.decoupages
    WHERE niveau = 'departement'
    GROUP BY regions
),
situes AS (
    SELECT * EXCLUDE (region) FROM retenus
    UNION ALL BY NAME
    SELECT
        source, max(millesime)::INTEGER AS millesime, max(revision)::INTEGER AS revision,
        annee, date_reference, profession, specialite, feuille, mode_exercice, sexe,
        'region' AS niveau, region AS code, sum(effectif)::INTEGER AS effectif,
        -- A département that has no line, where the others of its region have one, is missing.
        CASE
            WHEN statut_somme(effectif, statut) = 'calculé' AND count(DISTINCT code) < min(d.departements)
                THEN 'partiel'
            ELSE statut_somme(effectif, statut)
        END AS statut
    FROM retenus AS r
    JOIN departements AS d USING (region)
    WHERE niveau = 'departement' AND NOT EXISTS (
            SELECT 1
            FROM retenus AS p
            WHERE p.niveau = 'region' AND p.code = r.region AND p.source = r.source AND p.annee = r.annee
                AND p.profession = r.profession AND p.specialite = r.specialite AND p.feuille = r.feuille
                AND p.mode_exercice = r.mode_exercice AND p.sexe = r.sexe
        )
    GROUP BY source, annee, date_reference, profession, specialite, feuille, mode_exercice, sexe, region
),
parties AS (
    SELECT
        s.source, s.annee, s.profession, s.specialite, s.feuille, s.mode_exercice, s.sexe,
        CASE s.niveau WHEN 'departement' THEN 'region' ELSE 'france' END AS niveau,
        CASE s.niveau WHEN 'departement' THEN d.regions ELSE 'F' END AS code,
        sum(s.effectif)::INTEGER AS effectif
    FROM situes AS s
    JOIN core.decoupages AS d USING (niveau, code)
    WHERE s.niveau IN ('departement', 'region')
    GROUP BY ALL
)
SELECT
    s.annee, s.date_reference, s.millesime, s.revision, s.source, s.profession, s.specialite, s.feuille,
    s.mode_exercice, s.sexe, s.niveau, s.code, s.territoire_publie, s.effectif,
    s.effectif - p.effectif AS ecart_parties,
    s.statut
FROM situes AS s
LEFT JOIN parties AS p USING (source, annee, profession, specialite, feuille, mode_exercice, sexe, niveau, code)
