-- Questions des enquêtes de l'agence : ce que chaque campagne demande, ligne par ligne.
-- Grain : enquete, annee, question, modalite
-- Source : questionnaires du catalogue de l'atlas
-- Publication : nationale
-- Colonnes :
--   enquete : enquête, au catalogue de l'atlas
--   annee [année] : année décrite par la campagne
--   section : partie du questionnaire
--   section_titre : titre de la partie
--   question : question, sous le nom qu'elle porte dans la série
--   libelle : question, telle qu'elle est posée
--   definition : définition donnée à l'établissement
--   unite : unité de la réponse ; vide pour une liste
--   type : entier, décimal, liste, oui-non
--   modalite : ligne du tableau ; ensemble hors tableau
--   modalite_libelle : nom de la ligne
--   tableau : la question est une colonne d'un tableau
--   obligatoire : une réponse est attendue
--   ordre : rang dans le questionnaire
--   evolution_max [part] : plus grande évolution plausible d'une campagne à l'autre
--   champ_secteurs : secteurs (reference.codes) des établissements de santé interrogés
--   champ_variables : variables de la SAE dont la somme désigne les établissements interrogés et pèse la couverture
--   champ_publics : publics (reference.publics_esms) des établissements sociaux et médico-sociaux interrogés
SELECT
    enquete, annee, section, section_titre, question, libelle, definition, unite, type, modalite, modalite_libelle,
    tableau, obligatoire, ordre, evolution_max::DECIMAL(9, 4) AS evolution_max, champ_secteurs, champ_variables,
    champ_publics
FROM staging.questions
