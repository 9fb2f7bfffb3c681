-- Chiffres de la feuille de route régionale, et ce que trouve l'édition.
-- Grain : chiffre
-- Source : qualite.chiffres_compares, vues.sources
-- Note : Un écart n'est pas une erreur de la feuille de route : le champ, l'année ou la source peuvent différer ; sous le tableau, ce qu'on en sait.
-- Vide : Aucun chiffre de feuille de route n'est enregistré pour cette région.
-- Colonnes :
--   libelle « Ce que dit la feuille de route » : le chiffre, dans ses mots
--   attendu « Publié » selon : nombre publié
--   observe « Ici » selon : nombre de l'édition
--   observe_statut : pourquoi il est vide
--   annee « Année » year (vide : nd) : année du nombre de l'édition
--   unite « Unité »
--   ecart « Écart » selon : nombre de l'édition moins nombre publié
--   ecart_format : comment l'écart s'écrit
--   ecart_statut : pourquoi il est vide
--   format : comment les nombres s'écrivent
--   verdict « Résultat » : égal, écart expliqué, écart à examiner, ou pourquoi il n'y a pas de nombre
--   source_libelle « Source de notre nombre » : producteur et titre du jeu de données
--   ce_qui_est_compte « Ce que nous comptons » : définition de notre nombre
--   explication « Ce qui l'explique » text (vide : rien) : pourquoi les deux diffèrent, et ce qu'il faut savoir pour les comparer
SELECT
    c.chiffre, c.libelle, c.attendu, c.observe,
    CASE WHEN c.observe IS NOT NULL THEN 'calculé' ELSE 'nd' END AS observe_statut,
    CASE WHEN c.observe IS NOT NULL THEN c.annee END AS annee, c.unite, c.ecart,
    CASE WHEN c.ecart IS NOT NULL THEN 'calculé' ELSE 'nd' END AS ecart_statut,
    CASE WHEN c.unite IN ('personnes', 'instituts', 'par an', 'places') THEN 'n0' ELSE 'n1' END AS format,
    'signe_' || CASE WHEN c.unite IN ('personnes', 'instituts', 'par an', 'places') THEN 'n0' ELSE 'n1' END
        AS ecart_format,
    CASE
        WHEN c.observe IS NULL THEN c.motif
        WHEN c.fictif THEN 'rien à conclure : notre nombre est fictif'
        WHEN c.resultat = 'écart' THEN 'écart à examiner'
        ELSE c.resultat
    END AS verdict,
    s.citation AS source_libelle, c.definition AS ce_qui_est_compte,
    -- An explanation is of the numbers that were examined: it says nothing of others.
    nullif(concat_ws('. ', CASE WHEN c.resultat = 'écart expliqué' THEN c.explication END, nullif(c.lecture, '')), '')
        AS explication,
    c.source
FROM qualite.chiffres_compares AS c
JOIN vues.publication AS p ON c.niveau = 'region' AND c.code = p.region
JOIN vues.sources AS s USING (source)
WHERE c.document = 'feuille_de_route'
ORDER BY c.chiffre
