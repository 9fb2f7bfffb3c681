-- Activités et capacités des établissements sociaux et médico-sociaux : une ligne par établissement, discipline, mode de fonctionnement et clientèle.
-- Grain : millesime, finess, discipline, activite, clientele
-- Source : FINESS, équipements sociaux et médico-sociaux (cs1100505) ; FINESS et FINESS+ pour le territoire
-- Publication : region
-- Note : les places sont celles qui sont installées à la date de l'extraction ; une installation ou une autorisation supprimée n'en a plus : la ligne reste, « sans objet ». Une capacité vide n'est pas zéro. Le territoire est celui de l'établissement à sa dernière observation ; il est vide pour un numéro que le répertoire n'a pas.
-- Colonnes :
--   date_situation : date de l'extraction
--   discipline : discipline d'équipement, code FINESS
--   discipline_libelle : nom de la discipline
--   activite : mode de fonctionnement, code FINESS
--   activite_libelle : nom du mode de fonctionnement
--   clientele : clientèle, code FINESS
--   clientele_libelle : nom de la clientèle
--   supprimee : l'installation, ou l'autorisation, est supprimée
--   places [places] : places installées
--   places_statut : publié, nd, ou sans objet (supprimée)
--   places_autorisees [places] : places autorisées, ouvertes ou non
--   places_habilitees [places] : places installées habilitées à l'aide sociale
WITH situes AS (
    SELECT finess, departement, region
    FROM core.finess_etablissements
    QUALIFY row_number() OVER (PARTITION BY finess ORDER BY valide_du DESC) = 1
),
lus AS (
    SELECT *, coalesce('O' IN (installation_supprimee, autorisation_supprimee), false) AS supprimee
    FROM staging.finess_equipements_sociaux
)
SELECT
    e.millesime, e.revision, e.date_extraction AS date_situation, e.finess, s.departement, s.region,
    e.discipline, e.discipline_libelle, e.activite, e.activite_libelle, e.clientele, e.clientele_libelle, e.supprimee,
    CASE WHEN NOT e.supprimee THEN e.places_installees END AS places,
    CASE
        WHEN e.supprimee THEN 'sans objet' WHEN e.places_installees IS NULL THEN 'nd' ELSE 'publié'
    END AS places_statut,
    CASE WHEN NOT e.supprimee THEN e.places_autorisees END AS places_autorisees,
    CASE WHEN NOT e.supprimee THEN e.places_habilitees END AS places_habilitees
FROM lus AS e
LEFT JOIN situes AS s USING (finess)
