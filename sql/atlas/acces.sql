-- Accès aux professionnels : population et communes par zone, pour chaque profession zonée et chaque territoire.
-- Grain : annee, profession, niveau, code, zone
-- Source : arrêtés de zonage déposés, en vigueur au 1er janvier de l'édition, et zonages des professionnels de santé libéraux (base DataSanté) ; à défaut, zonage des médecins (liste non officielle, année supposée) ; population municipale des communes (INSEE)
-- Publication : territoire
-- Note : la liste non officielle ne vaut que pour les médecins généralistes ; les autres professions n'ont de zone que là où un arrêté est connu, et le reste de la France y est « non classée ». L'accessibilité (APL), qui n'a pas de zone, est dans atlas.apl, aux mêmes territoires. Parts pondérées par la population, jamais moyennes de parts : à Paris, Lyon et Marseille, zonées par arrondissement municipal, par la population de chacun. Une commune a la zone du plus récent des arrêtés connus : celui qui a été déposé, s'il est en vigueur au 1er janvier de l'édition, ou celui du fichier national, à la date de ce fichier ; à date égale, le dépôt. Sans arrêté, elle a la zone de la liste : `origine` le dit. L'année est celle de l'édition dès qu'un arrêté déposé est employé, sinon celle du fichier national, sinon celle de la liste. La population est celle de l'année la plus proche du zonage ; `avertissement` le dit quand ce n'est pas la même. « non classée » réunit les communes qui n'ont ni arrêté, ni ligne dans la liste.
-- Colonnes :
--   profession : profession zonée (reference.professions) ; medecin pour les médecins généralistes
--   zone : médecins : ZIP (intervention prioritaire), ZAC (action complémentaire), ZAR (appui régional), ZV (vigilance), HV (hors vivier), HZ (hors zone) ; autres professions : TSD (très sous-dotée), SDE (sous-dense), SD (sous-dotée), INT (intermédiaire), TD (très dotée), SURD (sur-dotée), NP (non prioritaire) ; non classée
--   communes : communes de la zone sur le territoire ; à Paris, Lyon et Marseille, arrondissements municipaux
--   communes_par_arrete : dont communes dont la zone vient d'un arrêté en vigueur
--   communes_fichier [communes] : dont communes dont l'arrêté est celui du fichier national des zonages
--   dernier_arrete : date du plus récent des arrêtés de ces communes ; vide sans arrêté
--   population [habitants] : habitants de ces communes
--   population_totale [habitants] : habitants du territoire
--   annee_population [année] : année de la population
--   source : d'où viennent les zones du territoire : fichier national, à défaut arrêtés déposés, à défaut liste non officielle ; vide où aucune commune n'en a
--   origine : arrêté, liste, arrêté et liste, ou sans arrêté (autres professions) : d'où vient la zone des communes comptées
--   avertissement : ce qui affaiblit cette part ; vide si rien
WITH en_vigueur AS (
    SELECT
        z.profession, z.niveau_publie, z.code_publie, z.lieu, z.commune, z.zone, z.valide_du, z.date_arrete,
        z.millesime, z.revision, e.edition
    FROM core.zonage_arretes AS z
    CROSS JOIN reference.edition AS e
    WHERE z.reference AND z.commune IS NOT NULL
        AND make_date(e.edition, 1, 1) BETWEEN z.valide_du AND coalesce(z.valide_au, DATE '9999-12-31')
),
liste AS (
    SELECT DISTINCT millesime, revision FROM core.zonage WHERE reference
),
par_arrete AS (
    SELECT
        profession, max(edition)::INTEGER AS edition, max(millesime)::INTEGER AS millesime,
        max(revision)::INTEGER AS revision
    FROM en_vigueur
    GROUP BY profession
),
par_fichier AS (
    SELECT profession, max(millesime)::INTEGER AS millesime, max(revision)::INTEGER AS revision
    FROM core.zonage_professions
    WHERE reference
    GROUP BY profession
),
professions AS (
    SELECT profession FROM par_arrete
    UNION
    SELECT profession FROM par_fichier
    UNION
    SELECT 'medecin' FROM liste
),
zonages AS (
    SELECT
        p.profession, coalesce(a.edition, f.millesime, l.millesime) AS annee,
        coalesce(a.millesime, f.millesime, l.millesime) AS millesime,
        coalesce(a.revision, f.revision, l.revision) AS revision,
        l.millesime AS millesime_liste, coalesce(a.profession, f.profession) IS NOT NULL AS par_arrete
    FROM professions AS p
    LEFT JOIN par_arrete AS a USING (profession)
    LEFT JOIN par_fichier AS f USING (profession)
    LEFT JOIN liste AS l ON p.profession = 'medecin'
),
annees AS (
    SELECT z.annee, arg_min(p.annee, abs(p.annee - z.annee) * 10000 - p.annee) AS annee_population
    FROM (SELECT DISTINCT annee FROM zonages) AS z, (SELECT DISTINCT annee FROM core.population_lieux) AS p
    GROUP BY z.annee
),
lieux AS (
    SELECT z.*, a.annee_population, r.commune, coalesce(p.lieu, r.commune) AS lieu, p.population
    FROM zonages AS z
    JOIN annees AS a USING (annee)
    CROSS JOIN reference.communes AS r
    LEFT JOIN core.population_lieux AS p ON p.annee = a.annee_population AND p.commune = r.commune
),
-- What is said of a whole commune holds for its municipal arrondissements that have no line of their own.
deposes AS (
    SELECT l.profession, l.lieu, v.zone, v.date_arrete
    FROM lieux AS l
    JOIN en_vigueur AS v ON v.profession = l.profession AND v.commune = l.commune AND v.lieu IN (l.lieu, l.commune)
    QUALIFY row_number() OVER (
        PARTITION BY l.profession, l.lieu
        ORDER BY v.niveau_publie = 'commune' DESC, v.lieu = l.lieu DESC, v.valide_du DESC, v.code_publie) = 1
),
publies AS (
    SELECT l.profession, l.lieu, z.zone, z.date_arrete
    FROM lieux AS l
    JOIN core.zonage_professions AS z
        ON z.reference AND z.profession = l.profession AND z.commune = l.commune AND z.lieu IN (l.lieu, l.commune)
    QUALIFY row_number() OVER (PARTITION BY l.profession, l.lieu ORDER BY z.lieu = l.lieu DESC) = 1
),
connus AS (
    SELECT profession, lieu, zone, date_arrete, false AS du_fichier FROM deposes
    UNION ALL
    SELECT profession, lieu, zone, date_arrete, true FROM publies
),
arretes AS (
    SELECT * FROM connus
    QUALIFY row_number() OVER (
        PARTITION BY profession, lieu ORDER BY date_arrete DESC NULLS LAST, du_fichier) = 1
),
listees AS (
    SELECT l.profession, l.lieu, z.zone
    FROM lieux AS l
    JOIN core.zonage AS z ON z.millesime = l.millesime_liste AND z.commune = l.commune AND z.lieu IN (l.lieu, l.commune)
    QUALIFY row_number() OVER (PARTITION BY l.profession, l.lieu ORDER BY z.lieu = l.lieu DESC) = 1
),
par_arrondissement AS (
    SELECT profession, commune FROM en_vigueur WHERE lieu <> commune
    UNION
    SELECT profession, commune FROM core.zonage_professions WHERE lieu <> commune AND reference
    UNION
    SELECT 'medecin', commune FROM core.zonage WHERE lieu <> commune AND reference
),
communes AS (
    SELECT
        l.profession, l.annee, l.millesime, l.revision, l.millesime_liste, l.par_arrete AS arrete_employe,
        l.annee_population, l.commune, l.population,
        coalesce(CASE WHEN a.lieu IS NULL THEN z.zone ELSE a.zone END, 'non classée') AS zone,
        -- Of a line set aside the place is known, and its zone is not.
        CASE WHEN a.lieu IS NULL THEN z.lieu IS NOT NULL AND z.zone IS NULL ELSE a.zone IS NULL END AS zone_perdue,
        a.lieu IS NOT NULL AS par_arrete, coalesce(a.du_fichier, false) AS du_fichier, a.date_arrete,
        coalesce(a.zone, z.zone) IS NULL AND m.commune IS NOT NULL AS sans_repartition
    FROM lieux AS l
    LEFT JOIN arretes AS a USING (profession, lieu)
    LEFT JOIN listees AS z USING (profession, lieu)
    LEFT JOIN par_arrondissement AS m ON m.profession = l.profession AND m.commune = l.commune
),
situees AS (
    SELECT c.*, a.niveau, a.code FROM communes AS c JOIN reference.appartenances AS a USING (commune)
),
sommes AS (
    SELECT
        profession, annee, millesime, revision, millesime_liste, arrete_employe, annee_population, niveau, code, zone,
        count(*)::INTEGER AS communes,
        count(*) FILTER (par_arrete)::INTEGER AS communes_par_arrete,
        count(*) FILTER (du_fichier)::INTEGER AS communes_fichier,
        max(date_arrete) AS dernier_arrete,
        sum(population)::INTEGER AS population, statut_somme(population) AS statut_population,
        count(*) FILTER (population IS NULL)::INTEGER AS sans_population,
        count(*) FILTER (sans_repartition)::INTEGER AS sans_repartition,
        count(*) FILTER (zone_perdue)::INTEGER AS zones_perdues
    FROM situees
    GROUP BY
        profession, annee, millesime, revision, millesime_liste, arrete_employe, annee_population, niveau, code, zone
),
totaux AS (
    SELECT *,
        sum(population) OVER (PARTITION BY profession, annee, niveau, code)::INTEGER AS population_totale,
        bool_or(sans_population > 0) OVER (PARTITION BY profession, annee, niveau, code) AS total_partiel,
        sum(sans_population) OVER (PARTITION BY profession, annee, niveau, code)::INTEGER AS communes_sans_population,
        sum(sans_repartition) OVER (PARTITION BY profession, annee, niveau, code)::INTEGER AS communes_sans_repartition,
        sum(zones_perdues) OVER (PARTITION BY profession, annee, niveau, code)::INTEGER AS communes_ecartees,
        sum(communes - communes_par_arrete) OVER (PARTITION BY profession, annee, niveau, code)::INTEGER
            AS communes_sans_arrete,
        CASE
            WHEN sum(communes_fichier) OVER (PARTITION BY profession, annee, niveau, code) > 0
                THEN 'zonage_professions'
            WHEN sum(communes_par_arrete) OVER (PARTITION BY profession, annee, niveau, code) > 0 THEN 'zonage_arretes'
            WHEN profession = 'medecin' THEN 'zonage_medecins'
        END AS source
    FROM sommes
)
SELECT
    annee, millesime, revision, source, profession, niveau, code, zone, communes, communes_par_arrete, communes_fichier,
    dernier_arrete, population, population_totale, annee_population,
    CASE
        WHEN population_totale > 0 THEN (population::DECIMAL(18, 4) / population_totale)::DECIMAL(18, 6)
    END AS valeur,
    CASE
        WHEN communes_par_arrete = communes THEN 'arrêté'
        WHEN communes_par_arrete = 0 THEN CASE profession WHEN 'medecin' THEN 'liste' ELSE 'sans arrêté' END
        ELSE 'arrêté et liste'
    END AS origine,
    CASE
        WHEN coalesce(population_totale, 0) = 0 OR population IS NULL THEN 'nd'
        WHEN total_partiel OR communes_ecartees > 0 THEN 'partiel'
        ELSE 'calculé'
    END AS statut,
    nullif(concat_ws(' ; ',
        CASE WHEN annee_population <> annee
            THEN 'zonage de ' || annee || ' rapporté à la population de ' || annee_population END,
        CASE WHEN arrete_employe AND profession <> 'medecin' AND communes_sans_arrete > 0
            THEN 'communes sans arrêté en vigueur, donc sans zone : ' || communes_sans_arrete END,
        CASE WHEN arrete_employe AND profession = 'medecin' AND communes_sans_arrete > 0
            THEN 'communes sans arrêté en vigueur, zone de la liste non officielle'
                || coalesce(' de ' || millesime_liste, '') || ' : ' || communes_sans_arrete END,
        CASE WHEN communes_ecartees > 0
            THEN 'communes dont la ligne de zonage a été écartée, et laissées sans zone : ' || communes_ecartees END,
        CASE WHEN communes_sans_population > 0
            THEN 'communes sans population connue : ' || communes_sans_population END,
        CASE WHEN communes_sans_repartition > 0
            THEN 'communes zonées par arrondissement municipal et laissées sans zone, '
                'faute de la population de chacun : ' || communes_sans_repartition END
    ), '') AS avertissement
FROM totaux
