-- Réussite supposée des formations, et celle des promotions closes.
-- Grain : diplome, annee, niveau, code
-- Source : qualite.equilibre_epreuve
-- Vide : Aucune promotion close n'est connue : la réussite supposée n'a pas d'épreuve dans cette édition.
-- Note : Une hypothèse qui laisse la réussite observée hors de ses bornes est à revoir (sql/hypotheses.yml). Le maintien dans la région n'a pas d'épreuve : aucune source ouverte ne suit les diplômés.
-- Colonnes :
--   territoire_libelle « Territoire » : nom du territoire
--   diplome_nom « Diplôme » : nom du diplôme
--   annee « Année d'entrée » year
--   entrants « Entrants » n0 [personnes] : entrants de la promotion
--   diplomes « Diplômés » n0 [personnes] : diplômés de la promotion, en retard compris
--   observee « Réussite observée » pct1 [part] : part des entrants diplômés
--   bas « Réussite supposée » entre_pct1 [part] : borne basse
--   haut [part] : borne haute
--   verdict « Dans ses bornes » : oui ou non
SELECT
    e.niveau, e.code, t.territoire_libelle, e.diplome,
    coalesce(d.libelle_court, e.diplome) AS diplome_nom,
    e.annee, e.entrants, e.diplomes, e.observee, e.bas, e.haut, CASE WHEN e.dedans THEN 'oui' ELSE 'non' END AS verdict,
    e.dedans, 'formations_sanitaires' AS source
FROM qualite.equilibre_epreuve AS e
JOIN vues.territoires AS t USING (niveau, code)
LEFT JOIN reference.diplomes AS d USING (diplome)
ORDER BY e.diplome, e.annee, e.niveau, e.code
