-- Densités de professionnels, recalculées depuis les sommes à chaque niveau : pour 100 000 habitants, et pour 100 000 de ceux qu'ils soignent ; à côté, celle que le producteur publie.
-- Grain : annee, source, profession, specialite, feuille, mode_exercice, niveau, code
-- Source : effectifs et densités publiées de la DREES et de la CNAM ; population au 1er janvier (INSEE)
-- Publication : territoire
-- Note : la population est celle du 1er janvier qui suit le 31 décembre de l'effectif, ou du jour même : celle de cette année-là, ou aucune. Où l'INSEE ne l'a pas encore, c'est celle à laquelle le producteur rapporte ses propres effectifs : il la publie, ou sa densité la plus précise la suppose (à 0,1 % près) ; `avertissement` le dit. Une densité n'est jamais une moyenne de densités. La France d'une source qui laisse des départements de côté (reference.champs_sources) est rapportée à la population des autres. `population_cible` et `valeur_cible` sont vides où les âges de la cible ne sont pas tous connus cette année-là.
-- Colonnes :
--   feuille : partie du fichier d'où vient l'intitulé, où plusieurs l'emploient ; vide sinon
--   date_reference : date à laquelle l'effectif est compté
--   territoire_publie : territoire tel que publié ; vide pour une somme
--   effectif [personnes] : numérateur
--   population [habitants] : dénominateur
--   annee_population [année] : la population est celle du 1er janvier de cette année ; vide pour celle du producteur
--   millesime_population [année] : millésime de la population ; vide pour celle du producteur
--   cible : population que soigne la profession (reference.populations_cibles) ; vide quand c'est toute la population
--   population_cible [habitants] : habitants de la cible, la même année
--   valeur_cible [pour 100 000 habitants de la cible] : densité rapportée à la cible
--   densite_publiee [pour 100 000 habitants, ou de la cible] : densité que publie le producteur
--   denominateur_publie : à quoi le producteur rapporte la sienne : habitants, ou la cible ; vide sans densité publiée
--   ecart_publie [pour 100 000 habitants, ou de la cible] : notre densité, de même dénominateur, moins celle du producteur
--   avertissement : ce qui affaiblit ce taux ; vide si rien
WITH specialites AS (
    SELECT profession, specialite FROM atlas.effectifs
    UNION
    SELECT profession, specialite FROM reference.professions_publiees
),
-- Whom each specialty cares for: told once of a specialty, not of each of its lines.
cibles AS (
    SELECT s.profession, s.specialite, c.cible, c.producteurs
    FROM specialites AS s
    JOIN reference.populations_cibles AS c
        ON c.profession = s.profession AND regexp_matches(lower(strip_accents(s.specialite)), c.motif)
),
effectifs AS (
    SELECT
        e.*, c.cible,
        -- 31 December of a year is 1 January of the next, within a day.
        CASE WHEN month(e.date_reference) = 12 THEN e.annee + 1 ELSE e.annee END AS annee_voulue
    FROM atlas.effectifs AS e
    LEFT JOIN cibles AS c ON c.profession = e.profession AND c.specialite = e.specialite
    WHERE e.sexe = 'ensemble'
),
population AS (
    SELECT annee, niveau, code, population, millesime, statut
    FROM core.population
    WHERE sexe = 'ensemble' AND tranche_age = 'ensemble'
),
-- Whom the France of a source leaves out: counted neither above nor below.
hors_champ AS (
    SELECT c.source, p.annee, sum(p.population)::INTEGER AS population
    FROM reference.champs_sources AS c
    JOIN population AS p ON p.niveau = 'departement' AND p.code = c.departement
    GROUP BY c.source, p.annee
),
champs AS (
    SELECT DISTINCT source, champ FROM reference.champs_sources
),
-- Whom the population of a year leaves out, and the professionals may not: Mayotte before 2014.
sans_population AS (
    SELECT a.annee, string_agg(d.libelle, ', ' ORDER BY d.code) AS noms
    FROM (SELECT DISTINCT annee FROM population WHERE niveau = 'departement') AS a
    CROSS JOIN core.decoupages AS d
    WHERE d.niveau = 'departement' AND NOT EXISTS (
            SELECT 1 FROM population AS p WHERE p.annee = a.annee AND p.niveau = 'departement' AND p.code = d.code
        )
    GROUP BY a.annee
),
publies AS (
    SELECT
        d.source, d.millesime, d.annee, p.profession, p.specialite, d.feuille, d.mode_exercice, d.niveau, d.code,
        d.region, d.effectif, d.densite_publiee, d.population_publiee,
        -- Where it gives no population, CNAM relates some professions to those they care for.
        coalesce(list_contains(string_split(c.producteurs, ' '), d.source) AND d.population_publiee IS NULL, false)
            AS sur_la_cible
    FROM core.demographie AS d
    JOIN reference.professions_publiees AS p
        ON p.source = d.source AND p.profession_publiee = d.profession_publiee AND p.feuille = d.feuille
    LEFT JOIN cibles AS c ON c.profession = p.profession AND c.specialite = p.specialite
    WHERE d.sexe = 'ensemble' AND d.tranche_age = 'ensemble' AND d.niveau IS NOT NULL AND p.profession IS NOT NULL
        AND d.densite_publiee IS NOT NULL
    QUALIFY row_number() OVER (
        PARTITION BY d.source, d.annee, p.profession, p.specialite, d.feuille, d.mode_exercice, d.niveau, d.code
        ORDER BY d.millesime DESC, d.revision DESC
    ) = 1
),
-- A density given to the tenth tells its population to 0.1 % where it is 50 or more; the highest tells it best.
producteurs AS (
    SELECT
        source, annee, niveau, code, min(region) AS region,
        coalesce(
            max(population_publiee),
            arg_max(100000 * effectif::DOUBLE / densite_publiee::DOUBLE, (densite_publiee, effectif))
                FILTER (densite_publiee >= 50 AND NOT sur_la_cible)
        )::INTEGER AS population
    FROM publies
    GROUP BY source, annee, niveau, code
),
departements AS (
    SELECT regions AS region, count(*) AS departements
    FROM core.decoupages
    WHERE niveau = 'departement'
    GROUP BY regions
),
-- Of a region of which a département is missing, no population.
populations_producteurs AS (
    SELECT source, annee, niveau, code, population FROM producteurs WHERE niveau IN ('departement', 'france')
    UNION ALL
    SELECT
        p.source, p.annee, 'region', p.region,
        CASE WHEN count(p.population) = min(d.departements) THEN sum(p.population)::INTEGER END
    FROM producteurs AS p
    JOIN departements AS d USING (region)
    WHERE p.niveau = 'departement'
    GROUP BY p.source, p.annee, p.region
),
rapportes AS (
    SELECT
        e.*,
        coalesce(
            p.population - CASE WHEN e.niveau = 'france' THEN coalesce(h.population, 0) ELSE 0 END, x.population
        ) AS population,
        CASE WHEN e.niveau = 'france' THEN k.champ END AS champ,
        CASE WHEN e.niveau = 'france' AND p.population IS NOT NULL THEN m.noms END AS sans,
        CASE WHEN p.population IS NOT NULL THEN e.annee_voulue END::INTEGER AS annee_population,
        p.millesime AS millesime_population,
        CASE
            WHEN p.population IS NOT NULL THEN p.statut
            WHEN x.population IS NULL THEN 'nd'
        END AS statut_population,
        -- Of a target of which an age is missing, nothing: the statut of the line is the one of its density.
        CASE WHEN b.statut = 'calculé' THEN b.population END AS population_cible, b.statut AS statut_cible,
        d.densite_publiee, d.sur_la_cible
    FROM effectifs AS e
    LEFT JOIN population AS p ON p.annee = e.annee_voulue AND p.niveau = e.niveau AND p.code = e.code
    LEFT JOIN hors_champ AS h ON h.source = e.source AND h.annee = e.annee_voulue
    LEFT JOIN champs AS k ON k.source = e.source
    LEFT JOIN sans_population AS m ON m.annee = e.annee_voulue
    LEFT JOIN populations_producteurs AS x
        ON x.source = e.source AND x.annee = e.annee AND x.niveau = e.niveau AND x.code = e.code
    LEFT JOIN core.population_cibles AS b
        ON b.cible = e.cible AND b.annee = e.annee_voulue AND b.niveau = e.niveau AND b.code = e.code
    LEFT JOIN publies AS d
        ON d.source = e.source AND d.annee = e.annee AND d.profession = e.profession AND d.specialite = e.specialite
        AND d.feuille = e.feuille AND d.mode_exercice = e.mode_exercice AND d.niveau = e.niveau AND d.code = e.code
),
valeurs AS (
    SELECT
        *, (100000 * effectif::DECIMAL(18, 4) / population)::DECIMAL(18, 4) AS valeur,
        CASE WHEN statut_rapport(statut, statut_cible) = 'calculé' AND population_cible > 0
            THEN (100000 * effectif::DECIMAL(18, 4) / population_cible)::DECIMAL(18, 4) END AS valeur_cible
    FROM rapportes
)
SELECT
    annee, date_reference, millesime, revision, source, profession, specialite, feuille, mode_exercice, niveau, code,
    territoire_publie, effectif, population, annee_population, millesime_population, valeur,
    cible, population_cible, valeur_cible, densite_publiee::DECIMAL(18, 4) AS densite_publiee,
    CASE WHEN densite_publiee IS NOT NULL THEN CASE WHEN sur_la_cible THEN cible ELSE 'habitants' END END
        AS denominateur_publie,
    (CASE WHEN sur_la_cible THEN valeur_cible ELSE valeur END - densite_publiee)::DECIMAL(18, 4) AS ecart_publie,
    statut_rapport(statut, statut_population) AS statut,
    CASE
        WHEN population IS NULL THEN 'population du 01/01/' || annee_voulue || ' inconnue'
        WHEN champ IS NOT NULL THEN champ || ', population comprise'
        WHEN sans IS NOT NULL THEN 'population de la France sans ' || sans
        WHEN annee_population IS NULL
            THEN 'effectif du ' || strftime(date_reference, '%d/%m/%Y')
                || ' rapporté à la population du producteur : celle du 01/01/' || annee_voulue || ' n''est pas connue'
    END AS avertissement
FROM valeurs
