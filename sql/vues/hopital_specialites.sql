-- Spécialités des médecins hospitaliers qui font un groupe, par territoire, {annee}.
-- Grain : groupe, specialite, niveau, code
-- Source : atlas.specialites_hospitalieres
-- Note : Les fichiers de la SAE donnent la plupart des spécialités par leur code ; leurs libellés sont dans sa documentation (Liste_variables).
-- Colonnes :
--   specialite_libelle « Spécialité » : nom de la spécialité, ou son code
--   territoire_libelle « Territoire »
--   etp_salarie « ETP salariés » n0 [ETP] : ETP salariés
--   effectif_salarie « Effectif salarié » n0 [personnes] : effectif salarié
--   effectif_liberal « Effectif libéral » n0 [personnes] : effectif libéral
--   groupe : groupe de spécialités, tel que dans les variables de la SAE
--   plusieurs : le groupe a plus d'une spécialité
WITH lignes AS (
    SELECT *
    FROM atlas.specialites_hospitalieres
    WHERE annee = (SELECT annee FROM vues.annees_retenues WHERE objet = 'atlas.specialites_hospitalieres')
        AND niveau IN ('departement', 'region')
),
tailles AS (
    SELECT groupe, count(DISTINCT specialite) > 1 AS plusieurs FROM lignes GROUP BY groupe
)
SELECT
    coalesce(l.libelle, 'Code ' || l.specialite) AS specialite_libelle, t.territoire_libelle, l.etp_salarie,
    l.effectif_salarie,
    l.effectif_liberal, l.groupe, s.plusieurs, l.annee, l.specialite, t.territoire, l.niveau, l.code, l.statut,
    'sae' AS source
FROM lignes AS l
JOIN tailles AS s USING (groupe)
JOIN vues.territoires AS t USING (niveau, code)
ORDER BY l.groupe, l.specialite, t.rang DESC, l.code
