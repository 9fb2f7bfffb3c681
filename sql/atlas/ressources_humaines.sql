-- Ressources humaines des établissements de santé, publics et privés : postes vacants, rotation, absences, contractuels, intérim, accidents et violences.
-- Grain : annee, indicateur, categorie, niveau, code
-- Source : enquête annuelle de l'agence sur les ressources humaines ; SAE (DREES) pour la couverture
-- Publication : territoire
-- Note : déclarations des seuls établissements qui ont répondu aux deux termes du taux. Les taux sont recalculés des sommes à chaque niveau. La couverture est la part des répondants dans les ETP de la SAE du champ. Un établissement compte pour le département de son site principal.
-- Colonnes :
--   categorie : catégorie de personnel (reference.questions), ou ensemble
--   niveau : ej, ght, departement, region, france
--   numerateur : somme du numérateur
--   denominateur : somme du dénominateur
--   unite : part, ou pour 100 ETP
--   repondants : établissements qui ont répondu aux deux termes
--   attendus : établissements dont une réponse est attendue
--   part_repondants [part, de 0 à 1] : répondants / attendus
--   couverture [part, de 0 à 1] : ETP de la SAE des répondants / ETP de la SAE des attendus
--   statut : calculé, ou nd quand le dénominateur est nul ; secret quand la publication cache la ligne
WITH reponses AS (
    SELECT * FROM core.enquete_reponses
    WHERE enquete = 'enquete_rh'
    QUALIFY millesime = max(millesime) OVER (PARTITION BY annee)
),
declare_par AS (
    SELECT
        annee, millesime, revision, repondant, modalite AS categorie,
        max(valeur) FILTER (question = 'etp_budgetes') AS etp_budgetes,
        max(valeur) FILTER (question = 'etp_pourvus') AS etp_pourvus,
        max(valeur) FILTER (question = 'etp_contractuels') AS etp_contractuels,
        max(valeur) FILTER (question = 'effectif_precedent') AS effectif_precedent,
        max(valeur) FILTER (question = 'entrees') AS entrees,
        max(valeur) FILTER (question = 'sorties') AS sorties,
        max(valeur) FILTER (question = 'etp_moyens') AS etp_moyens,
        max(valeur) FILTER (question = 'jours_maladie') AS jours_maladie,
        max(valeur) FILTER (question = 'jours_longue_maladie') AS jours_longue_maladie,
        max(valeur) FILTER (question = 'jours_at_mp') AS jours_at_mp,
        max(valeur) FILTER (question = 'jours_parentalite') AS jours_parentalite,
        max(valeur) FILTER (question = 'jours_autres') AS jours_autres,
        max(valeur) FILTER (question = 'depenses_personnel') AS depenses_personnel,
        max(valeur) FILTER (question = 'depenses_interim_medical') AS depenses_interim_medical,
        max(valeur) FILTER (question = 'depenses_interim_non_medical') AS depenses_interim_non_medical,
        max(valeur) FILTER (question = 'accidents_travail') AS accidents_travail,
        max(valeur) FILTER (question = 'violences_signalees') AS violences_signalees
    FROM reponses
    GROUP BY ALL
),
termes AS (
    SELECT annee, millesime, revision, repondant, categorie, t.indicateur, t.numerateur, t.denominateur
    FROM declare_par, LATERAL (
        VALUES
            ('taux_vacance', etp_budgetes - etp_pourvus, etp_budgetes),
            ('part_contractuels', etp_contractuels, etp_pourvus),
            -- Half of entries and exits, of the headcount a year before.
            ('taux_rotation', (entrees + sorties) / 2, effectif_precedent),
            ('taux_absence', jours_maladie + jours_longue_maladie + jours_at_mp + jours_parentalite + jours_autres,
                365 * etp_moyens),
            ('taux_absence_maladie', jours_maladie, 365 * etp_moyens),
            ('taux_absence_longue_maladie', jours_longue_maladie, 365 * etp_moyens),
            ('taux_absence_at_mp', jours_at_mp, 365 * etp_moyens),
            ('taux_absence_parentalite', jours_parentalite, 365 * etp_moyens),
            ('taux_absence_autres', jours_autres, 365 * etp_moyens),
            ('part_interim', depenses_interim_medical + depenses_interim_non_medical,
                depenses_personnel + depenses_interim_medical + depenses_interim_non_medical),
            ('accidents_100_etp', accidents_travail, etp_moyens),
            ('violences_100_etp', violences_signalees, etp_moyens)
    ) AS t (indicateur, numerateur, denominateur)
    WHERE t.numerateur IS NOT NULL AND t.denominateur IS NOT NULL
),
attendus AS (
    UNPIVOT (
        SELECT annee, repondant AS ej, code_ght AS ght, departement, region, 'F' AS france, poids, repondant
        FROM core.enquete_attendus
        WHERE enquete = 'enquete_rh'
    )
    ON ej, ght, departement, region, france INTO NAME niveau VALUE code
),
champ AS (
    SELECT annee, niveau, code, count(*)::INTEGER AS attendus, sum(poids) AS poids FROM attendus GROUP BY ALL
),
sommes AS (
    SELECT
        t.annee, max(t.millesime)::INTEGER AS millesime, max(t.revision)::INTEGER AS revision,
        t.indicateur, t.categorie, a.niveau, a.code,
        sum(t.numerateur)::DECIMAL(18, 2) AS numerateur, sum(t.denominateur)::DECIMAL(18, 2) AS denominateur,
        count(*)::INTEGER AS repondants, sum(a.poids) AS poids
    FROM termes AS t
    JOIN attendus AS a ON a.annee = t.annee AND a.repondant = t.repondant
    GROUP BY t.annee, t.indicateur, t.categorie, a.niveau, a.code
)
SELECT
    s.annee, s.millesime, s.revision, s.indicateur, s.categorie, s.niveau, s.code, s.numerateur, s.denominateur,
    CASE WHEN s.denominateur > 0
        THEN (
            CASE WHEN s.indicateur LIKE '%_100_etp' THEN 100 ELSE 1 END * s.numerateur / s.denominateur
        )::DECIMAL(18, 6)
    END AS valeur,
    CASE WHEN s.indicateur LIKE '%_100_etp' THEN 'pour 100 ETP' ELSE 'part, de 0 à 1' END AS unite,
    s.repondants, c.attendus,
    (s.repondants / c.attendus)::DECIMAL(18, 6) AS part_repondants,
    (s.poids / c.poids)::DECIMAL(18, 6) AS couverture,
    CASE WHEN s.denominateur > 0 THEN 'calculé' ELSE 'nd' END AS statut
FROM sommes AS s
JOIN champ AS c USING (annee, niveau, code)
