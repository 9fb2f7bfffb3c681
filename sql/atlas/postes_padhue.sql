-- Postes ouverts et pourvus de praticiens à diplôme hors Union européenne, par voie, profession, spécialité et région.
-- Grain : annee, voie, profession, specialite, niveau, code
-- Source : arrêtés (ministère chargé de la santé), Centre national de gestion, agence (contrat de données)
-- Publication : territoire
-- Note : « ensemble » réunit les spécialités. La France est la somme des régions déposées : ce n'est le total de l'arrêté que si toutes le sont. Une attestation se donne sans poste ouvert : sa part pourvue est sans objet.
-- Colonnes :
--   voie : EVC, EVC interne ou attestation (exercice provisoire)
--   specialite : spécialité telle que l'arrêté la nomme ; ensemble pour toutes
--   regions : régions dont on connaît des postes
--   postes [postes] : postes ouverts
--   postes_statut : statut des postes : calculé, partiel, ou pourquoi le nombre manque
--   affectes [personnes] : praticiens affectés
--   affectes_statut : statut des affectés : calculé, partiel, ou pourquoi le nombre manque
--   part_pourvue [part] : affectés sur postes ouverts
--   part_pourvue_statut : statut de la part pourvue : calculé, ou pourquoi la part manque ; une part n'existe que de nombres entiers
WITH derniers AS (
    SELECT * FROM core.postes_padhue
    QUALIFY millesime = max(millesime) OVER (PARTITION BY annee)
),
specialites AS (
    SELECT * FROM derniers
    UNION ALL
    SELECT * REPLACE ('ensemble' AS specialite) FROM derniers
),
situes AS (
    SELECT *, 'region' AS niveau, region AS code FROM specialites WHERE region IS NOT NULL
    UNION ALL
    SELECT *, 'france', 'F' FROM specialites
),
sommes AS (
    SELECT
        annee, max(millesime)::INTEGER AS millesime, max(revision)::INTEGER AS revision, voie, profession, specialite,
        niveau, code, count(DISTINCT region)::INTEGER AS regions, sum(postes)::INTEGER AS postes,
        statut_somme(postes, postes_statut) AS postes_statut, sum(affectes)::INTEGER AS affectes,
        statut_somme(affectes, affectes_statut) AS affectes_statut
    FROM situes
    GROUP BY annee, voie, profession, specialite, niveau, code
),
rapports AS (
    SELECT *, statut_rapport(affectes_statut, postes_statut) AS statut_part
    FROM sommes
)
SELECT
    annee, millesime, revision, voie, profession, specialite, niveau, code, regions, postes, postes_statut, affectes,
    affectes_statut,
    CASE WHEN voie <> 'attestation' AND postes > 0 AND statut_part = 'calculé'
        THEN (affectes::DECIMAL(18, 4) / postes)::DECIMAL(18, 6) END AS part_pourvue,
    CASE
        WHEN part_pourvue IS NOT NULL THEN 'calculé'
        WHEN voie = 'attestation' OR postes = 0 THEN 'sans objet'
        WHEN statut_absent(statut_part) THEN statut_part
        ELSE 'nd'
    END AS part_pourvue_statut,
    statut_ligne([postes_statut, affectes_statut]) AS statut
FROM rapports
