-- Établissements et services sociaux et médico-sociaux ouverts de la région, et leur fiche.
-- Grain : niveau, code
-- Source : core.esms, reference.categories_esms, reference.publics_esms, reference.territoires
-- Non reçu : FINESS n'a pas été reçu : aucun établissement social ou médico-social n'est connu de cette édition.
-- Colonnes :
--   nom « Établissement ou service » : raison sociale
--   niveau : esms
--   code « FINESS » : numéro FINESS de l'établissement
--   categorie_libelle « Catégorie » : catégorie de FINESS
--   public_libelle « Public » : le public et ce qui lui est offert
--   commune_libelle « Commune » text (vide : nd)
--   departement_libelle « Département » text (vide : nd) : nom du département
--   places « Places » n0 [places] : places installées, toutes activités
--   places_statut : pourquoi le nombre est vide, ou partiel
--   fichier : nom du fichier de la fiche, sans extension
--   cible_libelle : population à laquelle les places du public se rapportent
--   bassin_libelle : nom du bassin d'emploi
--   lieu_bassin : son bassin d'emploi, tel que dans les tables de recrutement
--   lieu_departement : son département, de même
--   lieu_region : sa région, de même
--   territoire_departement : département, tel que dans l'adresse de sa page
--   territoire_arrondissement : arrondissement, tel que dans l'adresse de sa page
--   territoire_region : région, tel que dans l'adresse de sa page
--   entite_etablissements : établissements et services de la même entité juridique dans la région, en mots
--   activites_dites : nombre de lignes d'activité, en mots
--   date_situation : date de la situation qui dit l'établissement ouvert
--   date_places : date de l'extraction d'où viennent les places
--   sans_activites : pourquoi la fiche n'a pas d'activités
--   rang_taille : rang par le nombre de places, parmi ceux de la même catégorie dans la région
--   comparables : établissements de la même catégorie dont les places sont connues, dans la région
--   mediane : nombre de places de l'établissement médian de cette catégorie, dans la région
WITH region AS (
    SELECT e.*
    FROM core.esms AS e
    JOIN vues.publication AS p ON p.region = e.region
),
entites AS (
    SELECT finess_ej, count(*)::INTEGER AS nombre FROM region GROUP BY finess_ej
),
tailles AS (
    SELECT
        finess, rank() OVER (PARTITION BY categorie ORDER BY places DESC)::INTEGER AS rang,
        count(*) OVER (PARTITION BY categorie)::INTEGER AS comparables,
        (median(places) OVER (PARTITION BY categorie))::DECIMAL(18, 1) AS mediane
    FROM region
    WHERE places IS NOT NULL
)
SELECT
    'esms' AS niveau, e.finess AS code, e.finess AS fichier, e.raison_sociale AS nom, e.categorie,
    c.libelle AS categorie_libelle, e.public, p.libelle AS public_libelle, p.cible_libelle,
    e.commune, e.commune_libelle, e.departement, d.libelle AS departement_libelle,
    b.libelle AS bassin_libelle,
    'bassin_bmo-' || lower(e.bassin_bmo) AS lieu_bassin, 'departement-' || lower(e.departement) AS lieu_departement,
    'region-' || lower(e.region) AS lieu_region,
    'departement-' || lower(e.departement) AS territoire_departement,
    'arrondissement-' || lower(e.arrondissement) AS territoire_arrondissement,
    'region-' || e.region AS territoire_region,
    e.finess_ej,
    CASE WHEN n.nombre > 1 THEN n.nombre || ' établissements et services dans la région'
        ELSE 'seul établissement de son entité dans la région'
    END AS entite_etablissements,
    CASE WHEN e.activites > 1 THEN e.activites || ' activités' WHEN e.activites = 1 THEN 'une activité' END
        AS activites_dites,
    e.annee, strftime(e.date_situation, '%d/%m/%Y') AS date_situation,
    strftime(e.date_places, '%d/%m/%Y') AS date_places,
    e.places, e.places_statut,
    CASE e.places_statut
        WHEN 'non collecté'
            THEN 'Ni les activités de FINESS+, ni l’extraction des équipements sociaux de FINESS n’ont été reçues.'
        ELSE 'FINESS n’a pas d’activité pour cet établissement au ' || strftime(e.date_places, '%d/%m/%Y')
            || ' : il a pu ouvrir depuis.'
    END AS sans_activites,
    t.rang AS rang_taille, t.comparables, t.mediane, 'finess finess_plus finess_activites' AS sources,
    'esms/' || e.finess || '.html' AS lien
FROM region AS e
JOIN reference.categories_esms AS c USING (categorie)
JOIN reference.publics_esms AS p ON p.public = e.public
LEFT JOIN entites AS n ON n.finess_ej = e.finess_ej
LEFT JOIN tailles AS t ON t.finess = e.finess
LEFT JOIN reference.territoires AS d ON d.niveau = 'departement' AND d.code = e.departement
LEFT JOIN reference.territoires AS b ON b.niveau = 'bassin_bmo' AND b.code = e.bassin_bmo
ORDER BY p.ordre, c.libelle, e.raison_sociale, e.finess
