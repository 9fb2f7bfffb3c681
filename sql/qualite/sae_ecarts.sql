-- Établissements dont SYGEN diffère de son recalcul depuis les bordereaux : une ligne par composante et son écart.
-- Grain : millesime, finess, variable
-- Source : SAE (DREES), SYGEN et bordereaux Q20, Q21, Q22, Q24
-- Publication : region
-- Note : en 2022, les deux fichiers sont cohérents chacun de son côté : deux états de l'édition. EFF_INT 2022 est vide dans SYGEN dès que l'un de ses trois termes l'est.
-- Colonnes :
--   bordereau : bordereau d'où vient le recalcul
--   valeur_sygen : valeur publiée dans SYGEN
--   valeur_recalculee : valeur recalculée depuis le bordereau
--   ecart : valeur de SYGEN moins valeur recalculée
SELECT r.millesime, r.finess, e.raison_sociale, e.departement, e.region, e.region_ght, r.variable, r.bordereau,
    r.valeur_sygen, r.valeur_recalculee, r.ecart
FROM qualite.sae_recalculs AS r
LEFT JOIN fiches.etablissements AS e ON e.millesime = r.millesime AND e.finess = r.finess
WHERE r.ecart <> 0
