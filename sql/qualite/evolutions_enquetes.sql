-- Réponses qui changent trop d'une campagne d'enquête à la suivante : à confirmer par l'établissement.
-- Grain : enquete, annee, repondant, question, modalite
-- Source : enquêtes de l'agence
-- Publication : region
-- Note : le questionnaire dit quelle évolution est plausible ; une baisse s'y lit comme une hausse, par le rapport des deux nombres (un doublement vaut une division par deux). Un écart de moins de cinq unités n'est pas signalé. La réponse est gardée.
-- Colonnes :
--   enquete : enquête, au catalogue de l'atlas
--   annee [année] : année décrite par la campagne
--   question : question (reference.questions)
--   modalite : ligne du tableau ; ensemble hors tableau
--   valeur : nombre répondu
--   valeur_precedente : nombre répondu à la campagne précédente
--   evolution [part] : (valeur − valeur précédente) / valeur précédente
--   evolution_max [part] : plus grande évolution plausible : à la hausse, (1 + elle) fois la valeur précédente ; à la baisse, la valeur précédente divisée par autant
WITH reponses AS (
    SELECT * FROM core.enquete_reponses
    WHERE valeur IS NOT NULL
    QUALIFY millesime = max(millesime) OVER (PARTITION BY enquete, annee)
)
SELECT
    r.enquete, r.annee, r.repondant, r.departement, r.region, r.region_ght, r.question, r.modalite,
    r.valeur, p.valeur AS valeur_precedente,
    ((r.valeur - p.valeur) / p.valeur)::DECIMAL(18, 4) AS evolution, q.evolution_max
FROM reponses AS r
JOIN reponses AS p
    ON p.enquete = r.enquete AND p.annee = r.annee - 1 AND p.repondant = r.repondant
    AND p.question = r.question AND p.modalite = r.modalite
JOIN reference.questions AS q
    ON q.enquete = r.enquete AND q.annee = r.annee AND q.question = r.question AND q.modalite = r.modalite
WHERE q.evolution_max IS NOT NULL AND p.valeur <> 0 AND abs(r.valeur - p.valeur) >= 5
    AND greatest(r.valeur, p.valeur) > (1 + q.evolution_max) * least(r.valeur, p.valeur)
