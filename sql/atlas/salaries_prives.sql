-- Salariés du secteur privé de la santé et du social, par secteur et territoire.
-- Grain : annee, secteur_ape, niveau, code
-- Source : Établissements employeurs et effectifs salariés du secteur privé, par commune et APE (Urssaf)
-- Publication : territoire
-- Note : secteur privé seulement, associations comprises : ni la fonction publique hospitalière ou territoriale, ni les particuliers employeurs. Une série prend, pour chaque année, le millésime le plus récent. Une case sans effectif publié, ou un département sans aucune ligne, manque à la somme, dite partielle ; Mayotte est hors du champ. Les Ehpad publics n'y sont pas.
-- Colonnes :
--   secteur_ape : secteur de l'atlas (reference.secteurs_ape)
--   etablissements [établissements] : établissements employeurs
--   etablissements_statut : calculé, partiel ou nd
--   effectif [personnes] : salariés au 31 décembre
WITH dernieres AS (
    SELECT s.*, a.secteur_ape
    FROM core.salaries_prives AS s
    JOIN reference.secteurs_ape AS a USING (ape)
    WHERE s.commune IS NOT NULL
    QUALIFY s.millesime = max(s.millesime) OVER (PARTITION BY s.annee)
),
situees AS (
    SELECT d.annee, d.millesime, d.revision, d.secteur_ape, d.effectif, d.etablissements, a.niveau, a.code
    FROM dernieres AS d
    JOIN reference.appartenances AS a USING (commune)
    WHERE a.niveau IN ('arrondissement', 'zone_emploi', 'departement', 'region', 'france')
),
-- A département without a line of any sector is missing from the file, unless it is outside its field.
muets AS (
    SELECT DISTINCT a.annee, a.millesime, a.revision, a.secteur_ape, d.niveau, d.code
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
    FROM muets
)
SELECT
    annee, max(millesime)::INTEGER AS millesime, max(revision)::INTEGER AS revision, secteur_ape, niveau, code,
    sum(etablissements)::INTEGER AS etablissements, statut_somme(etablissements) AS etablissements_statut,
    sum(effectif)::INTEGER AS effectif, statut_somme(effectif) AS statut
FROM tous
GROUP BY annee, secteur_ape, niveau, code
