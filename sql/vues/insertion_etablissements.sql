-- Ce que deviennent les formés de chaque établissement de la région.
-- Grain : source, etablissement, formation_publiee, code_formation, promotion
-- Source : core.insertion, reference.formations_initiales
-- Vide : Ni InserJeunes ni InserSup ne donnent d'établissement de la région.
-- Note : Sous vingt élèves environ, les producteurs ne donnent pas de taux : la case dit pourquoi elle est vide. L'écart entre deux établissements tient aussi à leur nombre d'élèves et à leur territoire.
-- Colonnes :
--   etablissement_libelle « Établissement » : nom de l'établissement
--   formation_libelle « Formation » : nom de la formation
--   formation_publiee « Intitulé du producteur » : type et intitulé tels que publiés
--   sortants_de « Sortants de » text : années de sortie réunies
--   taux_emploi_6 « Emploi à 6 mois » pct0 [part] : en emploi salarié six mois après la sortie
--   taux_emploi_6_statut : pourquoi ce taux est vide
--   taux_emploi_12 « Emploi à 12 mois » pct0 [part] : en emploi salarié douze mois après la sortie
--   taux_emploi_12_statut : pourquoi ce taux est vide
--   taux_poursuite « Poursuite d’études » pct0 [part] : poursuivent des études
--   taux_poursuite_statut : pourquoi ce taux est vide
--   salaire_median_12 « Salaire net médian à 12 mois » n0 [euros par mois] : équivalent temps plein (InserSup)
--   salaire_median_12_statut : pourquoi ce salaire est vide
--   etablissement : code UAI de l'établissement
SELECT
    i.etablissement_libelle, f.libelle AS formation_libelle, i.formation_publiee,
    regexp_replace(replace(i.promotion, 'cumul ', ''), '[-,] ?', ' et ') AS sortants_de, i.taux_emploi_6,
    i.taux_emploi_12, i.taux_poursuite, i.salaire_median_12, i.annee, i.etablissement, i.formation, i.code_formation,
    i.promotion, f.profession, i.taux_emploi_6_statut, i.taux_emploi_12_statut, i.taux_poursuite_statut,
    i.salaire_median_12_statut, i.source
FROM core.insertion AS i
JOIN vues.annees_retenues AS a
    ON a.objet = 'atlas.insertion' AND a.cle = i.source AND a.annee = i.annee AND a.millesime = i.millesime
JOIN reference.formations_initiales AS f USING (formation)
WHERE i.region = (SELECT region FROM vues.publication)
ORDER BY f.ordre, i.etablissement_libelle, i.formation_publiee, i.code_formation
