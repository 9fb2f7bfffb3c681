-- Médecins, odontologistes et pharmaciens salariés de chaque établissement, par groupe de spécialités : femmes et temps partiel.
-- Grain : millesime, finess, variable
-- Source : SAE (DREES), bordereau Q20
-- Publication : etablissement
-- Note : les groupes sont ceux de SYGEN. Une case vide, ou un groupe absent, vaut zéro où la ligne de total du questionnaire existe ; l'établissement qui ne l'a pas rempli est absent. Un nombre dont les contrôles ont vidé une case n'est pas connu.
-- Colonnes :
--   effectif [personnes] : salariés, au 31 décembre
--   femmes [personnes] : salariées
--   temps_partiel [personnes] : salariés à temps partiel
WITH groupes (variable, motif) AS (
    VALUES
        ('EFFSAL_TOT', 'M9999'), ('EFFSAL_SPEMED', 'M1.*'), ('EFFSAL_DT_MEDGEN', 'M1010'), ('EFFSAL_DT_URG', 'M1340'),
        ('EFFSAL_DT_ANESTREA', 'M103[01]'), ('EFFSAL_SPECHI', 'M2.*'), ('EFFSAL_DT_GYNOBS', 'M2050'),
        ('EFFSAL_PSY', 'M3020'), ('EFFSAL_ODON', 'M3030'), ('EFFSAL_PHARMA', 'M3012|M3050'),
        ('EFFSAL_AUT', 'M3011|M3040|M3060|M3070')
),
codes AS (
    SELECT p.perso, g.variable
    FROM (SELECT DISTINCT perso FROM staging.sae_q20) AS p
    JOIN groupes AS g ON regexp_full_match(p.perso, g.motif)
),
videes AS (
    SELECT millesime, fichier, ligne, list(colonne ORDER BY colonne) AS colonnes
    FROM core.cellules_ecartees
    WHERE source = 'sae' AND table_source = 'q20'
    GROUP BY ALL
),
lignes AS (
    SELECT
        q.millesime, q.finess, c.variable,
        coalesce(q.EFFSAL, zero_implicite(v.colonnes, 'EFFSAL')) AS effectif,
        coalesce(q.EFFSALPLF, zero_implicite(v.colonnes, 'EFFSALPLF'))
        + coalesce(q.EFFSALPAF, zero_implicite(v.colonnes, 'EFFSALPAF')) AS femmes,
        coalesce(q.EFFSALPAH, zero_implicite(v.colonnes, 'EFFSALPAH'))
        + coalesce(q.EFFSALPAF, zero_implicite(v.colonnes, 'EFFSALPAF')) AS temps_partiel
    FROM staging.sae_q20 AS q
    JOIN codes AS c USING (perso)
    LEFT JOIN videes AS v ON v.millesime = q.millesime AND v.fichier = q._fichier AND v.ligne = q._ligne
),
sommes AS (
    SELECT
        millesime, finess, variable,
        CASE statut_somme(effectif) WHEN 'calculé' THEN sum(effectif) END AS effectif,
        CASE statut_somme(femmes) WHEN 'calculé' THEN sum(femmes) END AS femmes,
        CASE statut_somme(temps_partiel) WHEN 'calculé' THEN sum(temps_partiel) END AS temps_partiel
    FROM lignes
    GROUP BY ALL
)
SELECT
    t.annee, t.millesime, t.revision, t.finess, t.finess_ej, g.variable,
    CASE WHEN s.finess IS NULL THEN 0 ELSE s.effectif END::INTEGER AS effectif,
    CASE WHEN s.finess IS NULL THEN 0 ELSE s.femmes END::INTEGER AS femmes,
    CASE WHEN s.finess IS NULL THEN 0 ELSE s.temps_partiel END::INTEGER AS temps_partiel
FROM staging.sae_q20 AS t
CROSS JOIN groupes AS g
LEFT JOIN sommes AS s ON s.millesime = t.millesime AND s.finess = t.finess AND s.variable = g.variable
WHERE t.perso = 'M9999'
