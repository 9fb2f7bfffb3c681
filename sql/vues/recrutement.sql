-- Projets de recrutement et part jugée difficile par métier et par territoire, enquête BMO {annee}.
-- Grain : fap, niveau, code
-- Source : atlas.recrutement
-- Note : La couverture est la part des cases de l'enquête que le secret laisse voir : sous 100 %, les projets sont un minimum. [Lire BMO](pages/recrutement.html).
-- Vide : L'enquête Besoins en main-d'œuvre n'a pas de ligne ici.
-- Colonnes :
--   libelle « Métier » : famille professionnelle
--   territoire_libelle « Territoire »
--   projets « Projets » n0 [projets] : projets de recrutement
--   projets_statut : pourquoi le nombre de projets est vide, ou partiel
--   couverture_projets « Couverture des projets » pct0 [part] : part des cases des projets que le secret laisse voir
--   difficile « Jugés difficiles » pct0 [part] : part des projets jugés difficiles
--   difficile_statut : pourquoi cette part est vide
--   couverture « Couverture » pct0 [part] : part des cases que le secret laisse voir
--   france « Jugés difficiles, France » pct0 [part] : part jugée difficile en France
WITH bmo AS (
    SELECT *
    FROM atlas.recrutement
    WHERE source = 'bmo'
        AND annee = (SELECT annee FROM vues.annees_retenues WHERE objet = 'atlas.recrutement' AND cle = 'bmo')
),
difficiles AS (
    SELECT * FROM bmo WHERE indicateur = 'part_difficile'
)
SELECT
    t.territoire, p.niveau, p.code, t.territoire_libelle, p.annee, p.nomenclature, p.fap, p.libelle,
    p.valeur AS projets,
    p.statut AS projets_statut, p.couverture AS couverture_projets,
    d.valeur AS difficile, coalesce(d.statut, 'nd') AS difficile_statut, d.numerateur, d.denominateur, d.couverture,
    f.valeur AS france, p.source, p.statut, CASE WHEN p.niveau = 'departement' THEN t.adresse END AS lien
FROM bmo AS p
JOIN vues.territoires AS t USING (niveau, code)
LEFT JOIN difficiles AS d USING (fap, niveau, code)
LEFT JOIN difficiles AS f ON f.fap = p.fap AND f.niveau = 'france'
WHERE p.indicateur = 'projets'
ORDER BY p.libelle, p.fap, t.rang, p.code
