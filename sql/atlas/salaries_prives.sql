-- Salariés du secteur privé de la santé et du social, par secteur et territoire.
-- Grain : annee, secteur_ape, niveau, code
-- Source : Établissements employeurs et effectifs salariés du secteur privé, par commune et APE (Urssaf)
-- Publication : territoire
-- Note : secteur privé seulement, associations comprises : ni la fonction publique hospitalière ou territoriale, ni les particuliers employeurs. Une série prend, pour chaque année, le millésime le plus récent. Une case sans effectif publié, ou un département sans aucune ligne, manque à la somme, dite partielle ; Mayotte est hors du champ. Les Ehpad publics n'y sont pas. Une commune que l'on ne connaît pas compte dans le département que son code porte : ce que ce département touche par des parties est partiel.
-- Colonnes :
--   secteur_ape : secteur de l'atlas (reference.secteurs_ape)
--   etablissements [établissements] : établissements employeurs
--   etablissements_statut : calculé, partiel ou nd
--   effectif [personnes] : salariés au 31 décembre
--   non_places [lignes] : lignes des départements du territoire dont la commune n'est pas connue : elles manquent peut-être à sa somme ; pour la France, lignes sans département
WITH dernieres AS (
    SELECT s.*, a.secteur_ape
    FROM core.salaries_prives AS s
    JOIN reference.secteurs_ape AS a USING (ape)
    QUALIFY s.millesime = max(s.millesime) OVER (PARTITION BY s.annee)
),
situees AS (
    SELECT
        d.annee, d.millesime, d.revision, d.secteur_ape, d.effectif, d.etablissements, a.niveau, a.code,
        false AS non_place
    FROM dernieres AS d
    JOIN reference.appartenances AS a USING (commune)
    WHERE a.niveau IN ('arrondissement', 'zone_emploi', 'departement', 'region', 'france')
),
-- Of an unknown commune the code still says the département; it may be in each of the parts that touch that one.
sans_commune AS (
    SELECT
        d.annee, d.millesime, d.revision, d.secteur_ape, t.niveau, t.code,
        t.niveau NOT IN ('departement', 'region', 'france') AS non_place,
        CASE WHEN NOT non_place THEN d.effectif END AS effectif,
        CASE WHEN NOT non_place THEN d.etablissements END AS etablissements
    FROM dernieres AS d
    JOIN core.territoires_departements AS t USING (departement)
    WHERE d.commune IS NULL AND t.niveau IN ('arrondissement', 'zone_emploi', 'departement', 'region', 'france')
),
-- One that says nothing is somewhere in France.
sans_departement AS (
    SELECT
        annee, millesime, revision, secteur_ape, effectif, etablissements, 'france' AS niveau, 'F' AS code,
        true AS non_place
    FROM dernieres
    WHERE departement IS NULL
),
-- A département without a line of any sector is missing from the file, unless it is outside its field.
muets AS (
    SELECT DISTINCT a.annee, a.millesime, a.revision, a.secteur_ape, d.niveau, d.code, false AS non_place
    FROM (
        SELECT annee, max(millesime) AS millesime, max(revision) AS revision, secteur_ape
        FROM dernieres
        GROUP BY annee, secteur_ape
    ) AS a
    CROSS JOIN core.territoires_departements AS d
    WHERE d.niveau IN ('arrondissement', 'zone_emploi', 'region', 'france')
        AND d.departement NOT IN (SELECT departement FROM reference.champs_sources WHERE source = 'urssaf_effectifs')
        AND (a.annee, d.departement) NOT IN (SELECT (annee, departement) FROM dernieres WHERE departement IS NOT NULL)
),
tous AS (
    FROM situees
    UNION ALL BY NAME
    FROM sans_commune
    UNION ALL BY NAME
    FROM sans_departement
    UNION ALL BY NAME
    FROM muets
)
SELECT
    annee, max(millesime)::INTEGER AS millesime, max(revision)::INTEGER AS revision, secteur_ape, niveau, code,
    sum(etablissements)::INTEGER AS etablissements, statut_somme(etablissements) AS etablissements_statut,
    sum(effectif)::INTEGER AS effectif, statut_somme(effectif) AS statut,
    (count(*) FILTER (non_place))::INTEGER AS non_places
FROM tous
GROUP BY annee, secteur_ape, niveau, code
