-- Salariés du secteur privé de la santé et du social, par secteur, {annee}.
-- Grain : secteur_ape, niveau, code
-- Source : atlas.salaries_prives, reference.secteurs_ape
-- Non reçu : Les effectifs salariés par commune et activité n'ont pas été reçus de l'Urssaf.
-- Note : Secteur privé, associations comprises : ni la fonction publique hospitalière ou territoriale, ni les particuliers employeurs n'y sont. Un établissement compte pour son activité principale.
-- Colonnes :
--   secteur_ape_libelle « Secteur » : nom du secteur
--   territoire_libelle « Territoire »
--   effectif « Salariés » n0 [personnes] : salariés au 31 décembre
--   etablissements « Établissements employeurs » n0 [établissements] : établissements employeurs
--   etablissements_statut : pourquoi ce nombre est vide, ou partiel
--   evolution « Évolution par an » signed1 [part] (vide : nd) : évolution annuelle moyenne des salariés depuis la première année connue
--   depuis « Depuis » year [année] (vide : nd) : première année connue
--   domaine : santé, ou social
WITH suivies AS (
    SELECT s.*, a.annee AS derniere
    FROM atlas.salaries_prives AS s
    JOIN vues.annees_retenues AS a ON a.objet = 'atlas.salaries_prives' AND a.annee >= s.annee
),
premieres AS (
    SELECT secteur_ape, niveau, code, min(annee) AS annee, arg_min(effectif, annee) AS effectif
    FROM suivies
    WHERE annee < derniere AND effectif > 0 AND statut = 'calculé'
    GROUP BY ALL
),
secteurs AS (
    SELECT DISTINCT secteur_ape, secteur_ape_libelle, domaine, ordre FROM reference.secteurs_ape
)
SELECT
    r.secteur_ape_libelle, t.territoire_libelle, s.effectif, s.etablissements,
    CASE WHEN s.effectif > 0 AND s.statut = 'calculé'
        THEN (pow(s.effectif::DOUBLE / p.effectif, 1.0 / (s.annee - p.annee)) - 1)::DECIMAL(18, 6) END AS evolution,
    CASE WHEN s.effectif > 0 AND s.statut = 'calculé' THEN p.annee END AS depuis,
    s.annee, r.domaine, s.secteur_ape, t.territoire, s.niveau, s.code,
    s.etablissements_statut, s.statut, 'urssaf_effectifs' AS source
FROM suivies AS s
JOIN vues.territoires AS t USING (niveau, code)
JOIN secteurs AS r USING (secteur_ape)
LEFT JOIN premieres AS p ON p.secteur_ape = s.secteur_ape AND p.niveau = s.niveau AND p.code = s.code
WHERE s.annee = s.derniere
ORDER BY r.ordre, t.rang, s.code
