-- Instituts de formation sanitaire et sociale : places autorisées, entrants, présents et diplômés, tels que déclarés.
-- Grain : millesime, annee, uai, commune_publiee, diplome
-- Source : carte régionale des formations sanitaires et sociales (contrat de données)
-- Publication : region
-- Note : les places autorisées sont le quota régional, toutes voies d'accès ; la capacité de Parcoursup n'en est qu'une part.
-- Colonnes :
--   uai : code UAI de l'institut
--   finess : numéro FINESS de l'institut, s'il en a un
--   institut : nom de l'institut
--   gestionnaire : établissement ou organisme gestionnaire
--   diplome : diplôme préparé (reference.diplomes)
--   places_autorisees [places] : places autorisées par la région pour cette rentrée
--   places_autorisees_statut : publié, secret, nd, sans objet, vide
--   entrants [personnes] : nouveaux entrants en première année
--   entrants_statut : publié, secret, nd, sans objet, vide
--   presents [personnes] : présents, toutes années de formation
--   diplomes [personnes] : diplômés de l'année civile, quelle que soit leur année d'entrée
--   diplomes_statut : publié, secret, nd, sans objet, vide
--   apprentis [personnes] : dont présents sous contrat d'apprentissage
--   interruptions [personnes] : interruptions de l'année scolaire précédente
SELECT
    i.annee, i.millesime, i.revision, i.reference, i.uai, i.finess, i.institut, i.gestionnaire,
    i.commune AS commune_publiee, r.commune, r.arrondissement, r.zone_emploi, r.bassin_bmo, r.departement, r.region,
    i.diplome, i.places_autorisees, i.places_autorisees_statut, i.entrants, i.entrants_statut,
    list_sum([i.presents_annee_1, i.presents_annee_2, i.presents_annee_3, i.presents_annee_4])::INTEGER AS presents,
    i.diplomes, i.diplomes_statut, i.apprentis, i.interruptions
FROM staging.formations_sanitaires_instituts AS i
LEFT JOIN core.communes_publiees AS c ON c.commune_publiee = code_commune(i.commune)
LEFT JOIN reference.communes AS r ON r.commune = c.commune
