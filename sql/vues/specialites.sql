-- Spécialités exercées en ville qui ont une page : celles de la dernière année de leur profession, dans leur source.
-- Grain : profession, specialite
-- Source : vues.densites, reference.specialites_publiees
-- Publication : interne
-- Colonnes :
--   adresse : adresse de la page de la spécialité
--   effectif n0 [personnes] : professionnels de la région, dans le mode d'exercice le plus large
--   tension : sa ligne au tableau des tensions ; vide où elle n'en a pas
--   en_tension : elle en a une
--   page_retenue : entre deux pages d'une même ligne, celle de la source préférée
--   petits : ce qu'il faut savoir d'un nombre trop petit pour être commenté
WITH lignes AS (
    SELECT p.source, p.specialite, p.feuille, s.profession AS tension, r.rang
    FROM reference.specialites_publiees AS s
    JOIN reference.professions_publiees AS p USING (source, profession_publiee, feuille)
    JOIN reference.priorites_sources AS r USING (source)
    WHERE s.profession IS NOT NULL
),
retenues AS (
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
    p.profession, d.profession_libelle, p.specialite, d.specialite_libelle, d.effectif, d.pratique,
    CASE WHEN d.petit_nombre THEN '. Moins de dix : le nombre varie trop pour être commenté' END AS petits,
    'pages/specialite-' || replace(d.profession, '_', '-') || '-' || d.specialite_adresse || '.html' AS adresse,
    d.lien, l.tension, l.tension IS NOT NULL AS en_tension,
    -- A specialty that two producers count has two pages.
    row_number() OVER (PARTITION BY l.tension ORDER BY l.rang, d.specialite, coalesce(d.feuille, '')) = 1
        AS page_retenue
FROM pages AS p
JOIN vues.densites AS d USING (profession, specialite)
LEFT JOIN lignes AS l
    ON l.source = d.source AND l.specialite = d.specialite AND l.feuille = coalesce(d.feuille, '')
WHERE d.niveau = 'region' AND d.premier_mode
QUALIFY row_number() OVER (PARTITION BY d.profession, d.specialite ORDER BY coalesce(d.feuille, '')) = 1
ORDER BY d.profession, d.specialite_adresse
