-- Effectif observé, puis projeté, par profession et par territoire : méthode retenue, intervalle et scénarios.
-- Grain : profession, niveau, code, serie, annee
-- Source : atlas.projections, vues.densites_annuelles, qualite.projections_epreuve
-- Colonnes :
--   serie « Série » : observé, projection centrale, ou scénario
--   annee « Année » year
--   effectif « Effectif » n0 [personnes] : effectif observé ou projeté
--   bas « Borne basse à 95 % » n0 [personnes] (vide : sans objet) : borne basse de l'intervalle à 95 %
--   haut « Borne haute à 95 % » n0 [personnes] (vide : sans objet) : borne haute de l'intervalle à 95 %
--   nature : observé, central ou scénario
--   rang_serie : rang dans la figure
--   annee_depart [année] : dernière année observée, dont part la projection
--   annee_fin [année] : dernière année projetée
--   effectif_depart [personnes] : effectif de l'année de départ
--   effectif_fin [personnes] : effectif projeté de la dernière année
--   bas_fin entre_n0 [personnes] : borne basse de l'intervalle de la dernière année
--   haut_fin [personnes] : borne haute de l'intervalle de la dernière année
--   erreur pct1 [part] : erreur de la méthode, ajustée sur le passé, dans la dernière année observée
--   erreur_annee [année] : année de cette erreur
--   ruptures : ruptures entre la première et la dernière année dont la méthode apprend
--   erreur_de : ce dont c'est l'erreur
WITH retenues AS (
    SELECT p.*, t.territoire, t.territoire_libelle, t.rang
    FROM atlas.projections AS p
    JOIN vues.territoires AS t USING (niveau, code)
    WHERE p.retenue
),
centrales AS (
    SELECT *, 'projection centrale' AS serie, 'central' AS nature, 2 AS rang_serie
    FROM retenues
    WHERE scenario = 'central'
),
scenarios AS (
    SELECT *, scenario AS serie, 'scénario' AS nature, 3 AS rang_serie
    FROM retenues
    WHERE scenario <> 'central'
),
departs AS (
    SELECT * FROM centrales WHERE annee = annee_depart
),
-- The observed series with most years, all modes together, before the year from which the projection starts.
observees AS (
    SELECT o.*
    FROM vues.densites_annuelles AS o
    JOIN departs AS d USING (profession, territoire)
    JOIN vues.series_retenues AS s
        ON s.usage = 'projection' AND s.profession = o.profession AND s.source = o.source
            AND s.mode_exercice = o.mode_exercice AND s.feuille = o.feuille
    WHERE o.specialite = 'ensemble' AND o.annee < d.annee_depart
),
lignes AS (
    SELECT
        profession, territoire, 'observé' AS serie, 'observé' AS nature, 1 AS rang_serie, annee, effectif, NULL AS bas,
        NULL AS haut, source, statut
    FROM observees
    UNION ALL
    SELECT profession, territoire, 'observé', 'observé', 1, annee, effectif, NULL, NULL, source, statut
    FROM departs
    UNION ALL
    SELECT profession, territoire, serie, nature, rang_serie, annee, effectif, bas, haut, source, statut
    FROM centrales
    UNION ALL
    SELECT profession, territoire, serie, nature, rang_serie, annee, effectif, bas, haut, source, statut
    FROM scenarios
),
fins AS (
    SELECT profession, territoire, max(annee) AS annee, max_by(effectif, annee) AS effectif, max_by(bas, annee) AS bas,
        max_by(haut, annee) AS haut
    FROM centrales
    GROUP BY profession, territoire
),
erreurs AS (
    SELECT e.profession, e.methode, e.niveau, e.annee, e.erreur_mediane_absolue
    FROM qualite.projections_epreuve AS e
    JOIN vues.annees_retenues AS a
        ON a.objet = 'qualite.projections_epreuve' AND a.cle = e.profession AND a.annee = e.annee
),
-- Breaks of what is observed, among the years from which the method learns.
traversees AS (
    SELECT d.profession, d.territoire, string_agg(DISTINCT r.annee::VARCHAR, ', ' ORDER BY r.annee::VARCHAR) AS ruptures
    FROM departs AS d
    JOIN (
        SELECT DISTINCT profession, territoire, source FROM lignes WHERE nature = 'observé'
    ) AS s USING (profession, territoire)
    JOIN reference.ruptures AS r
        ON r.source = s.source AND coalesce(r.profession, '') IN ('', d.profession)
            AND r.annee > d.debut_serie AND r.annee <= d.fin_serie
    GROUP BY ALL
)
SELECT
    l.territoire, d.niveau, d.code, d.territoire_libelle, l.profession, p.libelle AS profession_libelle,
    l.serie, l.nature, l.rang_serie, l.annee, l.effectif, l.bas, l.haut, l.source, l.statut,
    d.methode, d.annee_depart, d.effectif AS effectif_depart, f.annee AS annee_fin, f.effectif AS effectif_fin,
    f.bas AS bas_fin, f.haut AS haut_fin, d.debut_serie, d.fin_serie, x.ruptures,
    e.erreur_mediane_absolue AS erreur, e.annee AS erreur_annee,
    CASE WHEN d.niveau = 'france' THEN 'France' ELSE 'erreur médiane des départements' END AS erreur_de
FROM lignes AS l
JOIN departs AS d USING (profession, territoire)
JOIN fins AS f USING (profession, territoire)
LEFT JOIN traversees AS x USING (profession, territoire)
JOIN reference.professions AS p ON p.profession = l.profession
LEFT JOIN erreurs AS e
    ON e.profession = l.profession AND e.methode = d.methode
        AND e.niveau = CASE WHEN d.niveau = 'france' THEN 'france' ELSE 'departement' END
ORDER BY l.profession, d.rang, d.code, l.rang_serie, l.serie, l.annee
