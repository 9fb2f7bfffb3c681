-- Personnels des établissements de santé par territoire, {annee}.
-- Grain : variable, niveau, code
-- Source : atlas.hospitaliers, atlas.evolutions_hospitalieres, reference.seuils
-- Vide : Aucun établissement de santé n'a répondu à la SAE sur ce territoire.
-- Note : Effectifs au 31 décembre ; ETP moyens annuels rémunérés. Une évolution n'est donnée que si aucun des sites présents les deux années n'a manqué de répondre l'une d'elles ; celle d'un territoire comprend les sites qui y ont ouvert ou fermé. Sous vingt, une évolution se lit en nombre, sans pourcentage.
-- Colonnes :
--   libelle « Personnels » : personnels comptés
--   mesure « Mesure »
--   avant « {annee_avant} » n0 : valeur de l'année précédente
--   avant_statut : pourquoi elle est vide
--   valeur « {annee} » n0 : valeur de l'année
--   evolution « Évolution {annee_avant}-{annee} » signed1 [part] : évolution, rapportée à l'année précédente
--   evolution_statut : pourquoi elle est vide
--   reponse « Sites répondants » : sites qui ont répondu, parmi tous ; puis l'année précédente
--   motif « Pourquoi l'évolution manque » text (vide : rien) : pourquoi l'évolution manque
--   annee_avant [année] : année précédente
SELECT
    t.territoire, h.niveau, h.code, t.territoire_libelle, h.annee, h.annee - 1 AS annee_avant, h.variable, v.libelle,
    v.mesure,
    e.valeur_precedente AS avant, e.statut_precedent AS avant_statut, h.valeur, h.statut, h.sites, h.sites_repondants,
    CASE WHEN e.valeur_precedente >= s.valeur THEN e.evolution_relative END AS evolution,
    CASE
        WHEN e.valeur_precedente >= s.valeur AND e.evolution_relative IS NOT NULL THEN 'calculé'
        WHEN e.motif IS NOT NULL OR e.valeur_precedente IS NULL THEN 'nd'
        ELSE 'sans objet'
    END AS evolution_statut,
    h.sites_repondants || ' sur ' || h.sites
        || CASE
            WHEN e.sites_precedents IS NOT NULL
                THEN ' ; en ' || (h.annee - 1) || ', ' || e.sites_repondants_precedents || ' sur ' || e.sites_precedents
            ELSE ''
        END AS reponse,
    CASE
        WHEN e.motif IS NOT NULL THEN replace(e.motif, '''', '’')
        WHEN e.valeur_precedente < s.valeur THEN 'base trop petite en ' || (h.annee - 1) || ' : se lit en nombre'
    END AS motif,
    'sae' AS source
FROM atlas.hospitaliers AS h
JOIN vues.territoires AS t USING (niveau, code)
JOIN reference.variables_sae AS v USING (variable)
JOIN reference.blocs AS b ON b.bloc = 'territoire.hopital' AND b.code = h.variable
JOIN reference.seuils AS s ON s.seuil = 'base_evolution'
LEFT JOIN atlas.evolutions_hospitalieres AS e USING (annee, niveau, code, variable)
WHERE h.secteur = 'ensemble' AND h.annee = (SELECT annee FROM vues.annees_retenues WHERE objet = 'atlas.hospitaliers')
ORDER BY t.rang, h.code, v.ordre
