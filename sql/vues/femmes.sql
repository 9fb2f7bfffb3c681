-- Part des femmes par profession et par territoire, dernière année connue.
-- Grain : profession, source, mode_exercice, niveau, code
-- Source : atlas.indicateurs
-- Vide : Aucune source ne donne le sexe des professionnels.
-- Colonnes :
--   territoire_libelle « Territoire »
--   profession_libelle « Profession »
--   mode_libelle « Mode d'exercice »
--   annee « Année » year
--   denominateur « Effectif » n0 [personnes] : professionnels dont le sexe est connu
--   valeur « Part des femmes » pct1 [part] : part des femmes
--   bas « Intervalle à 95 % » entre_pct1 [part] : borne basse de l'intervalle à 95 %
--   haut [part] : borne haute de l'intervalle à 95 %
SELECT
    t.territoire_libelle, coalesce(p.libelle, i.profession) AS profession_libelle,
    coalesce(m.libelle, i.mode_exercice) AS mode_libelle,
    i.annee, i.denominateur, i.valeur, i.bas, i.haut, i.profession, i.mode_exercice, t.territoire, i.niveau, i.code,
    i.source, i.statut
FROM atlas.indicateurs AS i
JOIN vues.sources_retenues AS s
    ON s.sujet = i.indicateur AND s.profession = i.profession AND s.specialite = i.specialite
        AND s.mode_exercice = i.mode_exercice AND s.annee = i.annee AND s.source = i.source
JOIN vues.territoires AS t USING (niveau, code)
LEFT JOIN reference.professions AS p ON p.profession = i.profession
LEFT JOIN reference.codes AS m ON m.liste = 'mode_exercice' AND m.code = i.mode_exercice
WHERE i.indicateur = 'part_femmes' AND i.specialite = 'ensemble' AND i.niveau IN ('departement', 'region', 'france')
ORDER BY i.profession, m.ordre, t.rang, i.code, i.source
