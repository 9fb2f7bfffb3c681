-- Personnels médicaux de chaque fiche, par groupe de spécialités : salariés, libéraux, femmes, temps partiel, évolution.
-- Grain : niveau, code, groupe
-- Source : vues.fiche_personnels, fiches.medecins
-- Note : Salariés et libéraux : personnes au 31 décembre. ETP : moyens annuels rémunérés. Femmes et temps partiel : part des salariés. Les internes s'y ajoutent ; leur effectif est recalculé depuis le bordereau Q22.[[ Le total a {etp_hors_groupes} ETP salariés de plus que ses groupes : la base de la SAE ne les met dans aucun.]][[ Il a {liberaux_hors_groupes} libéraux de plus qu'eux, pour la même raison.]][[ Évolution, {motifs}.]]
-- Colonnes :
--   niveau : es (site), ej ou ght
--   code : numéro FINESS du site ou de l'entité juridique, ou code du GHT
--   libelle_ligne « Groupe de spécialités » : groupe de spécialités ; les internes à la fin
--   salaries « Salariés » n0 [personnes] : effectif salarié
--   salaries_statut : pourquoi il est vide, ou partiel
--   etp « ETP salariés » n1 [ETP] : ETP salariés
--   etp_statut : pourquoi ils sont vides, ou partiels
--   evolution « Évolution des ETP[[, {millesime_precedent}-{millesime}]] » signe_n1 [ETP] (vide : nd) : ETP moins ceux de l'exercice précédent, des mêmes sites
--   evolution_detail signed1 [part] : la même, rapportée aux ETP de l'exercice précédent
--   femmes « Femmes » pct0 [part] : part des femmes parmi les salariés
--   temps_partiel « Temps partiel » pct0 [part] : part des salariés à temps partiel
--   femmes_statut : pourquoi elle est vide
--   temps_partiel_statut : pourquoi elle est vide
--   liberaux « Libéraux » n0 [personnes] : effectif libéral
--   liberaux_statut : pourquoi il est vide, ou partiel
--   etp_hors_groupes n1 [ETP] : ETP du total que les groupes de spécialités ne font pas ; vide s'ils le font, ou si l'un manque
--   liberaux_hors_groupes n0 [personnes] : libéraux du total que les groupes de spécialités ne font pas ; vide s'ils le font, ou si l'un manque
--   motifs : pourquoi des lignes n'ont pas d'évolution, ou de quels sites elle est
WITH variables AS (
    SELECT
        variable, ordre,
        CASE filiere WHEN 'internes' THEN 'INT' ELSE groupe END AS groupe,
        CASE variable WHEN 'EFF_INT_recalcule' THEN 'effectif salarié' WHEN 'ETPINT' THEN 'ETP salariés' ELSE mesure
        END AS mesure
    FROM reference.variables_sae
    WHERE filiere = 'médicale' OR variable IN ('EFF_INT_recalcule', 'ETPINT')
),
-- The lines, in their order, by the names of what is salaried.
lignes AS (
    SELECT
        v.groupe, v.ordre, v.variable, v.groupe = 'INT' AS internes,
        CASE WHEN internes THEN i.libelle ELSE n.libelle_ligne END AS libelle_ligne,
        CASE WHEN internes THEN 'à part' ELSE n.ligne END AS ligne
    FROM variables AS v
    JOIN reference.variables_sae AS n USING (variable)
    JOIN reference.variables_sae AS i ON i.variable = 'EFF_INT'
    WHERE v.mesure = 'effectif salarié'
),
larges AS (
    SELECT
        p.niveau, p.code, v.groupe,
        max(p.valeur) FILTER (v.mesure = 'effectif salarié') AS salaries,
        max(p.statut) FILTER (v.mesure = 'effectif salarié') AS salaries_statut,
        max(p.valeur) FILTER (v.mesure = 'ETP salariés') AS etp,
        max(p.statut) FILTER (v.mesure = 'ETP salariés') AS etp_statut,
        max(p.evolution) FILTER (v.mesure = 'ETP salariés') AS evolution,
        max(p.evolution_detail) FILTER (v.mesure = 'ETP salariés') AS evolution_detail,
        max(p.valeur) FILTER (v.mesure = 'effectif libéral') AS liberaux,
        max(p.statut) FILTER (v.mesure = 'effectif libéral') AS liberaux_statut
    FROM vues.fiche_personnels AS p
    JOIN variables AS v USING (variable)
    GROUP BY p.niveau, p.code, v.groupe
),
-- What a total has and none of its groups: the producer's own, M1100 in 2024 (qualite.sae_recalculs).
ecarts AS (
    SELECT
        p.niveau, p.code, p.mesure,
        sum(CASE p.ligne WHEN 'total' THEN p.valeur WHEN 'détail' THEN -p.valeur ELSE 0 END) AS ecart
    FROM vues.fiche_personnels AS p
    WHERE p.filiere = 'médicale'
    GROUP BY p.niveau, p.code, p.mesure
    HAVING count(*) = count(p.valeur)
),
hors_groupes AS (
    SELECT
        niveau, code,
        max(ecart) FILTER (mesure = 'ETP salariés' AND ecart <> 0) AS etp,
        max(ecart) FILTER (mesure = 'effectif libéral' AND ecart <> 0) AS liberaux
    FROM ecarts
    GROUP BY niveau, code
),
-- Where no doctor is told, salaried or not, there is no table: vues.fiche_identites says why.
connues AS (
    SELECT niveau, code
    FROM larges
    WHERE groupe <> 'INT'
    GROUP BY niveau, code
    HAVING count(salaries) + count(liberaux) > 0
)
SELECT
    f.niveau, f.code, l.groupe, l.ligne, l.libelle_ligne,
    g.salaries, g.salaries_statut, g.etp, g.etp_statut, g.evolution, g.evolution_detail,
    m.part_femmes AS femmes, m.part_temps_partiel AS temps_partiel,
    CASE WHEN l.internes OR m.effectif = 0 THEN 'sans objet' WHEN m.effectif IS NULL THEN 'nd' END AS femmes_statut,
    femmes_statut AS temps_partiel_statut,
    g.liberaux, CASE WHEN l.internes THEN 'sans objet' ELSE g.liberaux_statut END AS liberaux_statut,
    h.etp AS etp_hors_groupes, h.liberaux AS liberaux_hors_groupes, o.motifs
FROM vues.fiche_identites AS f
JOIN connues AS c ON c.niveau = f.niveau AND c.code = f.code
CROSS JOIN lignes AS l
LEFT JOIN larges AS g ON g.niveau = f.niveau AND g.code = f.code AND g.groupe = l.groupe
LEFT JOIN fiches.medecins AS m
    ON m.millesime = f.millesime AND m.niveau = f.niveau AND m.code = f.code AND m.variable = l.variable
LEFT JOIN hors_groupes AS h ON h.niveau = f.niveau AND h.code = f.code
LEFT JOIN vues.fiche_motifs AS o ON o.niveau = f.niveau AND o.code = f.code AND o.filiere = 'médicale'
ORDER BY f.niveau, f.code, l.ordre
