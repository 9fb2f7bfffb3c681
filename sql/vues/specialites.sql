-- Spécialités exercées en ville qui ont une page : celles de la dernière année de leur profession, dans leur source.
-- Grain : profession, specialite
-- Source : vues.densites
-- Publication : interne
-- Colonnes :
--   adresse : adresse de la page de la spécialité
--   effectif n0 [personnes] : professionnels de la région, dans le mode d'exercice le plus large
--   petits : ce qu'il faut savoir d'un nombre trop petit pour être commenté
WITH retenues AS (
    SELECT *
    FROM vues.densites
    QUALIFY annee = max(annee) OVER (PARTITION BY profession, source)
),
pages AS (
    SELECT DISTINCT profession, specialite
    FROM retenues
    WHERE niveau = 'region' AND specialite <> 'ensemble'
)
SELECT
    d.profession, d.profession_libelle, d.specialite, d.specialite_libelle, d.effectif, d.pratique,
    CASE WHEN d.petit_nombre THEN '. Moins de dix : le nombre varie trop pour être commenté' END AS petits,
    'pages/specialite-' || replace(d.profession, '_', '-') || '-' || d.specialite_adresse || '.html' AS adresse,
    d.lien
FROM pages AS p
JOIN vues.densites AS d USING (profession, specialite)
WHERE d.niveau = 'region' AND d.premier_mode
QUALIFY row_number() OVER (PARTITION BY d.profession, d.specialite ORDER BY coalesce(d.feuille, '')) = 1
ORDER BY d.profession, d.specialite_adresse
