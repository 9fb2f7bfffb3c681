-- Professionnels libéraux par spécialité, année après année : les intitulés de la CNAM rapprochés d'un fichier à l'autre.
-- Grain : annee, specialite, niveau, code
-- Source : CNAM (libéraux présents au 31 décembre) ; population (INSEE)
-- Publication : territoire
-- Note : reference.specialites_cnam dit quels intitulés font une spécialité. Une densité est recalculée depuis les sommes. Une évolution va de la première année connue à la dernière, et n'est pas calculée où les années ne se comparent pas (`reserve`), ni sous vingt professionnels (reference.seuils, base_evolution), ni d'une somme partielle ou vers elle.
-- Colonnes :
--   specialite : spécialité, commune aux années (reference.specialites_cnam)
--   libelle : nom de la spécialité
--   effectif [personnes] : libéraux présents au 31 décembre
--   population [habitants] : dénominateur de la densité
--   intitules : nombre d'intitulés publiés qui s'ajoutent
--   premiere [année] : première année connue
--   evolution [part] : évolution depuis la première année ; vide pour elle
--   reserve : pourquoi les années ne se comparent pas ; vide si elles se comparent
WITH lues AS (
    SELECT
        s.specialite, s.libelle, s.reserve, d.profession, d.annee, d.millesime, d.revision, d.niveau, d.code,
        d.effectif, d.population, CASE WHEN d.statut = 'partiel' THEN d.statut ELSE e.statut END AS statut
    FROM atlas.densites AS d
    -- Where a population isn't known, a density has the statut of that; the headcount keeps its own.
    JOIN atlas.effectifs AS e USING (
        annee, source, profession, specialite, feuille, mode_exercice, niveau, code
    )
    JOIN reference.professions_publiees AS p
        ON p.source = d.source AND p.profession = d.profession AND p.specialite = d.specialite
            AND p.feuille = d.feuille
    JOIN reference.specialites_cnam AS s
        ON s.feuille = d.feuille
            AND s.cle = intitule_seul(p.profession_publiee)
    WHERE d.source = 'cnam_demographie' AND e.sexe = 'ensemble' AND d.niveau IN ('departement', 'region', 'france')
),
sommes AS (
    SELECT
        specialite, libelle, reserve, profession, annee, max(millesime)::INTEGER AS millesime,
        max(revision)::INTEGER AS revision, niveau, code, sum(effectif)::INTEGER AS effectif,
        max(population) AS population, count(*)::INTEGER AS intitules, statut_somme(effectif, statut) AS statut
    FROM lues
    GROUP BY ALL
)
SELECT
    annee, millesime, revision, 'cnam_demographie' AS source, profession, specialite, libelle, niveau, code, effectif,
    population, (100000 * effectif::DECIMAL(18, 4) / population)::DECIMAL(18, 4) AS valeur,
    intitules, min(annee) OVER suite AS premiere,
    CASE
        WHEN reserve IS NULL AND annee > min(annee) OVER suite
            -- Between sums that each lack something, nothing has a name.
            AND 'partiel' NOT IN (statut, first_value(statut) OVER suite)
            AND first_value(effectif) OVER suite
                >= (SELECT valeur FROM reference.seuils WHERE seuil = 'base_evolution')
            THEN (effectif::DECIMAL(18, 4) / first_value(effectif) OVER suite - 1)::DECIMAL(18, 6)
    END AS evolution,
    reserve, statut
FROM sommes
WINDOW suite AS (
    PARTITION BY specialite, niveau, code ORDER BY annee ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
)
