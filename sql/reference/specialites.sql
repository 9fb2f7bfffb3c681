-- Spécialités du personnel médical hospitalier : codes PERSO du bordereau Q20 et groupe de SYGEN auquel chacun se rattache.
-- Grain : specialite
-- Source : SAE, bordereau Q20 ; groupes d'après les formules vérifiées sur 2022 et 2023
-- Publication : nationale
-- Note : les extraits n'ont pas de libellés ; seuls ceux que les formules de SYGEN établissent sont donnés.
-- Colonnes :
--   specialite : code PERSO de la SAE
--   groupe : suffixe des variables de SYGEN (SPEMED, SPECHI, PSY …) ; vide pour un total
--   dont : variable « dont » de SYGEN qui compte aussi cette spécialité
--   libelle : libellé, où il est établi
WITH codes AS (
    SELECT DISTINCT perso AS specialite FROM staging.sae_q20
)
SELECT
    specialite,
    CASE
        WHEN specialite = 'M9999' THEN NULL
        WHEN specialite IN ('M1000', 'M2000', 'M3000') THEN NULL
        WHEN specialite LIKE 'M1%' THEN 'SPEMED'
        WHEN specialite LIKE 'M2%' THEN 'SPECHI'
        WHEN specialite = 'M3020' THEN 'PSY'
        WHEN specialite = 'M3030' THEN 'ODON'
        WHEN specialite IN ('M3012', 'M3050') THEN 'PHARMA'
        WHEN specialite IN ('M3011', 'M3040', 'M3060', 'M3070') THEN 'AUT'
    END AS groupe,
    CASE
        WHEN specialite = 'M1010' THEN 'DT_MEDGEN'
        WHEN specialite = 'M1340' THEN 'DT_URG'
        WHEN specialite IN ('M1030', 'M1031') THEN 'DT_ANESTREA'
        WHEN specialite = 'M2050' THEN 'DT_GYNOBS'
    END AS dont,
    CASE specialite
        WHEN 'M9999' THEN 'Ensemble'
        WHEN 'M1010' THEN 'Médecine générale'
        WHEN 'M1340' THEN 'Médecine d''urgence'
        WHEN 'M2050' THEN 'Gynécologie-obstétrique'
        WHEN 'M3020' THEN 'Psychiatrie'
        WHEN 'M3030' THEN 'Odontologie'
    END AS libelle
FROM codes
