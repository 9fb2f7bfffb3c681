-- Entrées et sorties de l'annuaire santé d'un extrait au suivant, par profession et territoire.
-- Grain : annee, profession, niveau, code
-- Source : annuaire santé, extractions en libre accès (ANS)
-- Publication : territoire
-- Note : deux extraits publiés nominativement se comparent par qui les a : les nombres, sans âge ni sexe, sont publiés tels quels. Un extrait trop petit pour être le registre n'y est pas (reference.seuils). Les personnes sont suivies par leur empreinte : sous une autre clé, aucune ne se retrouverait. Une sortie n'est pas toujours un départ (interruption, étranger, décès, changement d'identifiant). présents = présents avant + entrées + arrivées - sorties - départs.
-- Colonnes :
--   annee_precedente [année] : année de l'extrait précédent épinglé
--   profession : profession (reference.professions)
--   presents_avant [personnes] : professionnels présents dans le territoire à l'extrait précédent
--   presents [personnes] : professionnels présents dans le territoire
--   arrivees [personnes] : présents qui étaient en activité ailleurs
--   departs [personnes] : présents avant qui sont en activité ailleurs
--   statut : calculé ; partiel où l'un des deux extraits n'a pas tout le monde ; rupture quand la profession est passée d'ADELI au RPPS entre les deux
WITH personnes AS (
    -- An extract from which no headcount is drawn gives no movement either.
    SELECT * FROM core.rpps_personnes WHERE millesime IN (SELECT millesime FROM atlas.effectifs_rpps)
),
suites AS (
    SELECT millesime, lag(millesime) OVER (ORDER BY millesime) AS precedente
    FROM (SELECT DISTINCT millesime FROM personnes)
),
-- A place is a commune, else a département, else unknown.
places AS (
    SELECT
        millesime, revision, personne, profession,
        coalesce(commune, 'D' || departement, '?') AS lieu, commune, departement, region
    FROM personnes
),
lieux AS (
    UNPIVOT (
        SELECT DISTINCT
            p.lieu, r.commune, r.arrondissement, r.epci, r.zone_emploi, r.bassin_vie, r.bassin_bmo,
            p.departement, p.region, 'F' AS france
        FROM places AS p
        LEFT JOIN reference.communes AS r ON r.commune = p.commune
    )
    ON arrondissement, epci, zone_emploi, bassin_vie, bassin_bmo, departement, region, france
    INTO NAME niveau VALUE code
),
avant AS (
    SELECT s.millesime, p.personne, p.profession, p.lieu
    FROM places AS p
    JOIN suites AS s ON s.precedente = p.millesime
),
apres AS (
    SELECT p.millesime, p.personne, p.profession, p.lieu
    FROM places AS p
    JOIN suites AS s ON s.millesime = p.millesime
    WHERE s.precedente IS NOT NULL
),
paires AS (
    SELECT
        millesime, profession, avant.lieu AS lieu_avant, apres.lieu AS lieu_apres, count(*) AS personnes
    FROM avant
    FULL JOIN apres USING (millesime, personne, profession)
    GROUP BY ALL
),
restes AS (
    SELECT
        p.millesime, p.profession, n.niveau, n.code,
        sum(p.personnes) AS presents,
        sum(p.personnes) FILTER (p.lieu_avant IS NULL) AS entrees,
        sum(p.personnes) FILTER (p.lieu_avant IS NOT NULL AND v.code IS DISTINCT FROM n.code) AS arrivees
    FROM paires AS p
    JOIN lieux AS n ON n.lieu = p.lieu_apres
    LEFT JOIN lieux AS v ON v.lieu = p.lieu_avant AND v.niveau = n.niveau
    GROUP BY ALL
),
anciens AS (
    SELECT
        p.millesime, p.profession, v.niveau, v.code,
        sum(p.personnes) AS presents_avant,
        sum(p.personnes) FILTER (p.lieu_apres IS NULL) AS sorties,
        sum(p.personnes) FILTER (p.lieu_apres IS NOT NULL AND n.code IS DISTINCT FROM v.code) AS departs
    FROM paires AS p
    JOIN lieux AS v ON v.lieu = p.lieu_avant
    LEFT JOIN lieux AS n ON n.lieu = p.lieu_apres AND n.niveau = v.niveau
    GROUP BY ALL
),
revisions AS (
    SELECT millesime, max(revision) AS revision FROM places GROUP BY millesime
),
-- Who is missing from one of the two extracts has neither left nor come.
partiels AS (
    SELECT DISTINCT s.millesime AS extrait, p.niveau AS niveau_partiel, p.code AS code_partiel
    FROM suites AS s
    JOIN core.rpps_partiels AS p ON p.millesime IN (s.millesime, s.precedente)
)
SELECT
    millesime AS annee, s.precedente AS annee_precedente, millesime, v.revision::INTEGER AS revision,
    profession, niveau, code,
    coalesce(a.presents_avant, 0)::INTEGER AS presents_avant,
    coalesce(r.presents, 0)::INTEGER AS presents,
    coalesce(r.entrees, 0)::INTEGER AS entrees,
    coalesce(r.arrivees, 0)::INTEGER AS arrivees,
    coalesce(a.sorties, 0)::INTEGER AS sorties,
    coalesce(a.departs, 0)::INTEGER AS departs,
    CASE
        WHEN t.passage_rpps BETWEEN s.precedente AND millesime THEN 'rupture'
        WHEN p.extrait IS NOT NULL THEN 'partiel'
        ELSE 'calculé'
    END AS statut
FROM restes AS r
FULL JOIN anciens AS a USING (millesime, profession, niveau, code)
JOIN suites AS s USING (millesime)
JOIN revisions AS v USING (millesime)
LEFT JOIN reference.professions AS t USING (profession)
LEFT JOIN partiels AS p ON p.extrait = millesime AND p.niveau_partiel = niveau AND p.code_partiel = code
