-- Établissements et services sociaux et médico-sociaux et leurs places, par public et par territoire, rapportés à la population de leur âge.
-- Grain : annee, public, categorie, niveau, code
-- Source : FINESS et FINESS+ ; équipements sociaux et médico-sociaux (cs1100505) ; estimations de population par âge (INSEE)
-- Publication : territoire
-- Note : la densité est le rapport des places à la population de l'année des places, ou de la dernière connue avant elle ; elle n'est donnée que là où cette population est estimée : département, région, France. Une somme où une capacité manque est « partiel » : la densité est alors un minimum.
-- Colonnes :
--   public : public accueilli (reference.publics_esms)
--   categorie : catégorie FINESS (reference.categories_esms), ou ensemble
--   etablissements [établissements] : établissements et services ouverts
--   etablissements_places [établissements] : ceux dont les places sont connues
--   places [places] : places installées
--   places_statut : calculé, partiel, sans objet, nd ou non collecté
--   annee_places [année] : année de l'extraction d'où viennent les places
--   annee_population [année] : année de la population
--   population [habitants] : habitants de l'âge du public
--   population_statut : calculé, partiel, ou nd
--   densite [places pour 1 000 habitants] : places pour 1 000 habitants de l'âge du public
--   densite_statut : calculé, partiel, ou pourquoi elle est vide
--   statut : celui des établissements, qui sont tous connus
WITH situes AS (
    UNPIVOT (
        SELECT
            annee, millesime, revision, public, categorie, places, places_statut, date_places,
            arrondissement, departement, region, 'F' AS france
        FROM core.esms
    )
    ON arrondissement, departement, region, france
    INTO NAME niveau VALUE code
),
sommes AS (
    SELECT
        annee, max(millesime)::INTEGER AS millesime, max(revision)::INTEGER AS revision, public,
        CASE WHEN grouping(categorie) = 1 THEN 'ensemble' ELSE categorie END AS categorie, niveau, code,
        count(*)::INTEGER AS etablissements, count(places)::INTEGER AS etablissements_places,
        sum(places)::INTEGER AS places, statut_somme(places, places_statut) AS places_statut,
        year(max(date_places))::INTEGER AS annee_places
    FROM situes
    GROUP BY GROUPING SETS (
        (annee, public, niveau, code), (annee, public, categorie, niveau, code)
    )
),
populations AS (
    SELECT s.annee, s.public, s.categorie, s.niveau, s.code, p.annee AS annee_population, p.population, p.statut
    FROM sommes AS s
    JOIN reference.publics_esms AS c USING (public)
    JOIN core.population_cibles AS p ON p.cible = c.cible AND p.niveau = s.niveau AND p.code = s.code
    WHERE p.annee <= s.annee_places AND p.population IS NOT NULL
    QUALIFY row_number() OVER (
        PARTITION BY s.annee, s.public, s.categorie, s.niveau, s.code ORDER BY p.annee DESC
    ) = 1
)
SELECT
    s.annee, s.millesime, s.revision, s.public, s.categorie, s.niveau, s.code, s.etablissements,
    s.etablissements_places, s.places, s.places_statut, s.annee_places,
    p.annee_population, p.population, coalesce(p.statut, 'nd') AS population_statut,
    (1000 * s.places / p.population)::DECIMAL(18, 4) AS densite,
    statut_rapport(s.places_statut, coalesce(p.statut, 'nd')) AS densite_statut,
    'calculé' AS statut
FROM sommes AS s
LEFT JOIN populations AS p USING (annee, public, categorie, niveau, code)
