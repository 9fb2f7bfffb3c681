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
--   methode : méthode retenue, en mots
--   erreur pct1 [part] : erreur médiane, sans son signe, de ce qui aurait été publié dans le passé
--   erreur_horizon [années] : horizon de cette erreur, le plus lointain qui soit éprouvé de trois origines
--   erreur_couverture pct0 [part] : part de ce qui est arrivé qui était dans l'intervalle
--   premiere_origine [année] : première année d'où l'on a prédit
--   derniere_origine [année] : dernière année d'où l'on a prédit
--   appris : années dont la méthode apprend, en mots
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
        max_by(haut, annee) AS haut, max_by(effectif_seul, annee) AS seul
    FROM centrales
    GROUP BY profession, territoire
),
-- What would have been published, at the furthest horizon whose coverage could be measured.
erreurs AS (
    SELECT profession, niveau, horizon, erreur_mediane_absolue, couverture, premiere_origine, derniere_origine
    FROM qualite.projections_epreuve
    WHERE methode = 'publiée' AND couverture IS NOT NULL
    QUALIFY horizon = max(horizon) OVER (PARTITION BY profession, niveau)
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
    coalesce(m.libelle, d.methode)
        || CASE WHEN abs(f.effectif - f.seul) >= 1 THEN ', puis accord avec la région et la France' ELSE '' END
        AS methode,
    d.annee_depart, d.effectif AS effectif_depart,
    f.annee AS annee_fin, f.effectif AS effectif_fin, f.bas AS bas_fin, f.haut AS haut_fin,
    d.debut_serie, d.fin_serie, x.ruptures,
    if(d.debut_serie = d.fin_serie, 'en ' || d.fin_serie, 'de ' || d.debut_serie || ' à ' || d.fin_serie) AS appris,
    e.erreur_mediane_absolue AS erreur, e.horizon AS erreur_horizon, e.couverture AS erreur_couverture,
    e.premiere_origine, e.derniere_origine,
    CASE d.niveau
        WHEN 'france' THEN 'France'
        WHEN 'region' THEN 'erreur médiane des régions'
        ELSE 'erreur médiane des départements'
    END AS erreur_de
FROM lignes AS l
JOIN departs AS d USING (profession, territoire)
JOIN fins AS f USING (profession, territoire)
LEFT JOIN traversees AS x USING (profession, territoire)
JOIN reference.professions AS p ON p.profession = l.profession
LEFT JOIN erreurs AS e ON e.profession = l.profession AND e.niveau = d.niveau
LEFT JOIN reference.codes AS m ON m.liste = 'methode' AND m.code = d.methode
ORDER BY l.profession, d.rang, d.code, l.rang_serie, l.serie, l.annee
