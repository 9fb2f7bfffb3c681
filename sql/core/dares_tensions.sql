-- Tensions sur le marché du travail par famille professionnelle et territoire, et leurs facteurs.
-- Grain : annee, millesime, niveau_fap, fap, niveau, code_publie
-- Source : Les tensions sur le marché du travail (DARES, France Travail) : réexport en 2019, classeur du producteur depuis 2022
-- Publication : territoire
-- Note : les facteurs sont des notes de 1 à 5 ; « n.d. » est vide, avec le statut « nd ». Le réexport écrit les régions comme des nombres (1.0 pour 01). Un classeur donne plusieurs années : une série prend, pour chacune, le millésime le plus récent. Là où la note manque, la DARES impute l'indicateur de tension, faute de volume : `tension_statut` le dit, l'indice de l'atlas l'écarte.
-- Colonnes :
--   fap : famille professionnelle (FAP 2009, ou 2021)
--   niveau_fap : fap 87 ou fap 225 (FAP 2009), fap 86 ou fap 228 (FAP 2021)
--   code_publie : code du territoire tel que publié
--   emploi_moyen [personnes] : emploi moyen
--   tension : indicateur de tension, centré et réduit
--   tension_statut : publié, imputé (par la DARES, là où la note manque) ou nd
--   tension_categorie [note de 1 à 5] : tension
--   intensite_embauches [note de 1 à 5] : intensité d'embauches
--   lien_formation [note de 1 à 5] : lien entre formation et emploi
--   main_oeuvre [note de 1 à 5] : manque de main-d'œuvre disponible
--   non_durabilite [note de 1 à 5] : non-durabilité de l'emploi
--   conditions_travail [note de 1 à 5] : conditions de travail contraignantes
--   inadequation_geographique [note de 1 à 5] : inadéquation géographique
WITH publiees AS (
    SELECT
        t.* REPLACE (lower(t.niveau_fap) AS niveau_fap, coalesce(t.tension, t.tension_imputee) AS tension),
        CASE lower(t.niveau_geo) WHEN 'nat' THEN 'france' WHEN 'reg' THEN 'region' WHEN 'dep' THEN 'departement' END
            AS niveau,
        CASE lower(t.niveau_geo)
            WHEN 'nat' THEN 'F'
            WHEN 'reg' THEN coalesce(code_region(t.region), t.region)
            WHEN 'dep' THEN coalesce(code_departement(t.departement), t.departement)
        END AS code_publie
    FROM staging.dares_tensions AS t
    WHERE lower(t.niveau_geo) IN ('nat', 'reg', 'dep')
)
SELECT
    p.annee, p.millesime, p.revision, p.reference, p.fap, p.niveau_fap, p.niveau, p.code_publie, d.code,
    p.emploi_moyen, p.tension,
    CASE WHEN p.tension IS NULL THEN 'nd' WHEN p.tension_categorie IS NULL THEN 'imputé' ELSE 'publié' END
        AS tension_statut,
    p.tension_categorie, p.tension_categorie_statut,
    p.intensite_embauches, p.lien_formation, p.main_oeuvre, p.non_durabilite, p.conditions_travail,
    p.inadequation_geographique
FROM publiees AS p
LEFT JOIN core.decoupages AS d ON d.niveau = p.niveau AND d.code = p.code_publie
-- D'une ligne écartée, la nomenclature ou le territoire peut être ce qui ne se lit pas.
WHERE p.niveau_fap IS NOT NULL AND p.code_publie IS NOT NULL
