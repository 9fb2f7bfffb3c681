-- Densités de professionnels pour 100 000 habitants, recalculées depuis les sommes à chaque niveau.
-- Grain : annee, source, profession, specialite, feuille, mode_exercice, niveau, code
-- Source : effectifs de la DREES et de la CNAM ; population au 1er janvier (INSEE)
-- Publication : territoire
-- Note : la population est celle du 1er janvier le plus proche de la date de l'effectif ; `avertissement` dit quand ce n'est pas elle. Une densité n'est jamais une moyenne de densités.
-- Colonnes :
--   feuille : partie du fichier d'où vient l'intitulé, où plusieurs l'emploient ; vide sinon
--   date_reference : date à laquelle l'effectif est compté
--   territoire_publie : territoire tel que publié ; vide pour une somme
--   effectif [personnes] : numérateur
--   population [habitants] : dénominateur
--   annee_population [année] : la population est celle du 1er janvier de cette année
--   millesime_population [année] : millésime de la population
--   avertissement : ce qui affaiblit ce taux ; vide si rien
WITH effectifs AS (
    SELECT *,
        -- 31 December of a year is 1 January of the next, within a day.
        CASE WHEN month(date_reference) = 12 THEN annee + 1 ELSE annee END AS annee_voulue
    FROM atlas.effectifs
    WHERE sexe = 'ensemble'
),
population AS (
    SELECT annee, niveau, code, population, millesime, statut
    FROM core.population
    WHERE sexe = 'ensemble' AND tranche_age = 'ensemble'
)
SELECT
    e.annee, e.date_reference, e.millesime, e.revision, e.source, e.profession, e.specialite, e.feuille,
    e.mode_exercice, e.niveau, e.code, e.territoire_publie, e.effectif, p.population,
    a.annee_population, p.millesime AS millesime_population,
    (100000 * e.effectif::DECIMAL(18, 4) / p.population)::DECIMAL(18, 4) AS valeur,
    statut_rapport(e.statut, CASE WHEN p.population IS NULL THEN 'nd' ELSE p.statut END) AS statut,
    CASE
        WHEN p.population IS NULL THEN 'population inconnue'
        WHEN a.annee_population <> e.annee_voulue
            THEN 'effectif du ' || strftime(e.date_reference, '%d/%m/%Y')
                || ' rapporté à la population du 01/01/' || a.annee_population
    END AS avertissement
FROM effectifs AS e
LEFT JOIN core.annees_population AS a ON a.niveau = e.niveau AND a.annee = e.annee_voulue
LEFT JOIN population AS p ON p.annee = a.annee_population AND p.niveau = e.niveau AND p.code = e.code
