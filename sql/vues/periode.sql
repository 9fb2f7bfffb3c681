-- Années que décrivent les tables de l'atlas : la première et la dernière, projections comprises.
-- Grain : premiere
-- Source : toutes les tables publiées de atlas
-- Publication : interne
-- Colonnes :
--   premiere [année] : première année décrite
--   derniere [année] : dernière année décrite
WITH annees AS (
    SELECT min(annee) AS premiere, max(annee) AS derniere FROM atlas.acces
    UNION ALL
    SELECT min(annee) AS premiere, max(annee) AS derniere FROM atlas.ages
    UNION ALL
    SELECT min(annee) AS premiere, max(annee) AS derniere FROM atlas.ages_moyens
    UNION ALL
    SELECT min(annee) AS premiere, max(annee) AS derniere FROM atlas.apl
    UNION ALL
    SELECT min(annee) AS premiere, max(annee) AS derniere FROM atlas.besoins
    UNION ALL
    SELECT min(annee) AS premiere, max(annee) AS derniere FROM atlas.cessations
    UNION ALL
    SELECT min(annee) AS premiere, max(annee) AS derniere FROM atlas.densites
    UNION ALL
    SELECT min(annee) AS premiere, max(annee) AS derniere FROM atlas.departs
    UNION ALL
    SELECT min(annee) AS premiere, max(annee) AS derniere FROM atlas.departs_attendus
    UNION ALL
    SELECT min(annee) AS premiere, max(annee) AS derniere FROM atlas.dispositifs
    UNION ALL
    SELECT min(annee) AS premiere, max(annee) AS derniere FROM atlas.effectifs
    UNION ALL
    SELECT min(annee) AS premiere, max(annee) AS derniere FROM atlas.effectifs_rpps
    UNION ALL
    SELECT min(annee) AS premiere, max(annee) AS derniere FROM atlas.enquetes
    UNION ALL
    SELECT min(annee) AS premiere, max(annee) AS derniere FROM atlas.evolutions_hospitalieres
    UNION ALL
    SELECT min(annee) AS premiere, max(annee) AS derniere FROM atlas.formations
    UNION ALL
    SELECT min(annee) AS premiere, max(annee) AS derniere FROM atlas.formations_regionales
    UNION ALL
    SELECT min(annee) AS premiere, max(annee) AS derniere FROM atlas.hospitaliers
    UNION ALL
    SELECT min(annee) AS premiere, max(annee) AS derniere FROM atlas.indicateurs
    UNION ALL
    SELECT min(annee) AS premiere, max(annee) AS derniere FROM atlas.internat
    UNION ALL
    SELECT min(annee) AS premiere, max(annee) AS derniere FROM atlas.internes_hospitaliers
    UNION ALL
    SELECT min(annee) AS premiere, max(annee) AS derniere FROM atlas.mouvements_rpps
    UNION ALL
    SELECT min(annee) AS premiere, max(annee) AS derniere FROM atlas.objectifs_formation
    UNION ALL
    SELECT min(annee) AS premiere, max(annee) AS derniere FROM atlas.projections
    UNION ALL
    SELECT min(annee) AS premiere, max(annee) AS derniere FROM atlas.recrutement
    UNION ALL
    SELECT min(annee) AS premiere, max(annee) AS derniere FROM atlas.equilibre
    UNION ALL
    SELECT min(annee) AS premiere, max(annee) AS derniere FROM atlas.ressources_humaines
    UNION ALL
    SELECT min(annee) AS premiere, max(annee) AS derniere FROM atlas.ressources_humaines_esms
    UNION ALL
    SELECT min(annee) AS premiere, max(annee) AS derniere FROM atlas.specialites_hospitalieres
    UNION ALL
    SELECT min(annee) AS premiere, max(annee) AS derniere FROM atlas.specialites_liberales
    UNION ALL
    SELECT min(annee) AS premiere, max(annee) AS derniere FROM atlas.statuts_hospitaliers
    UNION ALL
    SELECT min(annee) AS premiere, max(annee) AS derniere FROM atlas.tension
    UNION ALL
    SELECT min(annee) AS premiere, max(annee) AS derniere FROM atlas.tension_correlations
    UNION ALL
    SELECT min(annee) AS premiere, max(annee) AS derniere FROM atlas.tension_dimensions
    UNION ALL
    SELECT min(annee) AS premiere, max(annee) AS derniere FROM atlas.tension_facteurs
    UNION ALL
    SELECT min(annee) AS premiere, max(annee) AS derniere FROM atlas.tension_indicateurs
    UNION ALL
    SELECT min(annee) AS premiere, max(annee) AS derniere FROM atlas.tension_sensibilite
)
SELECT min(premiere) AS premiere, max(derniere) AS derniere
FROM annees
ORDER BY premiere
