-- Ce que deviennent les formés : emploi à six et douze mois, poursuite d'études, par formation.
-- Grain : source, formation, niveau, code
-- Source : atlas.insertion, reference.formations_initiales
-- Non reçu : Ni InserJeunes ni InserSup n'ont été reçus.
-- Note : Le taux est celui de l'établissement médian parmi ceux qui en publient un ; sous vingt élèves environ, les producteurs n'en donnent pas. Emploi salarié en France, six et douze mois après la sortie. Les deux sources ne se comparent pas : InserJeunes (lycées professionnels) compte tous les sortants d'une dernière année, diplômés ou non ; InserSup (universités), les diplômés sortis d'études. Les écoles d'infirmiers, d'aides-soignants et de travail social, et l'apprentissage, n'y sont pas.
-- Colonnes :
--   formation_libelle « Formation » : nom de la formation
--   territoire_libelle « Territoire »
--   sortants_de « Sortants de » text : années de sortie réunies
--   formations « Formations » n0 [formations] : lignes publiées, une par établissement et intitulé
--   diffusees « Avec un taux » n0 [formations] : celles dont le taux d'emploi est publié
--   taux_emploi_6 « Emploi à 6 mois » pct0 [part] : taux médian d'emploi six mois après la sortie
--   taux_emploi_6_statut : pourquoi ce taux est vide, ou partiel
--   taux_emploi_6_bas « Le plus bas » pct0 [part] : le plus bas des taux publiés
--   taux_emploi_6_haut « Le plus haut » pct0 [part] : le plus haut
--   taux_emploi_12 « Emploi à 12 mois » pct0 [part] : taux médian d'emploi douze mois après la sortie
--   taux_emploi_12_statut : pourquoi ce taux est vide, ou partiel
--   taux_poursuite « Poursuite d’études » pct0 [part] : taux médian de poursuite d'études
--   taux_poursuite_statut : pourquoi ce taux est vide, ou partiel
--   domaine : sanitaire ou social
--   profession : profession à laquelle la formation mène
SELECT
    f.libelle AS formation_libelle, t.territoire_libelle,
    regexp_replace(replace(i.promotion, 'cumul ', ''), '[-,] ?', ' et ') AS sortants_de, i.formations, i.diffusees,
    i.taux_emploi_6, i.taux_emploi_6_bas, i.taux_emploi_6_haut, i.taux_emploi_12, i.taux_poursuite, i.annee,
    i.formation, f.domaine, f.profession, t.territoire, i.niveau, i.code, i.taux_emploi_6_statut,
    i.taux_emploi_12_statut, i.taux_poursuite_statut, i.source
FROM atlas.insertion AS i
JOIN vues.annees_retenues AS a ON a.objet = 'atlas.insertion' AND a.cle = i.source AND a.annee = i.annee
JOIN vues.territoires AS t USING (niveau, code)
JOIN reference.formations_initiales AS f USING (formation)
ORDER BY f.ordre, i.source, t.rang, i.code
