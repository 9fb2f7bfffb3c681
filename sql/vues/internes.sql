-- Internes et docteurs juniors des établissements de santé, par discipline, {annee}.
-- Grain : discipline, niveau, code
-- Source : atlas.internes_hospitaliers
-- Vide : Le bordereau des internes n'est pas connu ici.
-- Note : Effectifs au 31 décembre, dans les établissements seulement. Les docteurs juniors sont comptés à part.
-- Colonnes :
--   discipline_libelle « Discipline » : discipline des internes
--   territoire_libelle « Territoire »
--   internes « Internes » n0 [personnes] : internes
--   docteurs_juniors « Docteurs juniors » n0 [personnes] : docteurs juniors
--   docteurs_juniors_statut : pourquoi ils sont vides, ou partiels
SELECT
    d.libelle AS discipline_libelle, t.territoire_libelle, i.internes, i.docteurs_juniors,
    CASE WHEN i.docteurs_juniors IS NULL THEN 'sans objet' ELSE i.statut END AS docteurs_juniors_statut,
    i.annee, i.discipline, t.territoire, i.niveau, i.code, i.statut, 'sae' AS source
FROM atlas.internes_hospitaliers AS i
JOIN vues.annees_retenues AS a ON a.objet = 'atlas.internes_hospitaliers' AND a.annee = i.annee
JOIN vues.territoires AS t USING (niveau, code)
JOIN reference.disciplines_internes AS d USING (discipline)
ORDER BY d.ordre, t.rang, i.code
