-- Cessations d'activité à venir : départs en fin de carrière par famille professionnelle et région, professionnels proches de la fin de carrière par département.
-- Grain : annee, source, indicateur, profession, niveau, code
-- Source : Les métiers en 2030 (DARES) ; âges des professionnels du répertoire (DREES, situation au 1er janvier) ; âges des libéraux (CNAM, au 31 décembre)
-- Publication : territoire
-- Note : ce ne sont pas des départs en retraite : certains continuent d'exercer, d'autres cessent plus tôt. La France de la DARES est la métropole ; elle est partielle là où la source réunit une famille à d'autres dans une région. Les départs de la DARES couvrent 2019 à 2030, soit onze ans : `departs_annuels` en est le onzième, une moyenne et non le nombre d'une année. V1Z réunit infirmiers et sages-femmes ; V2Z médecins, dentistes, pharmaciens et vétérinaires.
-- Colonnes :
--   profession : profession de l'atlas, ou famille professionnelle (FAP 2009)
--   libelle : nom de la profession ou de la famille
--   numerateur : ce qui est compté
--   denominateur : ce à quoi une part se rapporte ; vide pour un nombre
WITH dares AS (
    SELECT d.annee, d.millesime, d.revision, d.fap, f.libelle, d.code, d.niveau, d.departs_fin_carriere, d.emploi_2019
    FROM core.dares_metiers AS d
    JOIN reference.familles_professionnelles AS f ON f.nomenclature = 'FAP 2009' AND f.fap = d.fap
    WHERE d.niveau = 'region' AND d.reference
),
dares_situes AS (
    SELECT
        *, CASE WHEN departs_fin_carriere IS NULL THEN 'nd' ELSE 'calculé' END AS statut_departs,
        CASE WHEN emploi_2019 IS NULL THEN 'nd' ELSE 'calculé' END AS statut_emploi
    FROM dares
    UNION ALL
    SELECT
        annee, max(millesime), max(revision), fap, libelle, 'F', 'france', sum(departs_fin_carriere), sum(emploi_2019),
        -- A small region where the source adds the family to others has no line of it.
        CASE WHEN count(*) < (SELECT count(DISTINCT code) FROM dares) THEN 'partiel'
            ELSE statut_somme(departs_fin_carriere) END,
        CASE WHEN count(*) < (SELECT count(DISTINCT code) FROM dares) THEN 'partiel'
            ELSE statut_somme(emploi_2019) END
    FROM dares
    GROUP BY annee, fap, libelle
),
seuils AS (
    SELECT a.annee, a.millesime, a.revision, a.source, a.profession, a.niveau, a.code, s.age,
        sum(a.effectif) FILTER (a.age_min >= s.age) AS somme,
        statut_somme(
            CASE WHEN a.age_min >= s.age THEN a.effectif END,
            CASE WHEN a.age_min >= s.age THEN a.statut ELSE 'sans objet' END
        ) AS statut_classes,
        bool_or(a.age_min >= s.age AND a.statut = 'secret') AS secret,
        max(a.effectif_total) AS denominateur
    FROM atlas.ages AS a, (VALUES (55), (60)) AS s (age)
    -- Nurses of ADELI are left out: the register keeps those who have left.
    WHERE (a.profession = 'medecin' AND a.source = 'drees_medecins_ages')
        OR a.source IN ('drees_professionnels', 'cnam_demographie')
    GROUP BY ALL
),
-- One class that isn't known, and the sum says nothing.
entiers AS (
    SELECT
        * EXCLUDE (somme, statut_classes, secret), CASE WHEN statut_classes = 'calculé' THEN somme END AS numerateur,
        CASE WHEN statut_classes = 'calculé' THEN 'calculé' WHEN secret THEN 'secret' ELSE 'nd' END AS statut
    FROM seuils
)
SELECT
    annee, millesime, revision, 'dares_metiers_2030' AS source, 'departs_fin_carriere' AS indicateur,
    fap AS profession, libelle, niveau, code,
    (1000 * departs_fin_carriere)::DECIMAL(18, 1) AS valeur, 'personnes, de 2019 à 2030' AS unite,
    NULL::DECIMAL(18, 1) AS numerateur, NULL::DECIMAL(18, 1) AS denominateur,
    CASE WHEN statut_departs = 'calculé' THEN 'projeté' ELSE statut_departs END AS statut
FROM dares_situes
UNION ALL
SELECT
    annee, millesime, revision, 'dares_metiers_2030', 'departs_annuels', fap, libelle, niveau, code,
    (1000 * departs_fin_carriere / (2030 - 2019))::DECIMAL(18, 1), 'personnes par an, moyenne de 2019 à 2030',
    NULL, NULL, CASE WHEN statut_departs = 'calculé' THEN 'projeté' ELSE statut_departs END
FROM dares_situes
UNION ALL
SELECT
    annee, millesime, revision, 'dares_metiers_2030', 'part_departs', fap, libelle, niveau, code,
    CASE WHEN emploi_2019 > 0 THEN (departs_fin_carriere / emploi_2019)::DECIMAL(18, 6) END,
    'part de l''emploi de 2019, de 2019 à 2030',
    (1000 * departs_fin_carriere)::DECIMAL(18, 1), (1000 * emploi_2019)::DECIMAL(18, 1),
    CASE statut_rapport(statut_departs, statut_emploi)
        WHEN 'calculé' THEN 'projeté' ELSE statut_rapport(statut_departs, statut_emploi) END
FROM dares_situes
UNION ALL
SELECT
    s.annee, s.millesime, s.revision, s.source, 'effectif_' || s.age || '_plus', s.profession, p.libelle, s.niveau,
    s.code, s.numerateur, 'personnes', NULL, NULL, s.statut
FROM entiers AS s JOIN reference.professions AS p USING (profession)
UNION ALL
SELECT
    s.annee, s.millesime, s.revision, s.source, 'part_' || s.age || '_plus', s.profession, p.libelle, s.niveau, s.code,
    CASE WHEN s.denominateur > 0 THEN (s.numerateur::DECIMAL(18, 4) / s.denominateur)::DECIMAL(18, 6) END,
    'part, de 0 à 1', s.numerateur, s.denominateur,
    CASE WHEN s.statut = 'calculé' AND s.denominateur IS NULL THEN 'nd' ELSE s.statut END
FROM entiers AS s JOIN reference.professions AS p USING (profession)
