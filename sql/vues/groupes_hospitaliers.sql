-- Groupes de spécialités des médecins hospitaliers qui ont une page.
-- Grain : groupe
-- Source : reference.variables_sae
-- Publication : interne
-- Colonnes :
--   groupe : groupe de spécialités, tel que dans les variables de la SAE
--   groupe_libelle : nom du groupe
--   dans_phrase : le même, dans une phrase
--   adresse : adresse de sa page
--   profession : profession sur la page de laquelle le groupe est cité
--   suite : nom du groupe, après un deux-points
--   ordre : rang dans les tableaux
--   note : ce qu'il faut savoir d'un groupe qui fait partie d'un autre
WITH groupes AS (
    SELECT groupe, regexp_replace(libelle, '^dont ', '') AS nom, starts_with(libelle, 'dont') AS partie, ordre
    FROM reference.variables_sae
    WHERE mesure = 'ETP salariés' AND ligne <> 'total'
)
SELECT
    groupe, upper(left(nom, 1)) || substr(nom, 2) AS groupe_libelle, lower(nom) AS dans_phrase,
    lower(left(nom, 1)) || substr(nom, 2) AS suite,
    'pages/hopital-' || replace(lower(groupe), '_', '-') || '.html' AS adresse,
    'medecin' AS profession,
    CASE WHEN partie THEN 'Cette ligne fait partie d’un autre groupe : ne pas l’y ajouter.' END AS note, ordre
FROM groupes
ORDER BY ordre
