-- Âges des médecins de chaque spécialité : effectif, et part de ceux qui ont 60 ans ou plus.
-- Grain : annee, source, profession, mode_exercice, niveau, code
-- Source : DREES (répertoire RPPS, situation au 1er janvier) ; CNAM (libéraux, au 31 décembre)
-- Publication : territoire
-- Note : les tranches des intitulés d'une même spécialité (reference.specialites_publiees) s'ajoutent ; là où l'un manque, la part est vide. Une tranche secrète ou inconnue à partir de 60 ans laisse la part vide ; en dessous, le total est celui que la source publie. Une région est la somme de ses départements, là où la source n'en publie pas.
-- Colonnes :
--   effectif [personnes] : médecins de la spécialité, de tout âge
--   effectif_60_plus [personnes] : ceux qui ont 60 ans ou plus
WITH tranches AS (
    SELECT
        d.source, d.annee, d.millesime, d.revision, m.profession, m.code AS specialite, m.codes, d.mode_exercice,
        d.niveau, d.code, d.region, d.effectif, d.effectif_statut, d.tranche_age = 'ensemble' AS total,
        age_plus_bas(regexp_replace(d.tranche_age, '^[0-9]+ ?- ?', '')) AS age_min
    FROM core.demographie AS d
    JOIN reference.specialites_publiees AS m USING (source, profession_publiee, feuille)
    WHERE m.profession IS NOT NULL AND d.sexe = 'ensemble' AND d.niveau IN ('departement', 'region', 'france')
    -- A year is told again by each vintage, sometimes under other labels: the last one alone.
    QUALIFY d.millesime = max(d.millesime) OVER (PARTITION BY d.source, d.annee)
),
agees AS (
    SELECT DISTINCT source, annee, profession, mode_exercice FROM tranches WHERE NOT total
),
sommes AS (
    SELECT
        t.source, t.annee, max(t.millesime)::INTEGER AS millesime, max(t.revision)::INTEGER AS revision, t.profession,
        t.mode_exercice, t.niveau, t.code, min(t.region) AS region,
        count(DISTINCT t.specialite) < max(t.codes) AS en_partie,
        sum(t.effectif) FILTER (t.age_min >= 60) AS plus_60,
        statut_somme(
            CASE WHEN t.age_min >= 60 THEN t.effectif END,
            CASE WHEN t.age_min >= 60 THEN t.effectif_statut ELSE 'sans objet' END
        ) AS plus_60_statut,
        sum(t.effectif) FILTER (NOT t.total) AS classes,
        statut_somme(
            CASE WHEN NOT t.total THEN t.effectif END, CASE WHEN t.total THEN 'sans objet' ELSE t.effectif_statut END
        ) AS classes_statut,
        sum(t.effectif) FILTER (t.total) AS ensemble,
        statut_somme(
            CASE WHEN t.total THEN t.effectif END, CASE WHEN t.total THEN t.effectif_statut ELSE 'sans objet' END
        ) AS ensemble_statut
    FROM tranches AS t
    JOIN agees USING (source, annee, profession, mode_exercice)
    GROUP BY t.source, t.annee, t.profession, t.mode_exercice, t.niveau, t.code
),
-- A territory without a single class of age is not told: its total alone says nothing of ages.
dites AS (
    SELECT
        * EXCLUDE (en_partie, classes, classes_statut, ensemble, ensemble_statut),
        CASE WHEN classes_statut = 'calculé' THEN classes WHEN ensemble_statut = 'calculé' THEN ensemble END
            AS effectif,
        CASE
            WHEN en_partie THEN 'partiel' WHEN classes_statut = 'calculé' THEN classes_statut ELSE ensemble_statut
        END AS effectif_statut
    FROM sommes
    WHERE classes_statut <> 'sans objet'
),
departements AS (
    SELECT regions AS region, count(*) AS departements
    FROM core.decoupages
    WHERE niveau = 'departement'
    GROUP BY regions
),
situees AS (
    SELECT * FROM dites
    UNION ALL BY NAME
    SELECT
        d.source, d.annee, max(d.millesime) AS millesime, max(d.revision) AS revision, d.profession, d.mode_exercice,
        'region' AS niveau, d.region AS code, d.region, sum(d.plus_60) AS plus_60,
        CASE WHEN count(*) < min(n.departements) THEN 'partiel' ELSE statut_somme(d.plus_60, d.plus_60_statut) END
            AS plus_60_statut,
        sum(d.effectif) AS effectif,
        CASE WHEN count(*) < min(n.departements) THEN 'partiel' ELSE statut_somme(d.effectif, d.effectif_statut) END
            AS effectif_statut
    FROM dites AS d
    JOIN departements AS n USING (region)
    WHERE d.niveau = 'departement'
        AND (d.source, d.annee) NOT IN (SELECT (source, annee) FROM dites WHERE niveau = 'region')
    GROUP BY d.source, d.annee, d.profession, d.mode_exercice, d.region
),
-- A class that isn't known, and the sum says nothing.
connues AS (
    SELECT
        *, plus_60_statut = 'calculé' AND effectif_statut = 'calculé' AS connue
    FROM situees
)
SELECT
    annee, millesime, revision, source, profession, mode_exercice, niveau, code,
    CASE WHEN effectif_statut = 'calculé' THEN effectif END::INTEGER AS effectif,
    CASE WHEN connue THEN plus_60 END::INTEGER AS effectif_60_plus,
    CASE WHEN connue AND effectif > 0 THEN (plus_60::DECIMAL(18, 4) / effectif)::DECIMAL(18, 6) END AS valeur,
    CASE
        WHEN connue AND effectif > 0 THEN 'calculé'
        WHEN connue THEN 'sans objet'
        WHEN 'secret' IN (plus_60_statut, effectif_statut) THEN 'secret'
        ELSE 'nd'
    END AS statut
FROM connues
