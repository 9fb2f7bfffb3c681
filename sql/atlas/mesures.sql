-- Rapports des marts dont on peut dire l'incertitude, chacun avec son numérateur et son dénominateur.
-- Grain : cle
-- Source : marts de l'atlas
-- Publication : interne
-- Note : l'intervalle d'un effectif de registre lit l'année comme une issue d'un processus qui aurait pu en donner une autre. Il n'y en a pas pour les totaux de la SAE, ni pour BMO, enquête pondérée, ni pour une part de population.
-- Colonnes :
--   cle : numéro de la mesure, dans l'ordre de toutes ses colonnes
--   indicateur : indicateur du dictionnaire
--   modalite : tranche d'âge, sexe ou partie du fichier que la mesure distingue ; vide sinon
--   numerateur : ce qui est compté
--   denominateur : ce à quoi on le rapporte
--   echelle : multiplicateur du rapport
--   intervalle : méthode de l'intervalle à 95 % : Byar pour un taux, Wilson pour une part ; vide sans intervalle
--   petit_nombre : le numérateur est sous dix ; le rapport varie trop pour être commenté
WITH rapports AS (
    SELECT 'densite' AS indicateur, annee, millesime, revision, source, profession, specialite, mode_exercice,
        feuille AS modalite, niveau, code, effectif::DECIMAL(18, 2) AS numerateur,
        population::DECIMAL(18, 2) AS denominateur, 100000 AS echelle, 'Byar' AS intervalle
    FROM atlas.densites
    WHERE effectif IS NOT NULL AND population > 0
    UNION ALL
    SELECT 'part_age', annee, millesime, revision, source, profession, 'ensemble', mode_exercice,
        tranche_age, niveau, code, effectif, effectif_total, 1, 'Wilson'
    FROM atlas.ages
    WHERE effectif IS NOT NULL AND effectif_total > 0
    UNION ALL
    SELECT indicateur, annee, millesime, revision, source, profession, 'ensemble', 'ensemble',
        '', niveau, code, numerateur, denominateur, 1, 'Wilson'
    FROM atlas.departs
    WHERE indicateur IN ('part_55_plus', 'part_60_plus') AND denominateur > 0 AND numerateur IS NOT NULL
    UNION ALL
    SELECT 'part_femmes', f.annee, f.millesime, f.revision, f.source, f.profession, f.specialite, f.mode_exercice,
        f.feuille, f.niveau, f.code, f.effectif, e.effectif, 1, 'Wilson'
    FROM atlas.effectifs AS f
    JOIN atlas.effectifs AS e USING (annee, source, profession, specialite, feuille, mode_exercice, niveau, code)
    WHERE f.sexe = 'femmes' AND e.sexe = 'ensemble' AND e.effectif > 0 AND f.effectif IS NOT NULL
)
SELECT
    row_number() OVER (
        ORDER BY indicateur, annee, source, profession, specialite, mode_exercice, modalite, niveau, code
    )::BIGINT AS cle,
    indicateur, annee, millesime, revision, source, profession, specialite, mode_exercice, modalite, niveau, code,
    numerateur, denominateur, echelle,
    (echelle * numerateur / denominateur)::DECIMAL(18, 6) AS valeur,
    intervalle,
    numerateur < 10 AS petit_nombre
FROM rapports
