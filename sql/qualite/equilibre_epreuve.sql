-- Réussite observée des promotions closes, en face de celle que l'équilibre suppose.
-- Grain : diplome, annee, niveau, code
-- Source : carte régionale des formations sanitaires et sociales ; reference.hypotheses
-- Publication : nationale
-- Note : une promotion est close quand plus personne n'y est en formation. Le maintien dans la région, lui, n'a pas d'épreuve : aucune source ouverte ne suit les diplômés.
-- Colonnes :
--   diplome : diplôme préparé (reference.diplomes)
--   annee : année d'entrée de la promotion
--   entrants [personnes] : entrants de la promotion
--   diplomes [personnes] : diplômés de la promotion, en retard compris
--   observee [part, de 0 à 1] : part des entrants diplômés
--   bas [part, de 0 à 1] : réussite supposée, borne basse
--   central [part, de 0 à 1] : réussite supposée, valeur centrale
--   haut [part, de 0 à 1] : réussite supposée, borne haute
--   dedans : la réussite observée est entre les deux bornes
WITH supposee AS (
    SELECT * FROM reference.hypotheses WHERE hypothese = 'reussite'
),
promotions AS (
    SELECT annee, diplome, niveau, code, promotion_entrants, promotion_diplomes
    FROM atlas.formations_regionales
    WHERE niveau = 'region' AND promotion_statut = 'close' AND promotion_entrants > 0 AND promotion_diplomes IS NOT NULL
)
SELECT
    p.annee, p.diplome, p.niveau, p.code, p.promotion_entrants::INTEGER AS entrants,
    p.promotion_diplomes::INTEGER AS diplomes,
    (p.promotion_diplomes::DECIMAL(18, 4) / p.promotion_entrants)::DECIMAL(18, 6) AS observee,
    coalesce(h.bas, o.bas) AS bas, coalesce(h.central, o.central) AS central, coalesce(h.haut, o.haut) AS haut,
    p.promotion_diplomes::DECIMAL(18, 4) / p.promotion_entrants BETWEEN coalesce(h.bas, o.bas)
    AND coalesce(h.haut, o.haut) AS dedans
FROM promotions AS p
JOIN supposee AS o ON o.diplome = ''
LEFT JOIN supposee AS h ON h.diplome = p.diplome
