-- Places offertes et admis sur Parcoursup, par diplôme et institut ou territoire.
-- Grain : annee, diplome, niveau, code
-- Source : Parcoursup (ministère chargé de l'enseignement supérieur)
-- Publication : institut
-- Note : hors formation continue, aides-soignants, auxiliaires de puériculture et spécialités infirmières : les places offertes ne sont pas le quota régional, et il n'y a pas de taux de remplissage. Les admis peuvent dépasser les places. L'extrait peut ne couvrir qu'une région : la France est alors partielle.
-- Colonnes :
--   diplome : diplôme préparé
--   niveau : institut, ou niveau du territoire
--   code : identifiant de l'établissement (UAI), ou du territoire
--   libelle : nom de l'institut ; vide pour un territoire
--   formations : nombre de formations
--   formations_non_placees : formations des départements du territoire dont la ville n'est pas reconnue : elles manquent peut-être à ses sommes ; pour la France, formations sans région (collectivités d'outre-mer)
--   candidats [candidats] : vœux confirmés, un candidat compte dans chaque formation qu'il demande
--   propositions [candidats] : candidats ayant reçu une proposition
--   admises [personnes] : femmes admises
--   admis_neobacheliers [personnes] : admis néo-bacheliers
--   admis_meme_academie [personnes] : admis néo-bacheliers issus de l'académie de la formation
--   statut : publié pour un institut, calculé pour un territoire ; partiel quand une somme n'a pas toutes ses cases
WITH situees AS (
    UNPIVOT (SELECT *, cod_uai AS institut, region AS la_region, 'F' AS france FROM core.formations)
    ON institut, commune, arrondissement, zone_emploi, bassin_bmo, departement, region, france
    INTO NAME niveau VALUE code
),
sommes AS (
    SELECT
        session AS annee, max(millesime)::INTEGER AS millesime, max(revision)::INTEGER AS revision,
        diplome, niveau, code, CASE WHEN niveau = 'institut' THEN min(etablissement) END AS libelle,
        CASE WHEN count(DISTINCT la_region) = 1 THEN min(la_region) END AS region,
        count(*)::INTEGER AS formations,
        sum(capa_fin)::INTEGER AS places_offertes,
        sum(voe_tot)::INTEGER AS candidats,
        sum(prop_tot)::INTEGER AS propositions,
        sum(acc_tot)::INTEGER AS admis,
        sum(acc_tot_f)::INTEGER AS admises,
        sum(acc_neobac)::INTEGER AS admis_neobacheliers,
        sum(acc_aca_orig)::INTEGER AS admis_meme_academie,
        statut_rapport(statut_somme(acc_aca_orig), statut_somme(acc_neobac)) AS statut_part,
        statut_ligne([
            statut_somme(capa_fin), statut_somme(voe_tot), statut_somme(prop_tot), statut_somme(acc_tot),
            statut_somme(acc_tot_f), statut_somme(acc_neobac), statut_somme(acc_aca_orig)
        ]) AS statut
    FROM situees
    GROUP BY session, diplome, niveau, code
),
non_placees AS (
    SELECT f.session, f.diplome, d.niveau, d.code, count(*)::INTEGER AS formations
    FROM core.formations AS f
    JOIN core.decoupages_departements AS d USING (departement)
    WHERE f.commune IS NULL
    GROUP BY f.session, f.diplome, d.niveau, d.code
    UNION ALL
    SELECT session, diplome, 'france', 'F', count(*)::INTEGER
    FROM core.formations
    WHERE region IS NULL
    GROUP BY session, diplome
),
-- Each région of metropolitan France has schools: one without any is a région that the extract doesn't cover.
regions_couvertes AS (
    SELECT session, count(DISTINCT region) AS regions
    FROM core.formations
    WHERE region NOT LIKE '0%'
    GROUP BY session
),
regions_connues AS (
    SELECT count(*) AS regions
    FROM reference.territoires
    WHERE niveau = 'region' AND code NOT LIKE '0%'
)
SELECT
    s.* EXCLUDE (statut, statut_part),
    CASE WHEN s.admis_neobacheliers >= greatest(s.admis_meme_academie, 1) AND s.statut_part = 'calculé'
        THEN (s.admis_meme_academie::DECIMAL(18, 4) / s.admis_neobacheliers)::DECIMAL(18, 6) END AS part_meme_academie,
    coalesce(n.formations, 0) AS formations_non_placees,
    CASE
        WHEN s.statut = 'calculé' AND s.niveau = 'institut' THEN 'publié'
        WHEN s.statut = 'calculé' AND n.formations > 0 AND s.niveau <> 'france' THEN 'partiel'
        WHEN s.statut = 'calculé' AND s.niveau = 'france' AND coalesce(c.regions, 0) < r.regions THEN 'partiel'
        ELSE s.statut
    END AS statut
FROM sommes AS s
CROSS JOIN regions_connues AS r
LEFT JOIN regions_couvertes AS c ON c.session = s.annee
LEFT JOIN non_placees AS n ON n.session = s.annee AND n.diplome = s.diplome AND n.niveau = s.niveau AND n.code = s.code
