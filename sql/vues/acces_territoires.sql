-- Accès aux professionnels de santé par territoire : accessibilité potentielle localisée (APL), et habitants des zones où l'accès est difficile.
-- Grain : profession, niveau, code
-- Source : vues.apl, vues.zonage_difficile
-- Non reçu : Ni l'APL de la DREES ni un zonage n'ont été reçus pour cette édition.
-- Note : L'APL aux généralistes se compte en consultations par an et par habitant, celle des autres professions en équivalents temps plein pour 100 000 habitants : elles ne se comparent pas. L'accès est difficile en ZIP et en ZAC pour les généralistes, dans les zones très sous-dotées et sous-dotées pour les autres professions.
-- Colonnes :
--   profession_libelle « Profession » : nom de la profession ; pour les médecins, les généralistes
--   territoire_libelle « Territoire »
--   annee_apl « Année de l'APL » year [année] (vide : nd) : année de l'APL
--   apl_generalistes « APL aux généralistes » n1 [consultations par an et par habitant] : accessibilité potentielle aux généralistes
--   apl_generalistes_statut : pourquoi elle est vide
--   apl_autres « APL aux autres professions » n1 [ETP pour 100 000 habitants] : accessibilité potentielle aux autres professions
--   apl_autres_statut : pourquoi elle est vide
--   part_sous_2_5 « Habitants sous 2,5 consultations par an » pct1 [part] : part des habitants dont l'APL aux généralistes est sous 2,5 consultations par an
--   part_sous_2_5_statut : pourquoi cette part est vide
--   annee_zonage « Année du zonage » year [année] (vide : nd) : année du zonage
--   habitants_difficile « Habitants pour qui l'accès est difficile » n0 [habitants] : habitants des zones où l'accès est difficile
--   habitants_difficile_statut : pourquoi ils sont vides, ou partiels
--   part_difficile « Part de la population » pct1 [part] : part des habitants qui vivent dans ces zones
--   part_difficile_statut : pourquoi elle est vide, ou partielle
WITH reunis AS (
    SELECT
        profession, niveau, code, coalesce(a.profession_libelle, z.profession_libelle) AS profession_libelle,
        profession = 'medecin' AS generalistes, a.annee AS annee_apl, a.valeur AS apl,
        coalesce(a.statut, 'nd') AS apl_statut, a.part_sous_2_5, a.part_sous_2_5_statut,
        z.annee AS annee_zonage, z.habitants AS habitants_difficile, z.valeur AS part_difficile,
        coalesce(z.statut, 'nd') AS difficile_statut,
        concat_ws(' ', CASE WHEN a.profession IS NOT NULL THEN 'apl' END, z.sources) AS sources
    FROM vues.apl AS a
    FULL JOIN vues.zonage_difficile AS z USING (profession, niveau, code)
)
SELECT
    r.profession, r.profession_libelle, t.territoire, r.niveau, r.code, t.territoire_libelle, r.annee_apl,
    CASE WHEN r.generalistes THEN r.apl END AS apl_generalistes,
    CASE WHEN r.generalistes THEN r.apl_statut ELSE 'sans objet' END AS apl_generalistes_statut,
    CASE WHEN NOT r.generalistes THEN r.apl END AS apl_autres,
    CASE WHEN NOT r.generalistes THEN r.apl_statut ELSE 'sans objet' END AS apl_autres_statut,
    r.part_sous_2_5,
    CASE WHEN r.generalistes THEN coalesce(r.part_sous_2_5_statut, 'nd') ELSE 'sans objet' END AS part_sous_2_5_statut,
    r.annee_zonage,
    r.habitants_difficile,
    CASE WHEN r.habitants_difficile IS NULL THEN 'nd' ELSE r.difficile_statut END AS habitants_difficile_statut,
    r.part_difficile,
    CASE WHEN r.part_difficile IS NULL THEN 'nd' ELSE r.difficile_statut END AS part_difficile_statut, r.sources
FROM reunis AS r
JOIN vues.territoires AS t USING (niveau, code)
ORDER BY r.profession_libelle, t.rang, r.code
