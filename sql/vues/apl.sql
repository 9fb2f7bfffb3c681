-- Accessibilité potentielle localisée (APL), {annee}.
-- Grain : profession, niveau, code
-- Source : atlas.apl
-- Non reçu : L'APL de la DREES n'a pas été reçue pour cette édition.
-- Colonnes :
--   territoire_libelle « Territoire »
--   profession_libelle « Profession » : nom de la profession ; pour les médecins, les généralistes
--   valeur « APL » n1 : accessibilité potentielle localisée
--   unite « Unité » : unité de l'APL
--   part_sous_2_5 « Habitants sous 2,5 consultations » pct1 [part] : part des habitants dont l'APL aux généralistes est sous 2,5 consultations par an
--   part_sous_2_5_statut : pourquoi cette part est vide
SELECT
    t.territoire, a.niveau, a.code, t.territoire_libelle, a.profession,
    coalesce(p.libelle_acces, a.profession) AS profession_libelle, a.annee, a.valeur, a.unite, a.part_sous_2_5,
    CASE WHEN a.profession <> 'medecin' THEN 'sans objet' ELSE a.statut END AS part_sous_2_5_statut, a.statut
FROM atlas.apl AS a
JOIN vues.territoires AS t USING (niveau, code)
LEFT JOIN reference.professions AS p USING (profession)
WHERE a.annee = (SELECT annee FROM vues.annees_retenues WHERE objet = 'atlas.apl')
ORDER BY a.profession, t.niveau = 'arrondissement', t.rang DESC, a.code
