-- Ruptures de série de la SAE que l'évolution des fiches peut traverser : celles des trois dernières années.
-- Grain : annee, rupture
-- Source : reference.ruptures
-- Publication : interne
SELECT r.annee, r.rupture, r.effet
FROM reference.ruptures AS r
JOIN vues.annees_retenues AS a ON a.objet = 'fiches.etablissements' AND r.annee >= a.annee - 3
WHERE r.source = 'sae'
ORDER BY r.annee, r.rupture
