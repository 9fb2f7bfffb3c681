-- Ce qui a changé plus que son intervalle ou que sa série, baissé de plus d'un cinquième, paru ou disparu depuis l'observation d'avant.
-- Grain : nature, source, niveau, code, profession, objet, annee, millesime, annee_avant, millesime_avant
-- Source : qualite.alertes, atlas.recrutement, reference.groupes_tension
-- Vide : Aucune.
-- Colonnes :
--   lieu « Où » : territoire ou établissement
--   niveau_libelle « Niveau » : niveau du territoire
--   objet « Quoi »
--   profession_libelle « Profession ou métier » text (vide : rien)
--   quand « Quand » : années comparées
--   avant « Avant » n2 (vide : rien) : valeur d'avant
--   apres « Après » n2 (vide : rien) : valeur d'après
--   ecart_relatif « Écart » signed0 [part] (vide : rien) : écart, rapporté à la valeur d'avant
--   bas « Plausible » entre_n2 : borne basse de ce qui était plausible
--   haut : borne haute de ce qui était plausible
--   explication « Explication » text (vide : rien)
--   alertes : alertes de la même nature
--   fortes : alertes de la même nature à examiner d'abord
-- An alert of rank is of a group of the index of tension. The enquiry BMO counts occupations (FAP), which have the names that it gives them.
WITH metiers AS (
    SELECT fap, arg_max(libelle, annee) AS libelle FROM atlas.recrutement GROUP BY fap
)
SELECT
    coalesce(a.libelle, a.code) AS lieu, coalesce(n.libelle, a.niveau) AS niveau_libelle, a.objet,
    CASE WHEN a.profession <> 'ensemble' THEN coalesce(p.libelle, g.libelle, m.libelle, a.profession) END
        AS profession_libelle,
    a.annee_avant || ' → ' || a.annee
        || CASE
            WHEN a.annee = a.annee_avant
                THEN ' (millésimes ' || a.millesime_avant || ' et ' || a.millesime || ')'
            ELSE ''
        END AS quand,
    a.avant, a.apres, a.ecart_relatif, a.bas, a.haut, a.explication, a.severite, a.nature,
    (count(*) OVER par_nature)::INTEGER AS alertes,
    (count(*) FILTER (a.severite = 'forte') OVER par_nature)::INTEGER AS fortes,
    a.source, a.niveau, a.code, a.profession, a.annee, a.millesime, a.annee_avant, a.millesime_avant
FROM qualite.alertes AS a
LEFT JOIN reference.niveaux AS n USING (niveau)
LEFT JOIN reference.professions AS p USING (profession)
LEFT JOIN reference.groupes_tension AS g ON a.source = 'tension' AND g.groupe = a.profession
LEFT JOIN metiers AS m ON m.fap = a.profession
WINDOW par_nature AS (PARTITION BY a.nature)
ORDER BY
    a.nature, a.severite = 'information', a.niveau, a.source, a.objet, abs(a.ecart_relatif) DESC, a.code, a.profession,
    a.annee
