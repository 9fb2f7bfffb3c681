-- Personnels médicaux des établissements de santé par groupe de spécialités et par territoire, les deux dernières années.
-- Grain : groupe, niveau, code, secteur
-- Source : atlas.hospitaliers
-- Vide : La SAE de cette édition n'a pas ce groupe.
-- Colonnes :
--   territoire_libelle « Territoire »
--   secteur_libelle « Statut juridique » : qui possède l'établissement
--   effectif_salarie_avant « Effectif salarié, {annee_avant} » n0 [personnes] : effectif salarié de l'année précédente
--   effectif_salarie « Effectif salarié, {annee} » n0 [personnes] : effectif salarié
--   etp_salaries_avant « ETP salariés, {annee_avant} » n0 [ETP] : ETP salariés de l'année précédente
--   etp_salaries « ETP salariés, {annee} » n0 [ETP] : ETP salariés
--   effectif_liberal_avant « Effectif libéral, {annee_avant} » n0 [personnes] : effectif libéral de l'année précédente
--   effectif_liberal « Effectif libéral, {annee} » n0 [personnes] : effectif libéral
--   effectif_salarie_avant_statut : pourquoi il est vide
--   effectif_salarie_statut : pourquoi il est vide
--   etp_salaries_avant_statut : pourquoi ils sont vides
--   etp_salaries_statut : pourquoi ils sont vides
--   effectif_liberal_avant_statut : pourquoi il est vide
--   effectif_liberal_statut : pourquoi il est vide
--   groupe : groupe de spécialités, tel que dans les variables de la SAE
--   ensemble : ligne de tous les établissements, quel que soit qui les possède
--   annee_avant [année] : année précédente
--   valeur n0 [ETP] : ETP salariés, pour la figure
WITH derniere AS (
    SELECT annee, annee_precedente FROM vues.annees_retenues WHERE objet = 'atlas.hospitaliers'
),
lignes AS (
    SELECT
        h.niveau, h.code, h.secteur, v.groupe, v.mesure,
        h.annee = d.annee AS maintenant, h.valeur, h.statut
    FROM derniere AS d
    CROSS JOIN atlas.hospitaliers AS h
    JOIN reference.variables_sae AS v USING (variable)
    WHERE h.annee IN (d.annee, d.annee_precedente) AND v.filiere = 'médicale'
        AND h.niveau IN ('departement', 'region', 'france')
),
larges AS (
    SELECT
        niveau, code, secteur, groupe,
        max(valeur) FILTER (mesure = 'effectif salarié' AND maintenant) AS effectif_salarie,
        max(statut) FILTER (mesure = 'effectif salarié' AND maintenant) AS effectif_salarie_statut,
        max(valeur) FILTER (mesure = 'effectif salarié' AND NOT maintenant) AS effectif_salarie_avant,
        max(statut) FILTER (mesure = 'effectif salarié' AND NOT maintenant) AS effectif_salarie_avant_statut,
        max(valeur) FILTER (mesure = 'ETP salariés' AND maintenant) AS etp_salaries,
        max(statut) FILTER (mesure = 'ETP salariés' AND maintenant) AS etp_salaries_statut,
        max(valeur) FILTER (mesure = 'ETP salariés' AND NOT maintenant) AS etp_salaries_avant,
        max(statut) FILTER (mesure = 'ETP salariés' AND NOT maintenant) AS etp_salaries_avant_statut,
        max(valeur) FILTER (mesure = 'effectif libéral' AND maintenant) AS effectif_liberal,
        max(statut) FILTER (mesure = 'effectif libéral' AND maintenant) AS effectif_liberal_statut,
        max(valeur) FILTER (mesure = 'effectif libéral' AND NOT maintenant) AS effectif_liberal_avant,
        max(statut) FILTER (mesure = 'effectif libéral' AND NOT maintenant) AS effectif_liberal_avant_statut
    FROM lignes
    GROUP BY ALL
)
SELECT
    t.territoire, l.niveau, l.code, t.territoire_libelle, l.secteur, coalesce(c.libelle, l.secteur) AS secteur_libelle,
    l.effectif_salarie_avant, l.effectif_salarie_avant_statut, l.effectif_salarie, l.effectif_salarie_statut,
    l.etp_salaries_avant, l.etp_salaries_avant_statut, l.etp_salaries, l.etp_salaries_statut,
    l.effectif_liberal_avant, l.effectif_liberal_avant_statut, l.effectif_liberal, l.effectif_liberal_statut,
    l.groupe, g.groupe_libelle, l.secteur = 'ensemble' AS ensemble, d.annee, d.annee_precedente AS annee_avant,
    l.etp_salaries AS valeur, 'sae' AS source
FROM larges AS l
JOIN derniere AS d ON true
JOIN vues.territoires AS t USING (niveau, code)
JOIN vues.groupes_hospitaliers AS g USING (groupe)
LEFT JOIN reference.codes AS c ON c.liste = 'secteur' AND c.code = l.secteur
ORDER BY g.ordre, t.niveau, t.code, l.secteur
