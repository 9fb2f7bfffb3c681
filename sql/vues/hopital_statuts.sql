-- Femmes, temps partiel et statuts des médecins hospitaliers salariés, par spécialité et par territoire, {annee}.
-- Grain : specialite, niveau, code
-- Source : atlas.statuts_hospitaliers
-- Vide : Le personnel médical n'est pas connu ici.
-- Note : Médecins, odontologistes et pharmaciens salariés, au 31 décembre. Les statuts ne sont demandés qu'au secteur public, par spécialité jusqu'en 2022, pour l'ensemble depuis : chaque part se rapporte aux ETP dont le statut est connu. « Autres » : contractuels, attachés, associés.
-- Colonnes :
--   specialite_libelle « Spécialité » : nom de la spécialité, ou son code
--   territoire_libelle « Territoire »
--   effectif_salarie « Salariés » n0 [personnes] : salariés
--   part_femmes « Femmes » pct0 [part] (vide : sans objet) : part des femmes parmi les salariés
--   part_temps_partiel « Temps partiel » pct0 [part] (vide : sans objet) : part des salariés à temps partiel
--   annee_statuts « Année des statuts » year (vide : sans objet) : dernière année dont les statuts sont connus
--   etp_connus « ETP de statut connu » n0 [ETP] (vide : sans objet) : ETP des sites qui donnent les statuts
--   part_hospitaliers « PH et PU-PH » pct0 [part] (vide : sans objet) : praticiens hospitaliers et professeurs des universités - praticiens hospitaliers
--   part_assistants « Assistants et HU non titulaires » pct0 [part] (vide : sans objet) : assistants et hospitalo-universitaires non titulaires
--   part_autres « Autres » pct0 [part] (vide : sans objet) : contractuels, attachés, associés
--   groupe : groupe de spécialités, tel que dans les variables de la SAE ; vide pour l'ensemble
WITH lignes AS (
    SELECT *
    FROM atlas.statuts_hospitaliers
    WHERE annee = (SELECT annee FROM vues.annees_retenues WHERE objet = 'atlas.statuts_hospitaliers')
),
statuts AS (
    SELECT *
    FROM atlas.statuts_hospitaliers
    WHERE etp_connus > 0
    QUALIFY row_number() OVER (PARTITION BY specialite, niveau, code ORDER BY annee DESC) = 1
)
SELECT
    CASE WHEN l.specialite = 'ensemble' THEN 'Ensemble' ELSE coalesce(l.libelle, 'Code ' || l.specialite) END
        AS specialite_libelle,
    t.territoire_libelle, l.effectif_salarie,
    (l.femmes::DECIMAL(18, 4) / nullif(l.effectif_salarie, 0))::DECIMAL(18, 6) AS part_femmes,
    (l.temps_partiel::DECIMAL(18, 4) / nullif(l.effectif_salarie, 0))::DECIMAL(18, 6) AS part_temps_partiel,
    s.annee AS annee_statuts, s.etp_connus,
    ((s.etp_ph + s.etp_pu) / s.etp_connus)::DECIMAL(18, 6) AS part_hospitaliers,
    ((s.etp_as + s.etp_hu) / s.etp_connus)::DECIMAL(18, 6) AS part_assistants,
    (s.etp_autres / s.etp_connus)::DECIMAL(18, 6) AS part_autres,
    l.groupe, l.annee, l.specialite, t.territoire, l.niveau, l.code, l.statut, 'sae' AS source
FROM lignes AS l
JOIN vues.territoires AS t USING (niveau, code)
LEFT JOIN statuts AS s USING (specialite, niveau, code)
ORDER BY l.groupe NULLS FIRST, l.specialite, t.rang, l.code
