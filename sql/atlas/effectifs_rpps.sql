-- Professionnels en activité d'après l'annuaire santé, par profession, groupe de spécialité, mode d'exercice et territoire, selon deux comptes.
-- Grain : annee, methode, profession, specialite_groupe, mode_exercice, niveau, code
-- Source : annuaire santé, extractions en libre accès (ANS) ; règle de comptage de la DREES
-- Publication : territoire
-- Note : l'annuaire est publié nominativement ; ses effectifs, sans âge ni sexe, le sont donc aussi. Un extrait trop petit pour être le registre n'y est pas (reference.seuils). Au moins une activité civile, salariée ou libérale, remplaçants compris ; sans les étudiants, les seuls bénévoles et les seuls militaires. Une activité sans commune compte dans son département, une activité sans lieu pour la France seule : les communes ne somment donc pas toujours au département. Les effectifs d'un territoire où l'extrait n'a pas tout le monde sont partiels (core.rpps_partiels).
-- Colonnes :
--   methode : personne (chacun une fois, au lieu retenu) ou prorata (1/k à chacun de ses k lieux d'activité)
--   profession : profession (reference.professions)
--   specialite_groupe : groupe de spécialité (reference.specialites_rpps), sans, autre, ou ensemble
--   mode_exercice : libéral, salarié, mixte, ou ensemble
--   non_places [personnes] : de ceux des départements du territoire, ceux dont la commune n'est pas connue : ils y sont peut-être ; pour la France, ceux dont le département ne l'est pas, ou d'une collectivité sans région
WITH entiers AS (
    SELECT millesime
    FROM core.rpps_personnes
    GROUP BY millesime
    HAVING count(*) >= (SELECT valeur FROM reference.seuils WHERE seuil = 'registre_entier')
        OR (SELECT fictif FROM reference.edition)
),
personnes AS (
    SELECT p.* FROM core.rpps_personnes AS p JOIN entiers USING (millesime)
),
lieux AS (
    SELECT
        a.millesime, a.personne, a.profession, a.site,
        max({'ligne': a.ligne, 'commune': a.commune, 'departement': a.departement}) AS lieu
    FROM core.rpps_activites AS a
    WHERE a.exclusion IS NULL
    GROUP BY a.millesime, a.personne, a.profession, a.site
),
-- Shares of 1/k are rounded, and the place retained takes the rest: a person is worth 1, whatever k.
parts AS (
    SELECT
        p.millesime, p.revision, p.profession, p.specialite_groupe, p.mode_exercice, 'prorata' AS methode,
        l.lieu.commune AS commune, l.lieu.departement AS departement,
        CASE
            WHEN l.site = p.site THEN 1 - (p.sites - 1) * (1.0 / p.sites)::DECIMAL(18, 6)
            ELSE (1.0 / p.sites)::DECIMAL(18, 6)
        END::DECIMAL(18, 6) AS part
    FROM lieux AS l
    JOIN personnes AS p
        ON p.millesime = l.millesime AND p.personne = l.personne AND p.profession = l.profession
    UNION ALL
    SELECT
        millesime, revision, profession, specialite_groupe, mode_exercice, 'personne', commune, departement,
        1::DECIMAL(18, 6)
    FROM personnes
),
-- Few combinations of places and trades: they are counted before each is spread over its territories.
comptes AS (
    SELECT * EXCLUDE (part), sum(part)::DECIMAL(18, 6) AS effectif
    FROM parts
    GROUP BY ALL
),
-- Those whose commune isn't known may be in each territory that touches their département.
non_places AS (
    SELECT c.millesime, c.methode, c.profession, c.specialite_groupe, c.mode_exercice, d.niveau, d.code, c.effectif
    FROM comptes AS c
    JOIN core.decoupages_departements AS d USING (departement)
    WHERE c.commune IS NULL
    UNION ALL
    SELECT c.millesime, c.methode, c.profession, c.specialite_groupe, c.mode_exercice, 'france', 'F', c.effectif
    FROM comptes AS c
    LEFT JOIN core.decoupages AS d ON d.niveau = 'departement' AND d.code = c.departement
    WHERE d.regions IS NULL
),
hors_sommes AS (
    SELECT
        millesime, methode, profession, niveau, code,
        coalesce(specialite_groupe, 'ensemble') AS specialite_groupe,
        coalesce(mode_exercice, 'ensemble') AS mode_exercice, sum(effectif)::DECIMAL(18, 6) AS effectif
    FROM non_places
    GROUP BY millesime, methode, profession, niveau, code, CUBE (specialite_groupe, mode_exercice)
),
situes AS (
    UNPIVOT (
        SELECT
            c.* EXCLUDE (commune, departement),
            c.commune, r.arrondissement, r.epci, r.zone_emploi, r.bassin_vie, r.bassin_bmo,
            c.departement, d.regions AS region, 'F' AS france
        FROM comptes AS c
        LEFT JOIN reference.communes AS r ON r.commune = c.commune
        LEFT JOIN core.decoupages AS d ON d.niveau = 'departement' AND d.code = c.departement
    )
    ON commune, arrondissement, epci, zone_emploi, bassin_vie, bassin_bmo, departement, region, france
    INTO NAME niveau VALUE code
),
sommes AS (
    SELECT
        millesime, max(revision)::INTEGER AS revision, methode, profession,
        coalesce(specialite_groupe, 'ensemble') AS specialite_groupe,
        coalesce(mode_exercice, 'ensemble') AS mode_exercice, niveau, code, sum(effectif)::DECIMAL(18, 6) AS effectif
    FROM situes
    GROUP BY millesime, methode, profession, niveau, code, CUBE (specialite_groupe, mode_exercice)
)
SELECT
    s.millesime AS annee, s.millesime, s.revision, s.methode, s.profession, s.specialite_groupe, s.mode_exercice,
    s.niveau, s.code, s.effectif,
    CASE WHEN s.niveau NOT IN ('commune', 'departement', 'region') THEN coalesce(h.effectif, 0) END::DECIMAL(18, 6)
        AS non_places,
    CASE
        WHEN p.code IS NOT NULL OR (s.niveau <> 'france' AND h.effectif > 0) THEN 'partiel'
        ELSE 'calculé'
    END AS statut
FROM sommes AS s
LEFT JOIN hors_sommes AS h
    ON h.millesime = s.millesime AND h.methode = s.methode AND h.profession = s.profession
    AND h.specialite_groupe = s.specialite_groupe AND h.mode_exercice = s.mode_exercice
    AND h.niveau = s.niveau AND h.code = s.code
LEFT JOIN core.rpps_partiels AS p ON p.millesime = s.millesime AND p.niveau = s.niveau AND p.code = s.code
