-- Chiffres clés de chaque fiche : médecins salariés et libéraux, internes, personnels non médicaux, et leur évolution.
-- Grain : niveau, code, variable
-- Source : vues.fiche_personnels, reference.blocs
-- Colonnes :
--   niveau : es (site), ej ou ght
--   code : numéro FINESS du site ou de l'entité juridique, ou code du GHT
--   libelle « Personnels » : personnels comptés, en peu de mots
--   valeur « Valeur » selon : valeur
--   valeur_statut : pourquoi elle est vide, ou partielle
--   valeur_format : comment elle s'écrit
--   unite_dite « Unité » text (vide : rien) : ETP ; vide pour des personnes
--   evolution « Évolution » selon : valeur moins celle de l'exercice précédent, des mêmes sites
--   evolution_format : comment elle s'écrit
--   evolution_detail signed1 [part] : la même, rapportée à la valeur de l'exercice précédent
--   sans_evolution : pourquoi il n'y en a pas
SELECT
    f.niveau, f.code, v.variable, v.libelle_court AS libelle,
    p.valeur, p.statut AS valeur_statut, 'n' || u.decimales AS valeur_format,
    CASE v.unite WHEN 'ETP' THEN v.unite END AS unite_dite,
    p.evolution, 'signe_n' || u.decimales AS evolution_format, p.evolution_detail,
    CASE WHEN p.evolution IS NULL THEN coalesce('nd : ' || split_part(p.motif, ' : ', 1), 'non disponible')
    END AS sans_evolution
FROM vues.fiche_identites AS f
JOIN reference.blocs AS b ON b.bloc = 'fiche.chiffres_cles'
JOIN reference.variables_sae AS v ON v.variable = b.code
JOIN reference.unites AS u USING (unite)
LEFT JOIN vues.fiche_personnels AS p ON p.niveau = f.niveau AND p.code = f.code AND p.variable = b.code
ORDER BY f.niveau, f.code, b.ordre
