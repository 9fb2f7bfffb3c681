-- Formations sanitaires et sociales : places autorisées, entrants, présents, diplômés, et sorties sans diplôme des promotions suivies.
-- Grain : annee, diplome, niveau, code
-- Source : carte régionale des formations sanitaires et sociales (contrat de données)
-- Publication : institut
-- Note : la part de sorties sans diplôme est celle de la promotion entrée cette année-là, et n'existe que quand elle est close (plus personne en formation, diplômés en retard compris). Les diplômés d'une année rapportés aux entrants de trois ans plus tôt ne la donnent pas. La France n'est donnée que si les dix-huit régions sont là.
-- Colonnes :
--   diplome : diplôme préparé (reference.diplomes)
--   niveau : institut, ou niveau du territoire
--   code : code UAI de l'institut, ou du territoire
--   libelle : nom de l'institut ; vide pour un territoire
--   instituts : nombre d'instituts qui déclarent cette rentrée
--   instituts_non_places : instituts de la même rentrée et du même diplôme dont la commune n'est pas reconnue : ils manquent peut-être au territoire ; zéro pour un institut
--   presents [personnes] : présents, toutes années de formation
--   apprentis [personnes] : dont présents sous contrat d'apprentissage
--   interruptions [personnes] : interruptions de l'année scolaire précédente
--   promotion_entrants [personnes] : entrants de la promotion, dans les instituts qui la suivent
--   promotion_diplomes [personnes] : diplômés de cette promotion, en retard compris
--   promotion_en_formation [personnes] : encore en formation
--   promotion_statut : close, en cours, ou non suivie
--   statut : publié pour un institut, calculé pour un territoire ; partiel quand une case est cachée, ou qu'une somme n'a pas toutes ses cases
WITH rentrees AS (
    SELECT *
    FROM core.formations_instituts
    QUALIFY millesime = max(millesime) OVER (PARTITION BY annee)
),
suivies AS (
    SELECT *
    FROM core.formations_promotions
    QUALIFY row_number() OVER (PARTITION BY uai, diplome, annee_entree ORDER BY annee DESC, millesime DESC) = 1
),
non_places AS (
    SELECT annee, diplome, count(DISTINCT uai)::INTEGER AS instituts
    FROM rentrees
    WHERE commune IS NULL
    GROUP BY annee, diplome
),
noms AS (
    SELECT uai, arg_max(institut, annee) AS institut FROM rentrees GROUP BY uai
),
lignes AS (
    SELECT
        annee, millesime, revision, diplome, uai, commune, region,
        places_autorisees, places_autorisees_statut, entrants, entrants_statut, presents, presents_statut,
        diplomes, diplomes_statut, apprentis, apprentis_statut, interruptions, interruptions_statut,
        true AS declaree, 'sans objet' AS suivi,
        NULL::INTEGER AS promotion_entrants, NULL::INTEGER AS promotion_diplomes,
        NULL::INTEGER AS promotion_en_formation
    FROM rentrees
    UNION ALL
    SELECT
        annee_entree, millesime, revision, diplome, uai, commune, region,
        NULL, 'sans objet', NULL, 'sans objet', NULL, 'sans objet', NULL, 'sans objet', NULL, 'sans objet', NULL,
        'sans objet', false, 'publié', entrants, diplomes, en_formation
    FROM suivies
),
situees AS (
    UNPIVOT (
        SELECT
            l.*, l.uai AS institut, r.arrondissement, r.zone_emploi, r.bassin_bmo, r.departement,
            l.region AS la_region,
            CASE WHEN count(DISTINCT l.region) OVER (PARTITION BY l.annee)
                = (SELECT count(DISTINCT region) FROM reference.communes) THEN 'F' END AS france
        FROM lignes AS l
        LEFT JOIN reference.communes AS r ON r.commune = l.commune
    )
    ON institut, commune, arrondissement, zone_emploi, bassin_bmo, departement, region, france
    INTO NAME niveau VALUE code
),
sommes AS (
    SELECT
        annee, max(millesime)::INTEGER AS millesime, max(revision)::INTEGER AS revision, diplome, niveau, code,
        CASE WHEN count(DISTINCT la_region) = 1 THEN min(la_region) END AS region,
        count(DISTINCT uai) FILTER (declaree)::INTEGER AS instituts,
        sum(places_autorisees)::INTEGER AS places_autorisees,
        sum(entrants)::INTEGER AS entrants,
        sum(presents)::INTEGER AS presents,
        sum(diplomes)::INTEGER AS diplomes,
        sum(apprentis)::INTEGER AS apprentis,
        sum(interruptions)::INTEGER AS interruptions,
        sum(promotion_entrants)::INTEGER AS promotion_entrants,
        sum(promotion_diplomes)::INTEGER AS promotion_diplomes,
        sum(promotion_en_formation)::INTEGER AS promotion_en_formation,
        statut_rapport(
            statut_somme(entrants, entrants_statut), statut_somme(places_autorisees, places_autorisees_statut)
        ) AS statut_par_place,
        statut_ligne([
            statut_somme(promotion_entrants, suivi), statut_somme(promotion_diplomes, suivi),
            statut_somme(promotion_en_formation, suivi)
        ]) AS statut_promotion,
        statut_ligne([
            statut_somme(entrants, entrants_statut), statut_somme(places_autorisees, places_autorisees_statut),
            statut_somme(presents, presents_statut), statut_somme(diplomes, diplomes_statut),
            statut_somme(apprentis, apprentis_statut), statut_somme(interruptions, interruptions_statut)
        ]) AS statut_rentree
    FROM situees
    GROUP BY annee, diplome, niveau, code
)
SELECT
    s.annee, s.millesime, s.revision, s.diplome, s.niveau, s.code, n.institut AS libelle, s.region,
    s.instituts, CASE WHEN s.niveau = 'institut' THEN 0 ELSE coalesce(h.instituts, 0) END AS instituts_non_places,
    s.places_autorisees, s.entrants, s.presents, s.diplomes, s.apprentis, s.interruptions,
    CASE WHEN s.places_autorisees > 0 AND s.statut_par_place = 'calculé'
        THEN (s.entrants::DECIMAL(18, 4) / s.places_autorisees)::DECIMAL(18, 6) END AS entrants_par_place,
    s.promotion_entrants, s.promotion_diplomes, s.promotion_en_formation,
    CASE
        WHEN s.promotion_entrants IS NULL THEN 'non suivie'
        WHEN s.promotion_en_formation = 0 AND s.statut_promotion = 'calculé' THEN 'close'
        ELSE 'en cours'
    END AS promotion_statut,
    CASE WHEN s.promotion_entrants > 0 AND s.promotion_en_formation = 0 AND s.statut_promotion = 'calculé'
        THEN (1 - s.promotion_diplomes::DECIMAL(18, 4) / s.promotion_entrants)::DECIMAL(18, 6) END AS valeur,
    CASE
        WHEN 'partiel' IN (s.statut_rentree, s.statut_promotion) THEN 'partiel'
        -- A year of which a promotion alone is followed has that line's statut.
        WHEN s.instituts = 0 AND s.statut_promotion <> 'calculé' THEN s.statut_promotion
        WHEN s.instituts > 0 AND statut_absent(s.statut_rentree) THEN s.statut_rentree
        WHEN s.niveau = 'institut' THEN 'publié'
        WHEN h.instituts > 0 THEN 'partiel'
        ELSE 'calculé'
    END AS statut
FROM sommes AS s
LEFT JOIN non_places AS h ON h.annee = s.annee AND h.diplome = s.diplome
LEFT JOIN noms AS n ON s.niveau = 'institut' AND n.uai = s.code
