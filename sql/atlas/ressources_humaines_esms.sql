-- Ressources humaines des établissements sociaux et médico-sociaux : postes vacants, rotation, absences par durée, prestations externes, contrats de remplacement.
-- Grain : annee, indicateur, fonction, categorie, niveau, code
-- Source : enquête annuelle de l'agence auprès des ESMS ; FINESS, équipements sociaux et médico-sociaux pour la couverture
-- Publication : esms
-- Note : les indicateurs sont ceux du tableau de bord de la performance du secteur médico-social. Déclarations des seuls établissements qui ont répondu aux deux termes du taux ; les taux sont recalculés des sommes à chaque niveau. La couverture est la part des répondants dans les places du champ, là où FINESS en connaît.
-- Colonnes :
--   fonction : fonction du personnel (reference.questions), ou ensemble
--   categorie : catégorie d'établissement (reference.categories_esms), ou ensemble
--   niveau : esms (l'établissement, dans sa catégorie), departement, region, france
--   numerateur : somme du numérateur
--   denominateur : somme du dénominateur
--   unite : part, ou pour 100 ETP
--   repondants : établissements qui ont répondu aux deux termes
--   attendus : établissements dont une réponse est attendue
--   part_repondants [part, de 0 à 1] : répondants / attendus
--   couverture [part, de 0 à 1] : places des répondants / places des attendus ; vide où FINESS n'en connaît aucune
--   statut : calculé, ou nd quand le dénominateur est nul ; secret quand la publication cache la ligne
WITH reponses AS (
    SELECT * FROM core.enquete_reponses
    WHERE enquete = 'enquete_esms'
    QUALIFY millesime = max(millesime) OVER (PARTITION BY annee)
),
declare_par AS (
    SELECT
        annee, millesime, revision, repondant, modalite AS fonction,
        max(valeur) FILTER (question = 'etp_budgetes') AS etp_budgetes,
        max(valeur) FILTER (question = 'etp_pourvus') AS etp_pourvus,
        max(valeur) FILTER (question = 'effectif_precedent') AS effectif_precedent,
        max(valeur) FILTER (question = 'entrees') AS entrees,
        max(valeur) FILTER (question = 'sorties') AS sorties,
        max(valeur) FILTER (question = 'etp_moyens') AS etp_moyens,
        max(valeur) FILTER (question = 'jours_courte_duree') AS jours_courte_duree,
        max(valeur) FILTER (question = 'jours_moyenne_duree') AS jours_moyenne_duree,
        max(valeur) FILTER (question = 'jours_longue_duree') AS jours_longue_duree,
        max(valeur) FILTER (question = 'jours_at_mp') AS jours_at_mp,
        max(valeur) FILTER (question = 'jours_parentalite') AS jours_parentalite,
        max(valeur) FILTER (question = 'jours_autres') AS jours_autres,
        max(valeur) FILTER (question = 'depenses_personnel') AS depenses_personnel,
        max(valeur) FILTER (question = 'prestations_sous_traitees') AS prestations_sous_traitees,
        max(valeur) FILTER (question = 'prestations_personnel_exterieur') AS prestations_personnel_exterieur,
        max(valeur) FILTER (question = 'contrats_remplacement') AS contrats_remplacement
    FROM reponses
    GROUP BY ALL
),
termes AS (
    SELECT annee, millesime, revision, repondant, fonction, t.indicateur, t.numerateur, t.denominateur
    FROM declare_par, LATERAL (
        VALUES
            ('taux_vacance', etp_budgetes - etp_pourvus, etp_budgetes),
            ('taux_rotation', (entrees + sorties) / 2, effectif_precedent),
            ('taux_absence', jours_courte_duree + jours_moyenne_duree + jours_longue_duree + jours_at_mp
                + jours_parentalite + jours_autres, 365 * etp_moyens),
            ('taux_absence_courte_duree', jours_courte_duree, 365 * etp_moyens),
            ('taux_absence_moyenne_duree', jours_moyenne_duree, 365 * etp_moyens),
            ('taux_absence_longue_duree', jours_longue_duree, 365 * etp_moyens),
            ('taux_absence_at_mp', jours_at_mp, 365 * etp_moyens),
            ('taux_absence_parentalite', jours_parentalite, 365 * etp_moyens),
            ('taux_absence_autres', jours_autres, 365 * etp_moyens),
            -- Staff lent by others is in the expenses of staff already, what is subcontracted is not.
            ('part_prestations_externes', prestations_sous_traitees + prestations_personnel_exterieur,
                depenses_personnel + prestations_sous_traitees),
            ('remplacements_100_etp', contrats_remplacement, etp_moyens)
    ) AS t (indicateur, numerateur, denominateur)
    WHERE t.numerateur IS NOT NULL AND t.denominateur IS NOT NULL
),
attendus AS (
    UNPIVOT (
        SELECT annee, repondant AS esms, departement, region, 'F' AS france, categorie, poids, repondant
        FROM core.enquete_attendus
        WHERE enquete = 'enquete_esms'
        UNION ALL
        SELECT annee, NULL, departement, region, 'F', 'ensemble', poids, repondant
        FROM core.enquete_attendus
        WHERE enquete = 'enquete_esms'
    )
    ON esms, departement, region, france INTO NAME niveau VALUE code
),
champ AS (
    SELECT annee, categorie, niveau, code, count(*)::INTEGER AS attendus, sum(poids) AS poids
    FROM attendus
    GROUP BY ALL
),
sommes AS (
    SELECT
        t.annee, max(t.millesime)::INTEGER AS millesime, max(t.revision)::INTEGER AS revision,
        t.indicateur, t.fonction, a.categorie, a.niveau, a.code,
        sum(t.numerateur)::DECIMAL(18, 2) AS numerateur, sum(t.denominateur)::DECIMAL(18, 2) AS denominateur,
        count(*)::INTEGER AS repondants, sum(a.poids) AS poids
    FROM termes AS t
    JOIN attendus AS a ON a.annee = t.annee AND a.repondant = t.repondant
    GROUP BY t.annee, t.indicateur, t.fonction, a.categorie, a.niveau, a.code
)
SELECT
    s.annee, s.millesime, s.revision, s.indicateur, s.fonction, s.categorie, s.niveau, s.code, s.numerateur,
    s.denominateur,
    CASE WHEN s.denominateur > 0
        THEN (
            CASE WHEN s.indicateur LIKE '%_100_etp' THEN 100 ELSE 1 END * s.numerateur / s.denominateur
        )::DECIMAL(18, 6)
    END AS valeur,
    CASE WHEN s.indicateur LIKE '%_100_etp' THEN 'pour 100 ETP' ELSE 'part, de 0 à 1' END AS unite,
    s.repondants, c.attendus,
    (s.repondants / c.attendus)::DECIMAL(18, 6) AS part_repondants,
    (coalesce(s.poids, 0) / c.poids)::DECIMAL(18, 6) AS couverture,
    CASE WHEN s.denominateur > 0 THEN 'calculé' ELSE 'nd' END AS statut
FROM sommes AS s
JOIN champ AS c USING (annee, categorie, niveau, code)
