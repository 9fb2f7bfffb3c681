-- Personnel médical de chaque établissement par spécialité : les lignes du bordereau Q20, leur total compris (M9999).
-- Grain : millesime, finess, specialite
-- Source : SAE (DREES), bordereau Q20
-- Publication : interne
-- Note : une case vide vaut zéro. Une case que les contrôles ont vidée n'est pas connue. Une spécialité sans ligne vaut zéro où la ligne de total (M9999) existe : elle est dans reference.specialites, pas ici.
-- Colonnes :
--   specialite : code PERSO de la SAE
--   effectif_salarie [personnes] : salariés, au 31 décembre
--   etp_salarie [ETP] : salariés, équivalents temps plein moyens annuels rémunérés
--   effectif_liberal [personnes] : libéraux, au 31 décembre
WITH videes AS (
    SELECT millesime, fichier, ligne, list(colonne ORDER BY colonne) AS colonnes
    FROM core.cellules_ecartees
    WHERE source = 'sae' AND table_source = 'q20'
    GROUP BY ALL
)
SELECT
    q.annee, q.millesime, q.revision, q.finess, q.perso AS specialite,
    coalesce(q.EFFSAL, zero_implicite(v.colonnes, 'EFFSAL'))::INTEGER AS effectif_salarie,
    coalesce(q.ETPSAL, zero_implicite(v.colonnes, 'ETPSAL'))::DECIMAL(18, 2) AS etp_salarie,
    coalesce(q.EFFLIB, zero_implicite(v.colonnes, 'EFFLIB'))::INTEGER AS effectif_liberal
FROM staging.sae_q20 AS q
LEFT JOIN videes AS v ON v.millesime = q.millesime AND v.fichier = q._fichier AND v.ligne = q._ligne
