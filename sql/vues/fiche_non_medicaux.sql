-- Personnels non médicaux et sages-femmes de chaque fiche, par fonction : ETP, part dans le total, évolution, effectif.
-- Grain : niveau, code, groupe
-- Source : vues.fiche_personnels
-- Note : Les sages-femmes, profession médicale selon la loi, sont comptées par la SAE parmi les soignants non médicaux et font partie de leurs totaux. ETP moyens annuels rémunérés ; effectif au 31 décembre.[[ Évolution, {motifs}.]]
-- Colonnes :
--   niveau : es (site), ej ou ght
--   code : numéro FINESS du site ou de l'entité juridique, ou code du GHT
--   groupe : fonction, fin du nom de la variable
--   libelle_ligne « Fonction » : fonction
--   etp « ETP » n1 [ETP] : ETP
--   etp_statut : pourquoi ils sont vides, ou partiels
--   part_etp « Part des ETP » pct1 [part] (vide : sans objet) : part des ETP non médicaux
--   evolution « Évolution des ETP[[, {millesime_precedent}-{millesime}]] » signe_n1 [ETP] (vide : nd) : ETP moins ceux de l'exercice précédent, des mêmes sites
--   evolution_detail signed1 [part] : la même, rapportée aux ETP de l'exercice précédent
--   effectif « Effectif » n0 [personnes] : effectif
--   effectif_statut : pourquoi il est vide, ou partiel
--   motifs : pourquoi des lignes n'ont pas d'évolution, ou de quels sites elle est
WITH personnels AS (
    SELECT * FROM vues.fiche_personnels WHERE filiere IN ('non médicale', 'sages-femmes')
),
-- Where the total isn't told, there is no table: vues.fiche_identites says why.
connues AS (
    SELECT niveau, code, max(valeur) FILTER (mesure = 'ETP') AS total
    FROM personnels
    WHERE ligne = 'total'
    GROUP BY niveau, code
    HAVING count(valeur) > 0
)
SELECT
    f.niveau, f.code, v.groupe, CASE v.filiere WHEN 'sages-femmes' THEN 'à part' ELSE v.ligne END AS ligne,
    v.libelle_ligne,
    e.valeur AS etp, e.statut AS etp_statut,
    -- Fine enough not to be rounded twice: a page shows a thousandth.
    (e.valeur / nullif(c.total, 0))::DECIMAL(18, 9) AS part_etp, e.evolution, e.evolution_detail,
    n.valeur AS effectif, n.statut AS effectif_statut, o.motifs
FROM vues.fiche_identites AS f
JOIN connues AS c ON c.niveau = f.niveau AND c.code = f.code
JOIN reference.variables_sae AS v ON v.mesure = 'ETP' AND v.filiere IN ('non médicale', 'sages-femmes')
LEFT JOIN personnels AS e ON e.niveau = f.niveau AND e.code = f.code AND e.variable = v.variable
LEFT JOIN personnels AS n ON n.niveau = f.niveau AND n.code = f.code AND n.groupe = v.groupe AND n.mesure = 'effectif'
LEFT JOIN vues.fiche_motifs AS o ON o.niveau = f.niveau AND o.code = f.code AND o.filiere = 'non médicale'
ORDER BY f.niveau, f.code, v.ordre
