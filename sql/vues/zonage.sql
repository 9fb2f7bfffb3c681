-- Population par zone d'accès aux professionnels de santé, dernier zonage connu de chaque profession.
-- Grain : profession, niveau, code, zone
-- Source : atlas.acces
-- Colonnes :
--   territoire_libelle « Territoire »
--   profession_libelle : nom de la profession ; pour les médecins, les généralistes
--   zone « Zone » : lettres de la zone
--   zone_libelle : ce que disent les lettres
--   difficile : y vivre compte parmi les habitants pour qui l'accès est difficile
--   communes « Communes » n0 [communes] : communes de la zone
--   population « Habitants » n0 [habitants] : habitants de la zone
--   valeur « Part de la population » pct1 [part] : part de la population du territoire
--   degre : de 1, l'accès le plus difficile, à 6 : sa couleur ; vide sans zone
--   ordre : rang de la zone, de la plus difficile à la mieux pourvue
--   arrete « Dernier arrêté » (vide : sans objet) : date du plus récent des arrêtés de la zone ; vide sans arrêté
--   origine : d'où vient le zonage
--   sources : sources du zonage
WITH dernieres AS (
    SELECT c.*
    FROM atlas.acces AS c
    JOIN vues.annees_retenues AS r ON r.objet = 'atlas.acces' AND r.cle = c.profession AND r.annee = c.annee
    WHERE c.niveau IN ('region', 'departement', 'arrondissement')
)
SELECT
    t.territoire, a.niveau, a.code, t.territoire_libelle, a.profession, p.libelle_acces AS profession_libelle, a.annee,
    a.zone, z.libelle AS zone_libelle, coalesce(z.difficile, false) AS difficile, z.degre, z.ordre,
    a.communes, a.population, a.valeur, strftime(a.dernier_arrete, '%d/%m/%Y') AS arrete, a.origine,
    concat_ws(' ',
        CASE WHEN a.communes_par_arrete > a.communes_fichier THEN 'zonage_arretes' END,
        CASE WHEN a.communes_fichier > 0 THEN 'zonage_professions' END,
        CASE WHEN a.origine LIKE '%liste%' THEN 'zonage_medecins' END,
        'insee_population_communes'
    ) AS sources,
    upper(left(a.avertissement, 1)) || substr(a.avertissement, 2) || '.' AS avertissement, a.statut
FROM dernieres AS a
JOIN vues.territoires AS t USING (niveau, code)
JOIN reference.professions AS p USING (profession)
LEFT JOIN reference.zones AS z USING (zone)
ORDER BY a.profession, t.rang, a.code, a.valeur DESC NULLS LAST, a.zone
