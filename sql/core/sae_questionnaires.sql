-- Questionnaires de la SAE remplis par chaque établissement : la ligne de total y est-elle ?
-- Grain : millesime, finess, bordereau
-- Source : SAE, lignes de total de Q20 (M9999), Q21 et Q24 (9999), Q22 ; total de Q23 d'après SYGEN
-- Publication : etablissement
-- Note : dit si une case vide vaut zéro (questionnaire rempli) ou non-réponse.
-- Colonnes :
--   bordereau : bordereau de la SAE
SELECT millesime, finess, 'Q20' AS bordereau FROM staging.sae_q20 WHERE perso = 'M9999'
UNION ALL
SELECT millesime, finess, 'Q21' FROM staging.sae_q21 WHERE disci = '9999'
UNION ALL
SELECT millesime, finess, 'Q22' FROM staging.sae_q22
UNION ALL
SELECT millesime, finess, 'Q23' FROM staging.sae_sygen WHERE EFF_TOT_PNM IS NOT NULL
UNION ALL
SELECT millesime, finess, 'Q24' FROM staging.sae_q24 WHERE disci = '9999'
