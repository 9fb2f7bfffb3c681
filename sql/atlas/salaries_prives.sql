-- Salariés du secteur privé de la santé et du social, par secteur et territoire.
-- Grain : annee, secteur_ape, niveau, code
-- Source : Établissements employeurs et effectifs salariés du secteur privé, par commune et APE (Urssaf)
-- Publication : territoire
-- Note : secteur privé seulement, associations comprises : ni la fonction publique hospitalière ou territoriale, ni les particuliers employeurs. Une série prend, pour chaque année, le millésime le plus récent. Une case sans effectif publié manque à la somme, dite partielle. Les Ehpad publics n'y sont pas.
-- Colonnes :
--   secteur_ape : secteur de l'atlas (reference.secteurs_ape)
--   etablissements [établissements] : établissements employeurs
--   effectif [personnes] : salariés au 31 décembre
WITH dernieres AS (
    SELECT s.*, a.secteur_ape
    FROM core.salaries_prives AS s
    JOIN reference.secteurs_ape AS a USING (ape)
    WHERE s.commune IS NOT NULL
    QUALIFY s.millesime = max(s.millesime) OVER (PARTITION BY s.annee)
),
situees AS (
    SELECT d.*, a.niveau, a.code
    FROM dernieres AS d
    JOIN reference.appartenances AS a USING (commune)
    WHERE a.niveau IN ('arrondissement', 'zone_emploi', 'departement', 'region', 'france')
)
SELECT
    annee, max(millesime)::INTEGER AS millesime, max(revision)::INTEGER AS revision, secteur_ape, niveau, code,
    sum(etablissements)::INTEGER AS etablissements, sum(effectif)::INTEGER AS effectif,
    statut_somme(effectif) AS statut
FROM situees
GROUP BY annee, secteur_ape, niveau, code
