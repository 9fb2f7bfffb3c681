-- Personnel médical de chaque établissement par spécialité : les lignes du bordereau Q20, leur total compris (M9999).
-- Grain : millesime, finess, specialite
-- Source : SAE (DREES), bordereau Q20
-- Publication : interne
-- Note : une case vide vaut zéro. Une spécialité sans ligne vaut zéro où la ligne de total (M9999) existe : elle est dans reference.specialites, pas ici.
-- Colonnes :
--   specialite : code PERSO de la SAE
--   effectif_salarie [personnes] : salariés, au 31 décembre
--   etp_salarie [ETP] : salariés, équivalents temps plein moyens annuels rémunérés
--   effectif_liberal [personnes] : libéraux, au 31 décembre
SELECT
    annee, millesime, revision, finess, perso AS specialite,
    coalesce(EFFSAL, 0)::INTEGER AS effectif_salarie,
    coalesce(ETPSAL, 0)::DECIMAL(18, 2) AS etp_salarie,
    coalesce(EFFLIB, 0)::INTEGER AS effectif_liberal
FROM staging.sae_q20
