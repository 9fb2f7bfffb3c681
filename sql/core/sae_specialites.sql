-- Personnel médical de chaque établissement par spécialité, avec le sexe, le temps partiel et les statuts : les lignes du bordereau Q20, leur total compris (M9999).
-- Grain : millesime, finess, specialite
-- Source : SAE (DREES), bordereau Q20
-- Publication : interne
-- Note : une case vide vaut zéro. Une case que les contrôles ont vidée n'est pas connue. Une spécialité sans ligne vaut zéro où la ligne de total (M9999) existe : elle est dans reference.specialites, pas ici.
-- Colonnes :
--   specialite : code PERSO de la SAE
--   effectif_salarie [personnes] : salariés, au 31 décembre
--   etp_salarie [ETP] : salariés, équivalents temps plein moyens annuels rémunérés
--   effectif_liberal [personnes] : libéraux, au 31 décembre
--   femmes [personnes] : dont salariées
--   temps_partiel [personnes] : dont salariés à temps partiel
--   statuts_donnes : le site donne les statuts à ce niveau : dans ses lignes de spécialités, ou dans sa ligne de total ; le bordereau ne les demande pas au secteur privé, et depuis 2023 ne les demande que pour le total
--   etp_pu [ETP] : professeurs des universités - praticiens hospitaliers
--   etp_ph [ETP] : praticiens hospitaliers
--   etp_as [ETP] : assistants
--   etp_hu [ETP] : hospitalo-universitaires non titulaires
WITH videes AS (
    SELECT millesime, fichier, ligne, list(colonne ORDER BY colonne) AS colonnes
    FROM core.cellules_ecartees
    WHERE source = 'sae' AND table_source = 'q20'
    GROUP BY ALL
),
lignes AS (
    SELECT
        q.*, v.colonnes,
        coalesce(bool_or(coalesce(q.ETP_PU, q.ETP_PH, q.ETP_AS, q.ETP_HU) IS NOT NULL) OVER (
            PARTITION BY q.millesime, q.finess, q.perso = 'M9999'
        ), false) AS statuts_donnes
    FROM staging.sae_q20 AS q
    LEFT JOIN videes AS v ON v.millesime = q.millesime AND v.fichier = q._fichier AND v.ligne = q._ligne
)
SELECT
    q.annee, q.millesime, q.revision, q.finess, q.perso AS specialite,
    coalesce(q.EFFSAL, zero_implicite(q.colonnes, 'EFFSAL'))::INTEGER AS effectif_salarie,
    coalesce(q.ETPSAL, zero_implicite(q.colonnes, 'ETPSAL'))::DECIMAL(18, 2) AS etp_salarie,
    coalesce(q.EFFLIB, zero_implicite(q.colonnes, 'EFFLIB'))::INTEGER AS effectif_liberal,
    (coalesce(q.EFFSALPLF, zero_implicite(q.colonnes, 'EFFSALPLF'))
        + coalesce(q.EFFSALPAF, zero_implicite(q.colonnes, 'EFFSALPAF')))::INTEGER AS femmes,
    (coalesce(q.EFFSALPAH, zero_implicite(q.colonnes, 'EFFSALPAH'))
        + coalesce(q.EFFSALPAF, zero_implicite(q.colonnes, 'EFFSALPAF')))::INTEGER AS temps_partiel,
    q.statuts_donnes,
    CASE WHEN q.statuts_donnes THEN coalesce(q.ETP_PU, zero_implicite(q.colonnes, 'ETP_PU')) END::DECIMAL(18, 2)
        AS etp_pu,
    CASE WHEN q.statuts_donnes THEN coalesce(q.ETP_PH, zero_implicite(q.colonnes, 'ETP_PH')) END::DECIMAL(18, 2)
        AS etp_ph,
    CASE WHEN q.statuts_donnes THEN coalesce(q.ETP_AS, zero_implicite(q.colonnes, 'ETP_AS')) END::DECIMAL(18, 2)
        AS etp_as,
    CASE WHEN q.statuts_donnes THEN coalesce(q.ETP_HU, zero_implicite(q.colonnes, 'ETP_HU')) END::DECIMAL(18, 2)
        AS etp_hu
FROM lignes AS q
