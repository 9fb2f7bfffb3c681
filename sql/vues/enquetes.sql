-- Réponses de la région aux autres enquêtes de l'agence, dernière année de chacune.
-- Grain : enquete, question, modalite, choix
-- Source : atlas.enquetes, reference.questions
-- Colonnes :
--   libelle « Question » : question
--   modalite_libelle « Pour » text (vide : rien) : ce pour quoi la question est posée
--   choix « Réponse » text (vide : rien) : réponse choisie
--   valeur « Valeur » n0 : valeur
--   unite « Unité » : unité de la valeur
--   section_titre : titre de la partie du questionnaire
--   repondants n0 : établissements qui ont répondu
--   attendus n0 : établissements interrogés
--   ordre : rang de la question
SELECT
    q.libelle, q.modalite_libelle, e.choix, e.valeur, e.unite, e.enquete, e.annee, q.section, q.section_titre,
    e.question, e.modalite, e.repondants, e.attendus, q.ordre, e.statut
FROM atlas.enquetes AS e
JOIN reference.questions AS q USING (enquete, annee, question, modalite)
JOIN vues.annees_retenues AS a ON a.objet = 'atlas.enquetes' AND a.cle = e.enquete AND a.annee = e.annee
WHERE e.enquete NOT IN ('enquete_rh', 'enquete_esms') AND e.niveau = 'region'
    AND e.code = (SELECT region FROM vues.publication)
ORDER BY e.enquete, q.ordre, e.choix
