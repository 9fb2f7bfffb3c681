-- Départs en fin de carrière de 2019 à 2030 selon la DARES, par famille professionnelle : région et France.
-- Grain : profession, fap, niveau
-- Source : atlas.departs, reference.correspondances
-- Note : Une famille professionnelle (FAP) réunit souvent plusieurs professions.
-- Colonnes :
--   territoire_libelle « Territoire »
--   libelle « Famille professionnelle » : famille professionnelle
--   departs « Départs » n0 [personnes, de 2019 à 2030] : départs en fin de carrière
--   part « Part de l'emploi de 2019 » pct1 [part] : part de l'emploi de 2019
--   fap : famille professionnelle, code
SELECT
    f.profession, f.code AS fap, t.territoire, d.niveau, d.code, t.territoire_libelle, d.annee, d.libelle,
    d.valeur AS departs,
    p.valeur AS part, d.statut, d.source
FROM reference.correspondances AS f
JOIN atlas.departs AS d ON d.profession = f.code AND d.indicateur = 'departs_fin_carriere'
JOIN vues.territoires AS t ON t.niveau = d.niveau AND t.code = d.code
LEFT JOIN atlas.departs AS p
    ON p.indicateur = 'part_departs' AND p.profession = d.profession AND p.niveau = d.niveau AND p.code = d.code
    AND p.annee = d.annee
WHERE f.nomenclature = 'FAP 2009' AND d.niveau IN ('region', 'france')
ORDER BY f.profession, f.code, t.rang
