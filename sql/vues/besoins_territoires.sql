-- Besoins de soins par territoire : population âgée, affections de longue durée, patients sans médecin traitant.
-- Grain : niveau, code
-- Source : vues.besoins
-- Non reçu : Aucune source de population âgée ou de patients n'a été reçue pour cette édition.
-- Note : Dernière année observée de chaque nombre. Sous le département, seule la population de tous âges est connue, d'une autre source.
-- Colonnes :
--   territoire_libelle « Territoire »
--   annee_population « Année de la population » year [année] (vide : nd) : année de la population
--   population « Population » n0 [habitants] : population de tous âges
--   population_statut : pourquoi le nombre est vide, ou partiel
--   population_60_plus « 60 ans ou plus » n0 [habitants] : population de 60 ans ou plus
--   population_60_plus_statut : pourquoi le nombre est vide, ou partiel
--   part_60_plus « Part des 60 ans ou plus » pct1 [part] : part des 60 ans ou plus dans la population
--   part_60_plus_statut : pourquoi le nombre est vide, ou partiel
--   population_75_plus « 75 ans ou plus » n0 [habitants] : population de 75 ans ou plus
--   population_75_plus_statut : pourquoi le nombre est vide, ou partiel
--   part_75_plus « Part des 75 ans ou plus » pct1 [part] : part des 75 ans ou plus dans la population
--   part_75_plus_statut : pourquoi le nombre est vide, ou partiel
--   annee_patients « Année des patients » year [année] (vide : nd) : année des affections de longue durée
--   patients_ald « Patients en affection de longue durée » n0 [personnes] : patients en affection de longue durée
--   patients_ald_statut : pourquoi ils sont vides
--   part_ald « Part des patients en affection de longue durée » pct1 [part] : leur part parmi les patients
--   part_ald_statut : pourquoi elle est vide
--   part_ald_sans_medecin_traitant « dont sans médecin traitant » pct1 [part] : part de ceux en affection de longue durée qui n'ont pas de médecin traitant
--   part_ald_sans_medecin_traitant_statut : pourquoi elle est vide
SELECT
    b.territoire, b.niveau, b.code, b.territoire_libelle,
    max(b.annee) FILTER (b.indicateur = 'population_75_plus') AS annee_population,
    max(b.valeur) FILTER (b.indicateur = 'population') AS population,
    coalesce(max(b.statut) FILTER (b.indicateur = 'population'), 'nd') AS population_statut,
    max(b.valeur) FILTER (b.indicateur = 'population_60_plus') AS population_60_plus,
    coalesce(max(b.statut) FILTER (b.indicateur = 'population_60_plus'), 'nd') AS population_60_plus_statut,
    max(b.valeur) FILTER (b.indicateur = 'part_60_plus_population') AS part_60_plus,
    coalesce(max(b.statut) FILTER (b.indicateur = 'part_60_plus_population'), 'nd') AS part_60_plus_statut,
    max(b.valeur) FILTER (b.indicateur = 'population_75_plus') AS population_75_plus,
    coalesce(max(b.statut) FILTER (b.indicateur = 'population_75_plus'), 'nd') AS population_75_plus_statut,
    max(b.valeur) FILTER (b.indicateur = 'part_75_plus_population') AS part_75_plus,
    coalesce(max(b.statut) FILTER (b.indicateur = 'part_75_plus_population'), 'nd') AS part_75_plus_statut,
    max(b.annee) FILTER (b.indicateur = 'patients_ald') AS annee_patients,
    max(b.valeur) FILTER (b.indicateur = 'patients_ald') AS patients_ald,
    coalesce(max(b.statut) FILTER (b.indicateur = 'patients_ald'), 'nd') AS patients_ald_statut,
    max(b.valeur) FILTER (b.indicateur = 'part_ald') AS part_ald,
    coalesce(max(b.statut) FILTER (b.indicateur = 'part_ald'), 'nd') AS part_ald_statut,
    max(b.valeur) FILTER (b.indicateur = 'part_ald_sans_medecin_traitant') AS part_ald_sans_medecin_traitant,
    coalesce(max(b.statut) FILTER (b.indicateur = 'part_ald_sans_medecin_traitant'), 'nd')
        AS part_ald_sans_medecin_traitant_statut,
    string_agg(DISTINCT b.source, ' ' ORDER BY b.source) AS sources
FROM vues.besoins AS b
JOIN vues.territoires AS t USING (niveau, code)
GROUP BY b.territoire, b.niveau, b.code, b.territoire_libelle, t.rang
ORDER BY t.rang, b.code
