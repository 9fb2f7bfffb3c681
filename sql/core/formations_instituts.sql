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
--   presents [personnes] : présents, toutes années de formation ; vides dès qu'une année qui n'est pas sans objet n'est pas connue
--   presents_statut : calculé, secret, nd, sans objet, vide
--   diplomes [personnes] : diplômés de l'année civile, quelle que soit leur année d'entrée
--   diplomes_statut : publié, secret, nd, sans objet, vide
--   apprentis [personnes] : dont présents sous contrat d'apprentissage
--   apprentis_statut : publié, secret, nd, sans objet, vide
--   interruptions [personnes] : interruptions de l'année scolaire précédente
--   interruptions_statut : publié, secret, nd, sans objet, vide
-- A year that isn't known hides the sum: what is left of it would give the year back.
WITH presents AS (
    SELECT
        millesime, annee, uai, commune, diplome, sum(valeur)::INTEGER AS presents,
        statut_somme(valeur, statut) AS statut, bool_or(statut = 'secret') AS secret
    FROM (
        SELECT
            millesime, annee, uai, commune, diplome,
            unnest([presents_annee_1, presents_annee_2, presents_annee_3, presents_annee_4]) AS valeur,
            unnest([
                presents_annee_1_statut, presents_annee_2_statut, presents_annee_3_statut, presents_annee_4_statut
            ]) AS statut
        FROM staging.formations_sanitaires_instituts
    )
    GROUP BY millesime, annee, uai, commune, diplome
)
SELECT
    i.annee, i.millesime, i.revision, i.reference, i.uai, i.finess, i.institut, i.gestionnaire,
    i.commune AS commune_publiee, r.commune, r.arrondissement, r.zone_emploi, r.bassin_bmo, r.departement, r.region,
    i.diplome, i.places_autorisees, i.places_autorisees_statut, i.entrants, i.entrants_statut,
    CASE WHEN p.statut <> 'partiel' THEN p.presents END AS presents,
    CASE WHEN p.statut <> 'partiel' THEN p.statut WHEN p.secret THEN 'secret' ELSE 'nd' END AS presents_statut,
    i.diplomes, i.diplomes_statut, i.apprentis, i.apprentis_statut, i.interruptions, i.interruptions_statut
FROM staging.formations_sanitaires_instituts AS i
JOIN presents AS p
    ON p.millesime = i.millesime AND p.annee = i.annee AND p.uai = i.uai AND p.diplome = i.diplome
    AND p.commune IS NOT DISTINCT FROM i.commune
LEFT JOIN core.communes_publiees AS c ON c.commune_publiee = code_commune(i.commune)
LEFT JOIN reference.communes AS r ON r.commune = c.commune
