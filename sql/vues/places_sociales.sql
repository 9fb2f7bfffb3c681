-- Établissements et services sociaux et médico-sociaux et leurs places, par public et territoire.
-- Grain : public, niveau, code
-- Source : atlas.places_sociales, reference.publics_esms
-- Note : Places installées au {date_places}, pour 1 000 habitants de l'âge du public. Un nombre partiel est un minimum : une capacité manque. FINESS ne tient pas de places pour l'aide à domicile, les CMPP, les CAMSP et l'action éducative en milieu ouvert.
-- Non reçu : FINESS n'a pas été reçu : aucun établissement social ou médico-social n'est connu de cette édition.
-- Colonnes :
--   public_libelle « Public » : le public et ce qui lui est offert
--   public_court : le public en peu de mots
--   territoire_libelle « Territoire »
--   etablissements « Établissements et services » n0 [établissements] : établissements et services ouverts
--   etablissements_statut : calculé
--   places « Places » n0 [places] : places installées
--   places_statut : pourquoi le nombre est vide, ou partiel
--   cible_libelle « Rapportées aux » : population à laquelle les places se rapportent
--   densite « Places pour 1 000 » n1 [places pour 1 000 habitants] : places pour 1 000 habitants de l'âge du public
--   densite_statut : pourquoi elle est vide, ou partielle
--   densite_france « France » n1 [places pour 1 000 habitants] : la même densité, en France
--   densite_france_statut : pourquoi elle est vide, ou partielle
--   annee_population : année de la population
--   date_places : date de l'extraction d'où viennent les places
WITH ensemble AS (
    SELECT p.*
    FROM atlas.places_sociales AS p
    JOIN vues.annees_retenues AS a ON a.objet = 'atlas.places_sociales' AND a.annee = p.annee
    WHERE p.categorie = 'ensemble'
),
dates AS (
    SELECT strftime(max(date_places), '%d/%m/%Y') AS date_places FROM core.esms
)
SELECT
    e.public, c.libelle AS public_libelle, c.libelle_court AS public_court,
    t.territoire, e.niveau, e.code, t.territoire_libelle, e.annee,
    e.etablissements, e.statut AS etablissements_statut, e.places, e.places_statut, c.cible_libelle,
    e.densite, e.densite_statut, f.densite AS densite_france, f.densite_statut AS densite_france_statut,
    e.annee_population, d.date_places, 'finess finess_plus finess_activites' AS sources,
    e.statut,
    CASE WHEN e.niveau = 'departement' THEN t.adresse END AS lien
FROM ensemble AS e
CROSS JOIN dates AS d
JOIN vues.territoires AS t USING (niveau, code)
JOIN reference.publics_esms AS c USING (public)
LEFT JOIN ensemble AS f ON f.public = e.public AND f.niveau = 'france'
ORDER BY c.ordre, t.rang, e.code
