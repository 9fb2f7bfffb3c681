-- Places offertes et admis sur Parcoursup par diplôme et par territoire, session {annee}.
-- Grain : diplome, niveau, code
-- Source : atlas.formations
-- Vide : L'extrait de Parcoursup de cette édition n'a aucune formation sur ce territoire.
-- Note : Hors formation continue : ce n'est pas le quota régional. [Toute la formation](pages/formations.html).
-- Colonnes :
--   diplome « Diplôme » : diplôme, tel que dans Parcoursup
--   formations « Formations » n0 : formations du territoire
--   places_offertes « Places offertes » n0 [places] : places offertes
--   admis « Admis » n0 [personnes] : admis
--   part_meme_academie « Néobacheliers de la même académie » pct0 [part] : part, parmi les néobacheliers admis, de ceux de la même académie
SELECT
    t.territoire, f.niveau, f.code, t.territoire_libelle, f.annee, f.diplome, f.formations, f.places_offertes, f.admis,
    f.part_meme_academie, f.statut
FROM atlas.formations AS f
JOIN vues.territoires AS t USING (niveau, code)
WHERE f.annee = (SELECT annee FROM vues.annees_retenues WHERE objet = 'atlas.formations')
ORDER BY t.rang, f.code, f.admis DESC NULLS LAST, f.diplome
