-- Médecins, odontologistes et pharmaciens salariés de chaque établissement, par groupe de spécialités : femmes et temps partiel.
-- Grain : millesime, finess, variable
-- Source : SAE (DREES), bordereau Q20
-- Publication : etablissement
-- Note : les groupes sont ceux de SYGEN. Une case vide, ou un groupe absent, vaut zéro où la ligne de total du questionnaire existe ; l'établissement qui ne l'a pas rempli est absent.
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
sommes AS (
    SELECT
        q.millesime, q.finess, c.variable,
        sum(q.EFFSAL) AS effectif,
        sum(coalesce(q.EFFSALPLF, 0) + coalesce(q.EFFSALPAF, 0)) AS femmes,
        sum(coalesce(q.EFFSALPAH, 0) + coalesce(q.EFFSALPAF, 0)) AS temps_partiel
    FROM staging.sae_q20 AS q
    JOIN codes AS c USING (perso)
    GROUP BY ALL
)
SELECT
    t.annee, t.millesime, t.revision, t.finess, t.finess_ej, g.variable,
    coalesce(s.effectif, 0)::INTEGER AS effectif,
    coalesce(s.femmes, 0)::INTEGER AS femmes,
    coalesce(s.temps_partiel, 0)::INTEGER AS temps_partiel
FROM staging.sae_q20 AS t
CROSS JOIN groupes AS g
LEFT JOIN sommes AS s ON s.millesime = t.millesime AND s.finess = t.finess AND s.variable = g.variable
WHERE t.perso = 'M9999'
