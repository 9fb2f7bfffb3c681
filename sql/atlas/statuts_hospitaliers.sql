-- Femmes, temps partiel et statuts des médecins, odontologistes et pharmaciens salariés des établissements, par spécialité et par territoire.
-- Grain : annee, niveau, code, specialite
-- Source : SAE (DREES), bordereau Q20
-- Publication : territoire
-- Note : sommes des sites du territoire. Les statuts ne sont demandés qu'au secteur public ; par spécialité jusqu'en 2022, pour l'ensemble seulement depuis 2023. « Autres » est ce qui reste des ETP des sites qui donnent leurs statuts : contractuels, attachés, associés. Une part se rapporte à ces ETP-là (`etp_connus`), jamais à tous les ETP. Un site qui n'a rempli que des statuts contractuels n'y entre pas.
-- Colonnes :
--   specialite : code PERSO de la SAE ; ensemble pour toutes
--   libelle : libellé de la spécialité, où il est établi
--   groupe : suffixe des variables de SYGEN qui comptent la spécialité ; vide pour l'ensemble
--   effectif_salarie [personnes] : salariés, au 31 décembre
--   femmes [personnes] : dont femmes
--   temps_partiel [personnes] : dont salariés à temps partiel
--   etp_salarie [ETP] : salariés, équivalents temps plein moyens annuels rémunérés
--   etp_connus [ETP] : dont ceux des sites qui donnent les statuts ; vide si aucun ne les donne
--   etp_pu [ETP] : professeurs des universités - praticiens hospitaliers
--   etp_ph [ETP] : praticiens hospitaliers
--   etp_as [ETP] : assistants
--   etp_hu [ETP] : hospitalo-universitaires non titulaires
--   etp_autres [ETP] : autres statuts : ce qui reste de `etp_connus`
--   statut : celui des salariés de la ligne
--   sites : nombre de sites du territoire
--   sites_repondants : sites qui ont rempli le bordereau ; une spécialité qu'ils n'y ont pas vaut zéro
WITH territoires AS (
    SELECT n.millesime, n.niveau, n.code, count(*)::INTEGER AS sites, count(q.finess)::INTEGER AS sites_repondants
    FROM fiches.etablissements_niveaux AS n
    LEFT JOIN core.sae_specialites AS q
        ON q.millesime = n.millesime AND q.finess = n.finess AND q.specialite = 'M9999'
    GROUP BY n.millesime, n.niveau, n.code
),
specialites AS (
    SELECT DISTINCT
        q.annee, q.millesime, q.revision, q.specialite AS perso,
        CASE WHEN q.specialite = 'M9999' THEN 'ensemble' ELSE q.specialite END AS specialite, s.libelle, s.groupe
    FROM core.sae_specialites AS q
    JOIN reference.specialites AS s USING (specialite)
    WHERE s.groupe IS NOT NULL OR q.specialite = 'M9999'
),
lignes AS (
    SELECT *, CASE WHEN NOT statuts_donnes THEN 'sans objet' END AS donnes FROM core.sae_specialites
),
sommes AS (
    SELECT
        q.millesime, r.niveau, r.code, q.specialite AS perso,
        sum(q.effectif_salarie)::INTEGER AS effectif_salarie, sum(q.femmes)::INTEGER AS femmes,
        sum(q.temps_partiel)::INTEGER AS temps_partiel, sum(q.etp_salarie)::DECIMAL(18, 2) AS etp_salarie,
        (sum(q.etp_salarie) FILTER (q.statuts_donnes))::DECIMAL(18, 2) AS etp_connus,
        sum(q.etp_pu)::DECIMAL(18, 2) AS etp_pu, sum(q.etp_ph)::DECIMAL(18, 2) AS etp_ph,
        sum(q.etp_as)::DECIMAL(18, 2) AS etp_as, sum(q.etp_hu)::DECIMAL(18, 2) AS etp_hu,
        statut_ligne([
            statut_somme(q.effectif_salarie), statut_somme(q.femmes), statut_somme(q.temps_partiel),
            statut_somme(q.etp_salarie)
        ]) AS statut,
        [
            statut_somme(q.etp_pu, q.donnes), statut_somme(q.etp_ph, q.donnes), statut_somme(q.etp_as, q.donnes),
            statut_somme(q.etp_hu, q.donnes)
        ] AS statuts
    FROM lignes AS q
    JOIN fiches.etablissements_niveaux AS r USING (millesime, finess)
    GROUP BY q.millesime, r.niveau, r.code, q.specialite
),
-- A status of which one site's cell was set aside is not known: it would not add up.
entieres AS (
    SELECT * REPLACE (
        CASE WHEN entier THEN etp_pu END AS etp_pu, CASE WHEN entier THEN etp_ph END AS etp_ph,
        CASE WHEN entier THEN etp_as END AS etp_as, CASE WHEN entier THEN etp_hu END AS etp_hu,
        CASE WHEN entier THEN etp_connus END AS etp_connus
    )
    FROM (SELECT *, NOT list_has_any(statuts, ['partiel', 'nd']) AS entier FROM sommes)
)
SELECT
    p.annee, p.millesime, p.revision, t.niveau, t.code, p.specialite, p.libelle, p.groupe,
    CASE WHEN t.sites_repondants > 0 AND s.code IS NULL THEN 0 ELSE s.effectif_salarie END AS effectif_salarie,
    CASE WHEN t.sites_repondants > 0 AND s.code IS NULL THEN 0 ELSE s.femmes END AS femmes,
    CASE WHEN t.sites_repondants > 0 AND s.code IS NULL THEN 0 ELSE s.temps_partiel END AS temps_partiel,
    CASE WHEN t.sites_repondants > 0 AND s.code IS NULL THEN 0 ELSE s.etp_salarie END AS etp_salarie,
    s.etp_connus, s.etp_pu, s.etp_ph, s.etp_as, s.etp_hu,
    (s.etp_connus - s.etp_pu - s.etp_ph - s.etp_as - s.etp_hu)::DECIMAL(18, 2) AS etp_autres,
    CASE
        WHEN t.sites_repondants = 0 THEN 'non-réponse'
        WHEN t.sites_repondants < t.sites THEN 'partiel'
        ELSE coalesce(s.statut, 'calculé')
    END AS statut,
    t.sites, t.sites_repondants
FROM territoires AS t
JOIN specialites AS p USING (millesime)
LEFT JOIN entieres AS s
    ON s.millesime = t.millesime AND s.niveau = t.niveau AND s.code = t.code AND s.perso = p.perso
