-- Retraites liquidées selon les caisses, dont personnes qui continuent d'exercer.
-- Grain : caisse, profession, niveau, code
-- Source : atlas.cessations
-- Non reçu : Ni la CNRACL ni la CARMF n'ont été reçues pour cette édition.
-- Note : « s » : nombre trop petit pour être publié.
-- Colonnes :
--   territoire_libelle « Territoire »
--   caisse « Caisse » : caisse de retraite
--   profession_libelle « Profession »
--   annee « Année » year
--   liquidations « Liquidations » n0 [personnes] : retraites liquidées
--   cumul « dont cumul » n0 [personnes] : personnes qui continuent d'exercer
--   age_moyen « Âge moyen » n1 [ans] : âge moyen
--   connus « Départements connus » text (vide : rien) : départements connus de la caisse, parmi ceux du territoire
WITH dernieres AS (
    SELECT c.*
    FROM atlas.cessations AS c
    JOIN vues.annees_retenues AS a ON a.objet = 'atlas.cessations' AND a.cle = c.caisse AND a.annee = c.annee
    WHERE c.niveau IN ('departement', 'region', 'france')
)
SELECT
    t.territoire_libelle, d.caisse, coalesce(p.libelle, d.profession) AS profession_libelle, d.annee, d.liquidations,
    d.cumul, d.age_moyen,
    CASE WHEN d.niveau <> 'departement' THEN d.departements || ' sur ' || d.departements_du_territoire END AS connus,
    d.profession, t.territoire, d.niveau, d.code, lower(d.caisse) AS source, d.statut
FROM dernieres AS d
JOIN vues.territoires AS t USING (niveau, code)
LEFT JOIN reference.professions AS p USING (profession)
-- A fund that answered for some départements only has no national total.
WHERE d.niveau <> 'france' OR d.departements = d.departements_du_territoire
ORDER BY d.caisse, d.profession, t.rang DESC, d.code
