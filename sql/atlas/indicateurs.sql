-- Indicateurs avec leur intervalle à 95 %, comparés au reste de la région et à la France.
-- Grain : indicateur, annee, source, profession, specialite, mode_exercice, modalite, niveau, code
-- Source : marts de l'atlas ; intervalles calés sur les mouvements observés (registres), de Byar ou de Wilson (sondages)
-- Publication : territoire
-- Note : l'intervalle d'un registre dit de combien ces nombres ont bougé, d'une année à l'autre et d'une publication à l'autre, 95 fois sur 100 : il est calé sur les mouvements observés, et la méthode la mieux éprouvée l'emporte (qualite.intervalles_epreuve) ; celui d'un sondage est celui du tirage. « non distinguable » : l'écart ne dépasse pas ce que les deux nombres bougent ainsi. Rien n'est dit plus haut ni plus bas sous dix au numérateur, d'un terme partiel, avec une réserve, ni où aucun mouvement n'a été observé : il reste l'écart, sans épreuve. Un territoire se compare au reste de sa région, sans lui. Les lignes des sources restreintes (annuaire santé, enquête RH) n'entrent dans aucune publication.
-- Colonnes :
--   modalite : tranche d'âge, partie du fichier, variable de la SAE, catégorie de personnel ou diplôme que la mesure distingue ; vide sinon
--   numerateur : ce qui est compté
--   denominateur : ce à quoi on le rapporte
--   bas : borne basse de l'intervalle à 95 %
--   haut : borne haute de l'intervalle à 95 %
--   intervalle : méthode de l'intervalle : puissance de la taille, classes de taille ou hasard seul (registres), Byar ou Wilson (sondages)
--   calage : sur quoi l'intervalle est calé : les mouvements de cette série, ceux d'autres séries du même indicateur, ou un sondage
--   statut : calculé ; partiel quand un des deux termes l'est
--   petit_nombre : le numérateur est sous dix ; le rapport varie trop pour être commenté
--   reserve : le producteur a depuis rompu la série parce qu'elle comptait mal cette profession (reference.ruptures) ; vide sinon
--   valeur_region : même rapport pour la région du territoire
--   valeur_reste : même rapport pour le reste de la région, sans le territoire
--   valeur_france : même rapport pour la France
--   ecart_region [part] : valeur / valeur du reste de la région, moins 1
--   ecart_france [part] : valeur / valeur de la France, moins 1
--   face_a_region : plus haut, plus bas, non distinguable, face au reste de la région
--   face_a_france : plus haut, plus bas, non distinguable
WITH bornees AS (
    SELECT
        m.*, i.bas, i.haut, i.bas_reste, i.haut_reste, i.methode AS intervalle, i.calage,
        (m.echelle * m.reste_numerateur / m.reste_denominateur)::DECIMAL(18, 6) AS valeur_reste
    FROM atlas.mesures AS m
    LEFT JOIN calculs.intervalles AS i USING (cle)
),
-- A count that its producer has since broken off for one profession is shown, and not judged.
reserves AS (
    SELECT m.source, m.profession, m.annee,
        arg_min('série rompue en ' || r.annee || ' : ' || r.rupture || ' (' || r.effet || ')', r.annee) AS reserve
    FROM (SELECT DISTINCT source, profession, annee FROM atlas.mesures) AS m
    JOIN reference.ruptures AS r
        ON NOT r.comparable AND r.source = m.source AND r.profession = m.profession AND r.annee > m.annee
    GROUP BY m.source, m.profession, m.annee
),
situees AS (
    SELECT b.*, v.reserve, CASE WHEN t.regions NOT LIKE '% %' AND b.niveau <> 'region' THEN t.regions END AS region
    FROM bornees AS b
    LEFT JOIN reference.territoires AS t ON t.niveau = b.niveau AND t.code = b.code
    LEFT JOIN reserves AS v USING (source, profession, annee)
)
SELECT
    s.indicateur, s.annee, s.millesime, s.revision, s.source, s.profession, s.specialite, s.mode_exercice, s.modalite,
    s.niveau, s.code, s.numerateur, s.denominateur, s.valeur,
    s.bas::DECIMAL(18, 6) AS bas, s.haut::DECIMAL(18, 6) AS haut, s.intervalle, s.calage, s.statut, s.petit_nombre,
    s.reserve,
    r.valeur AS valeur_region, s.valeur_reste, f.valeur AS valeur_france,
    CASE WHEN s.valeur_reste > 0 THEN (s.valeur / s.valeur_reste - 1)::DECIMAL(18, 6) END AS ecart_region,
    CASE WHEN f.valeur > 0 AND s.niveau <> 'france' THEN (s.valeur / f.valeur - 1)::DECIMAL(18, 6) END AS ecart_france,
    CASE
        WHEN s.valeur_reste IS NULL OR s.petit_nombre OR s.bas_reste IS NULL OR s.reserve IS NOT NULL THEN NULL
        WHEN 'partiel' IN (s.statut, r.statut) THEN NULL
        WHEN s.bas_reste > s.valeur_reste THEN 'plus haut'
        WHEN s.haut_reste < s.valeur_reste THEN 'plus bas'
        ELSE 'non distinguable'
    END AS face_a_region,
    CASE
        WHEN f.valeur IS NULL OR s.petit_nombre OR s.bas IS NULL OR s.reserve IS NOT NULL OR s.niveau = 'france'
            THEN NULL
        WHEN 'partiel' IN (s.statut, f.statut) THEN NULL
        WHEN s.bas > f.valeur THEN 'plus haut'
        WHEN s.haut < f.valeur THEN 'plus bas'
        ELSE 'non distinguable'
    END AS face_a_france
FROM situees AS s
LEFT JOIN atlas.mesures AS r
    ON r.niveau = 'region' AND r.code = s.region AND r.indicateur = s.indicateur AND r.annee = s.annee
    AND r.source = s.source AND r.profession = s.profession AND r.specialite = s.specialite
    AND r.mode_exercice = s.mode_exercice AND r.modalite = s.modalite
LEFT JOIN atlas.mesures AS f
    ON f.niveau = 'france' AND f.indicateur = s.indicateur AND f.annee = s.annee
    AND f.source = s.source AND f.profession = s.profession AND f.specialite = s.specialite
    AND f.mode_exercice = s.mode_exercice AND f.modalite = s.modalite
