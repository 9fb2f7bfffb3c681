-- Jours d'absence par motif, rapportés aux jours théoriques : les motifs s'ajoutent.
-- Grain : indicateur
-- Source : atlas.ressources_humaines, reference.indicateurs
-- Publication : interne
-- Colonnes :
--   libelle « Motif » : motif d'absence
--   valeur « Part des jours » pct1 [part] : part des jours théoriques
SELECT coalesce(i.libelle, r.indicateur) AS libelle, r.valeur, r.annee, r.indicateur, r.statut, 'enquete_rh' AS source
FROM atlas.ressources_humaines AS r
JOIN reference.blocs AS b ON b.bloc = 'ressources_humaines.motifs' AND b.code = r.indicateur
LEFT JOIN reference.indicateurs AS i USING (indicateur)
WHERE r.annee = (SELECT annee FROM vues.annees_retenues WHERE objet = 'atlas.ressources_humaines')
    AND r.niveau = 'region'
    AND r.code = (SELECT region FROM vues.publication) AND r.categorie = 'ensemble' AND r.valeur IS NOT NULL
ORDER BY r.valeur DESC, libelle
