-- Ce que valent, d'une observation à la suivante, les nombres dont l'indice de tension est fait.
-- Grain : groupe, indicateur, source, annee_avant, annee
-- Source : marts de l'atlas (DREES, CNAM, France Travail)
-- Publication : nationale
-- Note : départements de métropole. Un indicateur qui ne range pas les départements comme l'année d'avant ne dit pas grand-chose d'eux : la fiabilité de reference.tension_composition vient de là. La dispersion observée se compare à celle qui est déclarée dans reference.seuils. Pour une part, les deux dénominateurs ont le minimum de l'indice (projets_minimum).
-- Colonnes :
--   groupe : groupe de professions
--   indicateur : indicateur de l'indice
--   annee_avant [année] : observation précédente
--   territoires [départements] : départements qui ont les deux
--   correlation : corrélation des rangs d'une observation à l'autre, de -1 à 1 ; vide sous dix départements
--   ecart_median : écart médian d'une observation à l'autre, en valeur absolue, dans l'unité de l'indicateur
--   dispersion : variance observée, rapportée à celle de personnes ou de projets indépendants ; pour un effectif, celle de l'écart à sa pente sur trois années de suite
--   dispersion_declaree : celle qui est employée pour les intervalles de rang
WITH densites AS (
    SELECT
        g.groupe, 'densite' AS indicateur, d.source, d.code, d.annee, d.valeur, d.effectif::DOUBLE AS effectif,
        NULL::DOUBLE AS denominateur
    FROM reference.groupes_tension AS g
    JOIN atlas.densites AS d ON d.profession = g.profession AND d.specialite = g.specialite
    WHERE d.niveau = 'departement' AND length(d.code) = 2 AND d.valeur IS NOT NULL
    -- One mode a source, the same every year: some sources give no total.
    QUALIFY row_number() OVER (
        PARTITION BY g.groupe, d.source, d.code, d.annee
        ORDER BY d.mode_exercice = 'ensemble' DESC, d.mode_exercice, d.feuille) = 1
),
ages AS (
    SELECT g.groupe, d.indicateur, d.source, d.code, d.annee, d.valeur, NULL::DOUBLE, d.denominateur::DOUBLE
    FROM reference.groupes_tension AS g
    JOIN atlas.departs AS d ON d.profession = g.profession AND d.indicateur = 'part_60_plus'
    WHERE d.niveau = 'departement' AND length(d.code) = 2 AND d.valeur IS NOT NULL AND d.denominateur > 0
),
projets AS (
    SELECT g.groupe, r.indicateur, r.source, r.code, r.annee, r.valeur, NULL::DOUBLE, r.denominateur::DOUBLE
    FROM reference.groupes_tension AS g
    JOIN atlas.recrutement AS r ON r.fap = g.fap_bmo AND r.indicateur = 'part_difficile' AND r.source = 'bmo'
    WHERE r.niveau = 'departement' AND length(r.code) = 2
        AND r.denominateur >= (SELECT valeur FROM reference.seuils WHERE seuil = 'projets_minimum')
),
observations AS (
    SELECT * FROM densites
    UNION ALL SELECT * FROM ages
    UNION ALL SELECT * FROM projets
),
annees AS (
    SELECT
        groupe, indicateur, source, annee,
        lag(annee) OVER suite AS annee_avant, lag(annee, 2) OVER suite AS annee_d_avant
    FROM (SELECT DISTINCT groupe, indicateur, source, annee FROM observations)
    WINDOW suite AS (PARTITION BY groupe, indicateur, source ORDER BY annee)
),
paires AS (
    SELECT
        b.groupe, b.indicateur, b.source, y.annee_avant, b.annee, b.code,
        a.valeur::DOUBLE AS avant, b.valeur::DOUBLE AS apres,
        a.denominateur AS n_avant, b.denominateur AS n_apres,
        CASE
            WHEN y.annee - y.annee_avant = 1 AND y.annee_avant - y.annee_d_avant = 1
                THEN pow(b.effectif - 2 * a.effectif + z.effectif, 2) / nullif(6 * a.effectif, 0)
        END AS a_sa_pente
    FROM observations AS b
    JOIN annees AS y USING (groupe, indicateur, source, annee)
    JOIN observations AS a
        ON a.groupe = b.groupe AND a.indicateur = b.indicateur AND a.source = b.source AND a.code = b.code
        AND a.annee = y.annee_avant
    LEFT JOIN observations AS z
        ON z.groupe = b.groupe AND z.indicateur = b.indicateur AND z.source = b.source AND z.code = b.code
        AND z.annee = y.annee_d_avant
),
-- What all départements do together is no dispersion.
centrees AS (
    SELECT
        *, rank() OVER (paire ORDER BY avant) AS rang_avant, rank() OVER (paire ORDER BY apres) AS rang_apres,
        apres - avant - avg(apres - avant) OVER paire AS ecart,
        (avant + apres) / 2 * (1 - (avant + apres) / 2) * (1 / n_avant + 1 / n_apres) AS attendue
    FROM paires
    WINDOW paire AS (PARTITION BY groupe, indicateur, source, annee_avant, annee)
)
SELECT
    c.groupe, c.indicateur, c.source, c.annee_avant, c.annee, count(*)::INTEGER AS territoires,
    CASE WHEN count(*) >= 10 THEN corr(c.rang_avant, c.rang_apres)::DECIMAL(9, 4) END AS correlation,
    median(abs(c.apres - c.avant))::DECIMAL(18, 6) AS ecart_median,
    coalesce(avg(c.a_sa_pente), sum(pow(c.ecart, 2)) / nullif(sum(c.attendue), 0))::DECIMAL(18, 4) AS dispersion,
    min(s.valeur) AS dispersion_declaree
FROM centrees AS c
LEFT JOIN reference.seuils AS s
    ON s.seuil = CASE c.source WHEN 'bmo' THEN 'dispersion_projets' ELSE 'dispersion_registre' END
GROUP BY c.groupe, c.indicateur, c.source, c.annee_avant, c.annee
