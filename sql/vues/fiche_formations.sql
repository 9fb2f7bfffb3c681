-- Où se forment les prochains : places et admis sur Parcoursup des instituts du territoire de chaque fiche, session {annee}.
-- Grain : niveau, code, diplome, institut
-- Source : atlas.formations, core.formations
-- Note : Parcoursup, session {annee}, instituts de : {territoires}. Hors formation continue, aides-soignants et spécialités infirmières : les places offertes ne sont pas le quota régional.
-- Colonnes :
--   niveau : es (site), ej ou ght
--   code : numéro FINESS du site ou de l'entité juridique, ou code du GHT
--   diplome : diplôme, tel que dans Parcoursup
--   institut : identifiant de l'institut ; « ensemble » pour tous ceux du territoire
--   libelle « Diplôme et institut » : diplôme, puis ses instituts pour le premier
--   places_offertes « Places, ici » n0 [places] : places offertes sur le territoire
--   places_offertes_statut : pourquoi elles sont vides, ou partielles
--   admis « Admis, ici » n0 [personnes] : admis sur le territoire
--   admis_statut : pourquoi ils sont vides, ou partiels
--   places_region « Places, {region_libelle} » n0 [places] : places offertes dans la région
--   places_region_statut : pourquoi elles sont vides
--   admis_region « Admis, {region_libelle} » n0 [personnes] : admis dans la région
--   admis_region_statut : pourquoi ils sont vides
WITH session AS (
    SELECT f.*
    FROM atlas.formations AS f
    JOIN vues.annees_retenues AS a ON a.objet = 'atlas.formations' AND a.annee = f.annee
),
adresses AS (
    SELECT DISTINCT cod_uai, departement FROM core.formations
),
instituts AS (
    SELECT
        f.niveau, f.code, s.diplome, s.code AS institut, s.libelle, s.places_offertes, s.admis, s.statut,
        row_number() OVER (
            PARTITION BY f.niveau, f.code, s.diplome ORDER BY coalesce(s.admis, 0) DESC, s.libelle, s.code
        ) AS rang
    FROM vues.fiche_departements AS f
    JOIN adresses AS a USING (departement)
    JOIN session AS s ON s.niveau = 'institut' AND s.code = a.cod_uai
    WHERE f.montre
),
-- The diplomas that admit most there: four, of which the first has its institutes told, the six largest.
diplomes AS (
    SELECT
        niveau, code, diplome, sum(places_offertes)::INTEGER AS places_offertes, sum(admis)::INTEGER AS admis,
        CASE
            WHEN count(places_offertes) < count(*) OR bool_or(statut = 'partiel') THEN 'partiel' ELSE 'calculé'
        END AS places_statut,
        CASE WHEN count(admis) < count(*) OR bool_or(statut = 'partiel') THEN 'partiel' ELSE 'calculé' END
            AS admis_statut,
        row_number() OVER (PARTITION BY niveau, code ORDER BY coalesce(sum(admis), 0) DESC, diplome) AS rang
    FROM instituts
    GROUP BY niveau, code, diplome
),
lignes AS (
    SELECT
        d.niveau, d.code, d.diplome, 'ensemble' AS institut, 'sous-total' AS ligne, d.diplome AS libelle,
        d.places_offertes, d.places_statut, d.admis, d.admis_statut, r.places_offertes AS places_region,
        r.admis AS admis_region, coalesce(r.statut, 'nd') AS region_statut, d.rang, 0 AS rang_institut
    FROM diplomes AS d
    LEFT JOIN session AS r
        ON r.diplome = d.diplome AND r.niveau = 'region' AND r.code = (SELECT region FROM vues.publication)
    WHERE d.rang <= 4
    UNION ALL
    SELECT
        i.niveau, i.code, i.diplome, i.institut, 'dont', i.libelle,
        i.places_offertes, i.statut, i.admis, i.statut, NULL, NULL, 'sans objet', d.rang, i.rang
    FROM instituts AS i
    JOIN diplomes AS d USING (niveau, code, diplome)
    WHERE d.rang = 1 AND i.rang <= 6
)
SELECT
    l.niveau, l.code, l.diplome, l.institut, l.ligne, l.libelle,
    l.places_offertes, CASE WHEN l.places_offertes IS NULL THEN 'nd' ELSE l.places_statut END AS places_offertes_statut,
    l.admis, CASE WHEN l.admis IS NULL THEN 'nd' ELSE l.admis_statut END AS admis_statut,
    l.places_region,
    CASE WHEN l.places_region IS NULL AND l.region_statut <> 'sans objet' THEN 'nd' ELSE l.region_statut END
        AS places_region_statut,
    l.admis_region,
    CASE WHEN l.admis_region IS NULL AND l.region_statut <> 'sans objet' THEN 'nd' ELSE l.region_statut END
        AS admis_region_statut,
    a.annee
FROM lignes AS l
JOIN vues.fiche_identites AS f USING (niveau, code)
JOIN vues.annees_retenues AS a ON a.objet = 'atlas.formations'
ORDER BY l.niveau, l.code, l.rang, l.rang_institut
