-- Chiffres clés de chaque territoire : médecins, infirmiers, âges, accès, tension.
-- Grain : niveau, code
-- Source : vues.densites, vues.zonage, vues.zonage_difficile, vues.tension, atlas.departs
-- Colonnes :
--   territoire_libelle « Territoire »
--   medecins « Médecins » n0 [personnes] : médecins en activité
--   medecins_statut : pourquoi ils sont vides, ou partiels
--   medecins_densite « Médecins pour 100 000 hab. » n1 [pour 100 000 habitants] : densité de médecins
--   medecins_densite_statut : pourquoi elle est vide, ou partielle
--   medecins_densite_france « Médecins pour 100 000 hab., France » n1 [pour 100 000 habitants] : la même en France
--   medecins_densite_france_statut : pourquoi elle est vide, ou partielle
--   medecins_annee « Année des médecins » year [année] : année décrite
--   medecins_face : densité de médecins face à la France
--   medecins_face_mots : la même chose, en mots
--   medecins_pratique : mode d'exercice et jour décrit, en mots
--   infirmiers « Infirmiers libéraux » n0 [personnes] : infirmiers libéraux
--   infirmiers_statut : pourquoi ils sont vides, ou partiels
--   infirmiers_densite « Infirmiers libéraux pour 100 000 hab. » n1 [pour 100 000 habitants] : densité d'infirmiers libéraux
--   infirmiers_densite_statut : pourquoi elle est vide, ou partielle
--   infirmiers_densite_france « Infirmiers libéraux pour 100 000 hab., France » n1 [pour 100 000 habitants] : la même en France
--   infirmiers_densite_france_statut : pourquoi elle est vide, ou partielle
--   infirmiers_annee « Année des infirmiers » year [année] : année décrite
--   part_60_plus « Médecins de 60 ans ou plus » pct1 [part] : part des médecins qui ont 60 ans ou plus
--   part_60_plus_statut : pourquoi elle est vide, ou partielle
--   part_60_plus_annee « Année des âges » year [année] : 1er janvier de cette année
--   part_zip_zac « Habitants en ZIP ou en ZAC » pct1 [part] : part des habitants qui vivent là où l'accès aux généralistes est difficile
--   part_zip_zac_statut : pourquoi elle est vide, ou partielle
--   habitants_zip_zac « Nombre d'habitants en ZIP ou en ZAC » n0 [habitants] : habitants qui vivent là où l'accès aux généralistes est difficile
--   habitants_zip_zac_statut : pourquoi ils sont vides, ou partiels
--   zonage_annee « Année du zonage » year [année] : année du zonage
--   zonage_reserve : d'où vient le zonage, s'il n'est pas arrêté par les agences
--   indice_tension « Indice de tension des médecins (0 à 100) » n0 [de 0 à 100] (vide : sans objet) : indice de tension des médecins
--   indice_rang « Rang de tension » n0 (vide : sans objet) : rang, 1 pour le plus tendu
--   indice_rang_bas « Rangs plausibles » entre_n0 (vide : sans objet) : meilleur rang plausible
--   indice_rang_haut : pire rang plausible
--   etablissements « Établissements de santé » n0 : sites de la SAE
--   territoires_classes : départements classés
WITH medecins AS (
    SELECT * FROM vues.densites WHERE profession = 'medecin' AND specialite = 'ensemble' AND premier_mode
),
infirmiers AS (
    SELECT * FROM vues.densites WHERE profession = 'infirmier' AND specialite = 'ensemble' AND mode_exercice = 'libéral'
),
ages AS (
    SELECT niveau, code, annee, plus_60 AS valeur, statut
    FROM vues.ages_60_plus
    WHERE profession = 'medecin'
),
zones AS (
    SELECT
        d.niveau, d.code, d.annee, d.valeur AS part, d.habitants, d.statut,
        CASE WHEN NOT bool_and(z.origine = 'arrêté') THEN 'd’après une liste non officielle' END AS reserve
    FROM vues.zonage_difficile AS d
    JOIN vues.zonage AS z USING (profession, niveau, code)
    WHERE d.profession = 'medecin' AND z.degre IS NOT NULL
    GROUP BY ALL
),
sites AS (
    SELECT t.niveau, t.code, count(*)::INTEGER AS etablissements
    FROM vues.etablissements AS e
    JOIN vues.territoires AS t
        ON t.territoire IN (e.territoire_departement, e.territoire_arrondissement)
            OR (t.niveau = 'region' AND e.interieur)
    GROUP BY ALL
),
france AS (
    SELECT
        (SELECT valeur FROM medecins WHERE niveau = 'france') AS medecins,
        (SELECT valeur_statut FROM medecins WHERE niveau = 'france') AS medecins_statut,
        (SELECT valeur_statut FROM infirmiers WHERE niveau = 'france') AS infirmiers_statut,
        (SELECT valeur FROM infirmiers WHERE niveau = 'france') AS infirmiers
),
lieux AS (
    SELECT t.*, f.medecins AS france_medecins, f.infirmiers AS france_infirmiers,
        f.medecins_statut AS france_medecins_statut, f.infirmiers_statut AS france_infirmiers_statut
    FROM vues.territoires AS t, france AS f
)
SELECT
    t.territoire, t.niveau, t.code, t.territoire_libelle,
    m.effectif AS medecins, coalesce(m.statut, 'nd') AS medecins_statut,
    m.valeur AS medecins_densite, coalesce(m.valeur_statut, 'nd') AS medecins_densite_statut,
    t.france_medecins AS medecins_densite_france,
    coalesce(t.france_medecins_statut, 'nd') AS medecins_densite_france_statut,
    m.annee_decrite AS medecins_annee, m.face AS medecins_face,
    coalesce(c.libelle, 'France') AS medecins_face_mots, m.pratique AS medecins_pratique,
    n.effectif AS infirmiers, coalesce(n.statut, 'nd') AS infirmiers_statut,
    n.valeur AS infirmiers_densite, coalesce(n.valeur_statut, 'nd') AS infirmiers_densite_statut,
    t.france_infirmiers AS infirmiers_densite_france,
    coalesce(t.france_infirmiers_statut, 'nd') AS infirmiers_densite_france_statut,
    n.annee_decrite AS infirmiers_annee,
    a.valeur AS part_60_plus, coalesce(a.statut, 'nd') AS part_60_plus_statut, a.annee AS part_60_plus_annee,
    z.part AS part_zip_zac, CASE WHEN z.part IS NULL THEN 'nd' ELSE z.statut END AS part_zip_zac_statut,
    z.habitants AS habitants_zip_zac,
    CASE WHEN z.habitants IS NULL THEN 'nd' ELSE z.statut END AS habitants_zip_zac_statut,
    z.annee AS zonage_annee, z.reserve AS zonage_reserve,
    i.score AS indice_tension, i.rang AS indice_rang, i.rang_bas AS indice_rang_bas, i.rang_haut AS indice_rang_haut,
    i.territoires_classes, s.etablissements
FROM lieux AS t
LEFT JOIN medecins AS m USING (niveau, code)
LEFT JOIN infirmiers AS n USING (niveau, code)
LEFT JOIN ages AS a USING (niveau, code)
LEFT JOIN zones AS z USING (niveau, code)
LEFT JOIN sites AS s USING (niveau, code)
LEFT JOIN vues.tension AS i ON i.groupe = 'medecin' AND i.niveau = t.niveau AND i.code = t.code
LEFT JOIN reference.codes AS c ON c.liste = 'face_a_france' AND c.code = m.face
ORDER BY t.rang, t.code
