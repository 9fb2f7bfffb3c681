-- Établissements de santé de la publication : leur commune, qui les possède, leur groupement, et leur fiche.
-- Grain : finess
-- Source : fiches.etablissements
-- Vide : Aucun établissement de santé de la SAE n'est sur ce territoire.
-- Colonnes :
--   raison_sociale « Établissement »
--   finess « FINESS »
--   commune_libelle « Commune » text (vide : nd)
--   secteur_libelle « Statut » : secteur de l'établissement, en toutes lettres
--   nom_ght « GHT »
--   territoire_departement : département, tel que dans l'adresse de sa page
--   territoire_arrondissement : arrondissement, tel que dans l'adresse de sa page
--   departement_libelle : nom du département
--   interieur : l'établissement est dans la région ; sinon il n'est que d'un de ses groupements
WITH derniers AS (
    SELECT *
    FROM fiches.etablissements
    WHERE millesime = (SELECT millesime FROM vues.annees_retenues WHERE objet = 'fiches.etablissements')
),
situes AS (
    SELECT e.*, e.region = p.region AS interieur
    FROM derniers AS e, vues.publication AS p
    WHERE e.region = p.region OR e.region_ght = p.region
)
SELECT
    e.raison_sociale, e.finess, e.commune, e.commune_libelle, e.departement,
    coalesce(d.libelle, 'département ' || e.departement) AS departement_libelle,
    'departement-' || lower(e.departement) AS territoire_departement,
    'arrondissement-' || lower(e.arrondissement) AS territoire_arrondissement,
    e.interieur, e.secteur, coalesce(c.libelle, e.secteur, 'inconnu') AS secteur_libelle,
    coalesce(e.nom_ght, 'aucun') AS nom_ght, e.code_ght, e.millesime, 'fiches/' || e.finess || '.html' AS lien
FROM situes AS e
LEFT JOIN reference.codes AS c ON c.liste = 'secteur' AND c.code = coalesce(e.secteur, 'inconnu')
LEFT JOIN reference.territoires AS d ON d.niveau = 'departement' AND d.code = e.departement
ORDER BY e.raison_sociale, e.finess
