-- Salariés et établissements employeurs du secteur privé, par commune et activité de la santé et du social.
-- Grain : millesime, annee, commune_publiee, ape
-- Source : Établissements employeurs et effectifs salariés du secteur privé, par commune et APE (Urssaf)
-- Publication : commune
-- Note : secteur privé du régime général, hors fonction publique, particuliers employeurs, régime agricole et Mayotte. Un code de commune que l'on ne connaît pas garde le département qu'il porte.
-- Colonnes :
--   commune_publiee : code de la commune tel que publié
--   ape : activité principale (reference.secteurs_ape)
--   effectif [personnes] : salariés au 31 décembre ; vide où le producteur ne le donne pas
--   etablissements [établissements] : établissements employeurs au 31 décembre
SELECT
    s.millesime, s.revision, s.reference, s.annee, s.commune AS commune_publiee, s.ape, c.commune,
    coalesce(c.departement, departement_commune(s.commune)) AS departement, s.effectif, e.etablissements
FROM staging.urssaf_effectifs_salaries AS s
LEFT JOIN staging.urssaf_effectifs_etablissements AS e
    ON e.millesime = s.millesime AND e.annee = s.annee AND e.commune = s.commune AND e.ape = s.ape
LEFT JOIN core.communes_publiees AS c ON c.commune_publiee = code_commune(s.commune)
WHERE s.effectif IS NOT NULL OR e.etablissements IS NOT NULL
