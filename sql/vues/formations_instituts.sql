-- Places offertes et admis sur Parcoursup, institut par institut, session {annee}.
-- Grain : diplome, niveau, code
-- Source : atlas.formations, reference.diplomes, reference.correspondances
-- Non reçu : Parcoursup n'a pas été reçu.
-- Note : Hors formation continue et apprentissage hors Parcoursup : ni un quota, ni un taux de remplissage.
-- Colonnes :
--   diplome « Diplôme » : diplôme, tel que dans Parcoursup
--   lieu « Institut ou territoire » : institut, ou territoire
--   places_offertes « Places offertes » n0 [places] : places offertes
--   admis « Admis » n0 [personnes] : admis
--   admises « dont femmes » n0 [personnes] : femmes admises
--   hors_departement : la ligne est d'un institut, ou de la région
--   part_meme_academie « Néobacheliers de la même académie » pct0 [part] : part, parmi les néobacheliers admis, de ceux de la même académie
SELECT
    f.diplome, coalesce(f.libelle, t.territoire_libelle, f.code) AS lieu, f.niveau, f.code, f.annee, f.places_offertes,
    f.admis, f.admises, f.part_meme_academie, c.profession, f.niveau <> 'departement' AS hors_departement, f.statut
FROM atlas.formations AS f
LEFT JOIN vues.territoires AS t USING (niveau, code)
LEFT JOIN reference.diplomes AS d ON d.libelle_parcoursup = f.diplome
LEFT JOIN reference.correspondances AS c ON c.nomenclature = 'diplôme' AND c.code = d.diplome
WHERE f.region = (SELECT region FROM vues.publication) AND f.niveau IN ('institut', 'departement', 'region')
    AND f.annee = (SELECT annee FROM vues.annees_retenues WHERE objet = 'atlas.formations')
ORDER BY f.diplome, f.niveau DESC, f.libelle, f.code
