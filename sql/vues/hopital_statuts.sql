-- Femmes, temps partiel et statuts des médecins hospitaliers salariés, par spécialité et par territoire, {annee}.
-- Grain : specialite, niveau, code
-- Source : atlas.statuts_hospitaliers
-- Vide : Le personnel médical n'est pas connu ici.
-- Note : Médecins, odontologistes et pharmaciens salariés, au 31 décembre. Les statuts ne sont demandés qu'au secteur public, par spécialité jusqu'en 2022, pour l'ensemble depuis : chaque part se rapporte aux ETP dont le statut est connu. « Autres » : contractuels, attachés, associés.
-- Colonnes :
--   specialite_libelle « Spécialité » : nom de la spécialité, ou son code
--   territoire_libelle « Territoire »
--   effectif_salarie « Salariés » n0 [personnes] : salariés
--   part_femmes « Femmes » pct0 [part] : part des femmes parmi les salariés
--   part_femmes_statut : pourquoi elle est vide, ou partielle
--   part_temps_partiel « Temps partiel » pct0 [part] : part des salariés à temps partiel
--   part_temps_partiel_statut : pourquoi elle est vide, ou partielle
--   annee_statuts « Année des statuts » year (vide : sans objet) : dernière année dont les statuts sont connus
--   etp_connus « ETP de statut connu » n0 [ETP] : ETP des sites qui donnent les statuts
--   etp_connus_statut : pourquoi ils sont vides, ou partiels
--   part_hospitaliers « PH et PU-PH » pct0 [part] : praticiens hospitaliers et professeurs des universités - praticiens hospitaliers
--   part_hospitaliers_statut : pourquoi elle est vide, ou partielle
--   part_assistants « Assistants et HU non titulaires » pct0 [part] : assistants et hospitalo-universitaires non titulaires
--   part_assistants_statut : pourquoi elle est vide, ou partielle
--   part_autres « Autres » pct0 [part] : contractuels, attachés, associés
--   part_autres_statut : pourquoi elle est vide, ou partielle
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
    CASE WHEN l.effectif_salarie = 0 THEN 'sans objet' WHEN l.femmes IS NULL THEN 'nd' ELSE l.statut END
        AS part_femmes_statut,
    (l.temps_partiel::DECIMAL(18, 4) / nullif(l.effectif_salarie, 0))::DECIMAL(18, 6) AS part_temps_partiel,
    CASE WHEN l.effectif_salarie = 0 THEN 'sans objet' WHEN l.temps_partiel IS NULL THEN 'nd' ELSE l.statut END
        AS part_temps_partiel_statut,
    s.annee AS annee_statuts, s.etp_connus, coalesce(s.statut, 'sans objet') AS etp_connus_statut,
    ((s.etp_ph + s.etp_pu) / s.etp_connus)::DECIMAL(18, 6) AS part_hospitaliers,
    coalesce(s.statut, 'sans objet') AS part_hospitaliers_statut,
    ((s.etp_as + s.etp_hu) / s.etp_connus)::DECIMAL(18, 6) AS part_assistants,
    coalesce(s.statut, 'sans objet') AS part_assistants_statut,
    (s.etp_autres / s.etp_connus)::DECIMAL(18, 6) AS part_autres,
    coalesce(s.statut, 'sans objet') AS part_autres_statut,
    l.groupe, l.annee, l.specialite, t.territoire, l.niveau, l.code, l.statut, 'sae' AS source
FROM lignes AS l
JOIN vues.territoires AS t USING (niveau, code)
LEFT JOIN statuts AS s USING (specialite, niveau, code)
ORDER BY l.groupe NULLS FIRST, l.specialite, t.rang, l.code
