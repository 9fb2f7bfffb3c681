-- Libéraux par spécialité, de la première année connue à la dernière.
-- Grain : specialite, niveau, code
-- Source : atlas.specialites_liberales, vues.annees_retenues
-- Vide : La CNAM n'a pas publié cette spécialité, ou sous un intitulé qui n'a pas d'équivalent.
-- Note : Libéraux présents au 31 décembre. Les intitulés changent d'un fichier de la CNAM à l'autre : ceux qui se correspondent sont rapprochés, et l'évolution n'est dite que là où les années se comparent, à partir de vingt professionnels.
-- Colonnes :
--   specialite_libelle « Spécialité » : nom de la spécialité
--   territoire_libelle « Territoire »
--   premiere « Première année » year : première année connue
--   effectif_premier « Effectif, {premiere} » n0 [personnes] : effectif de la première année
--   effectif_premier_statut : pourquoi il est vide
--   annee « Dernière année » year : dernière année connue
--   effectif « Effectif, {annee} » n0 [personnes] : effectif de la dernière année
--   evolution « Évolution » signed0 [part] : évolution de la première année à la dernière
--   evolution_statut : pourquoi elle est vide, ou partielle
--   densite_premiere « Densité, {premiere} » n1 [pour 100 000 habitants] : densité de la première année
--   densite_premiere_statut : pourquoi elle est vide
--   valeur « Densité, {annee} » n1 [pour 100 000 habitants] : densité de la dernière année
--   reserve « Réserve » text (vide : rien) : pourquoi les années ne se comparent pas
WITH lignes AS (
    SELECT * FROM atlas.specialites_liberales
),
dernieres AS (
    SELECT l.*
    FROM lignes AS l
    JOIN vues.annees_retenues AS a
        ON a.objet = 'atlas.specialites_liberales' AND a.cle = l.specialite AND a.annee = l.annee
)
SELECT
    d.libelle AS specialite_libelle, t.territoire_libelle, d.premiere, p.effectif AS effectif_premier,
    coalesce(p.statut, 'nd') AS effectif_premier_statut, d.annee, d.effectif, d.evolution,
    CASE
        WHEN d.evolution IS NULL THEN 'sans objet'
        WHEN 'partiel' IN (p.statut, d.statut) THEN 'partiel'
        ELSE d.statut
    END AS evolution_statut,
    p.valeur AS densite_premiere, coalesce(p.statut, 'nd') AS densite_premiere_statut, d.valeur, d.reserve,
    d.specialite, d.profession, d.source, t.territoire, d.niveau, d.code, d.statut
FROM dernieres AS d
JOIN vues.territoires AS t USING (niveau, code)
LEFT JOIN lignes AS p
    ON p.specialite = d.specialite AND p.niveau = d.niveau AND p.code = d.code AND p.annee = d.premiere
ORDER BY d.profession DESC, d.specialite, t.rang, d.code
