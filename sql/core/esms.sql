-- Établissements et services sociaux et médico-sociaux (ESMS) ouverts à la dernière situation de FINESS, et leurs places.
-- Grain : finess
-- Source : FINESS (anciens flux) et FINESS+ ; équipements sociaux et médico-sociaux (cs1100505), ou activités de FINESS+
-- Publication : region
-- Note : l'identité est celle de la dernière situation ; les places, celles de la dernière extraction des équipements, qui peut être d'avant : un établissement ouvert depuis n'y est pas, et ses places sont « nd ». Elles sont « sans objet » où FINESS n'en tient pas, « non collecté » où l'édition n'a pas cette extraction.
-- Colonnes :
--   annee [année] : année de la situation
--   date_ouverture : date d'ouverture, telle que FINESS la donne
--   date_situation : date de la situation qui dit l'établissement ouvert
--   public : public accueilli (reference.publics_esms)
--   date_places : date de l'extraction d'où viennent les places
--   places [places] : places installées, toutes activités
--   places_statut : calculé, partiel, sans objet, nd ou non collecté
--   activites : lignes d'activité qui ne sont pas supprimées
WITH dernier AS (
    SELECT max(millesime) AS millesime, arg_max(date_situation, millesime) AS date_places
    FROM core.equipements_sociaux
),
capacites AS (
    SELECT
        e.finess, sum(e.places)::INTEGER AS places, statut_somme(e.places, e.places_statut) AS places_statut,
        count(*) FILTER (NOT e.supprimee)::INTEGER AS activites
    FROM core.equipements_sociaux AS e
    JOIN dernier AS d ON d.millesime = e.millesime
    GROUP BY e.finess
),
ouverts AS (
    SELECT f.*, c.public, c.capacite, s.date_situation
    FROM core.finess_etablissements AS f
    JOIN reference.categories_esms AS c USING (categorie)
    CROSS JOIN (SELECT max(date_situation) AS date_situation FROM core.finess_situations) AS s
    WHERE f.valide_au IS NULL AND f.ouvert
)
SELECT
    year(o.date_situation)::INTEGER AS annee, o.millesime, o.revision, o.date_situation, o.finess, o.finess_ej,
    o.raison_sociale, o.categorie, o.public, o.statut_juridique, o.commune, o.commune_publiee,
    c.libelle AS commune_libelle, c.arrondissement, c.bassin_bmo, o.departement, o.region, o.date_ouverture,
    d.date_places, CASE WHEN o.capacite THEN k.places END AS places,
    CASE
        WHEN NOT o.capacite THEN 'sans objet'
        WHEN k.finess IS NOT NULL THEN k.places_statut
        WHEN d.millesime IS NULL THEN 'non collecté'
        ELSE 'nd'
    END AS places_statut,
    k.activites
FROM ouverts AS o
CROSS JOIN dernier AS d
LEFT JOIN capacites AS k USING (finess)
LEFT JOIN reference.communes AS c ON c.commune = o.commune
