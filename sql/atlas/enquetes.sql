-- Enquêtes de l'agence : réponses par question, ligne et territoire, avec le taux de réponse.
-- Grain : enquete, annee, question, modalite, choix, niveau, code
-- Source : enquêtes de l'agence ; SAE (DREES) pour le champ
-- Publication : territoire
-- Note : somme des nombres déclarés, ou nombre d'établissements par réponse d'une liste. L'entrepôt les montre tous ; ce qui en est publié est protégé (docs/confidentialite.md). Les réponses d'un établissement hors champ ne sont pas comptées.
-- Colonnes :
--   enquete : enquête, au catalogue de l'atlas
--   question : question (reference.questions)
--   modalite : ligne du tableau ; ensemble hors tableau
--   choix : réponse choisie dans une liste ; vide pour un nombre
--   niveau : ght, departement, region, france
--   valeur : somme des nombres répondus, ou nombre d'établissements qui ont fait ce choix
--   unite : unité de la question, ou établissements
--   statut : calculé ; partiel quand un établissement qui a répondu à l'enquête n'a pas donné ce nombre ; secret quand la publication cache la ligne
--   reponses : établissements qui ont répondu à la question
--   repondants : établissements qui ont répondu à l'enquête
--   attendus : établissements dont une réponse est attendue
--   taux_reponse [part, de 0 à 1] : réponses à la question / attendus
WITH reponses AS (
    SELECT * FROM core.enquete_reponses
    QUALIFY millesime = max(millesime) OVER (PARTITION BY enquete, annee)
),
attendus AS (
    UNPIVOT (
        SELECT enquete, annee, code_ght AS ght, departement, region, 'F' AS france, finess_ej
        FROM core.enquete_attendus
    )
    ON ght, departement, region, france INTO NAME niveau VALUE code
),
situees AS (
    SELECT r.*, a.niveau, a.code
    FROM reponses AS r
    JOIN attendus AS a ON a.enquete = r.enquete AND a.annee = r.annee AND a.finess_ej = r.finess_ej
),
champ AS (
    SELECT
        a.enquete, a.annee, a.niveau, a.code, count(*)::INTEGER AS attendus, count(s.finess_ej)::INTEGER AS repondants
    FROM attendus AS a
    LEFT JOIN (SELECT DISTINCT enquete, annee, finess_ej FROM reponses) AS s
        ON s.enquete = a.enquete AND s.annee = a.annee AND s.finess_ej = a.finess_ej
    GROUP BY ALL
),
comptees AS (
    SELECT
        enquete, annee, max(millesime)::INTEGER AS millesime, max(revision)::INTEGER AS revision,
        question, modalite, niveau, code, (count(*) FILTER (statut = 'publié'))::INTEGER AS reponses,
        sum(valeur) FILTER (statut = 'publié') AS somme,
        -- A choice in a list is an answer as a number is.
        statut_somme(CASE WHEN statut = 'publié' THEN coalesce(valeur, 0) END, statut) AS statut
    FROM situees
    GROUP BY enquete, annee, question, modalite, niveau, code
    HAVING reponses > 0
),
choix AS (
    SELECT enquete, annee, question, modalite, niveau, code, reponse AS choix, count(*) AS etablissements
    FROM situees
    WHERE reponse IS NOT NULL
    GROUP BY ALL
),
lignes AS (
    SELECT
        c.*, q.ordre, coalesce(x.choix, '') AS choix,
        coalesce(x.etablissements, c.somme)::DECIMAL(18, 2) AS valeur,
        CASE WHEN x.choix IS NULL THEN q.unite ELSE 'établissements' END AS unite
    FROM comptees AS c
    JOIN reference.questions AS q USING (enquete, annee, question, modalite)
    LEFT JOIN choix AS x USING (enquete, annee, question, modalite, niveau, code)
)
SELECT
    l.enquete, l.annee, l.millesime, l.revision, l.question, l.modalite, l.choix, l.niveau, l.code,
    l.valeur, l.unite, l.statut,
    l.reponses, c.repondants, c.attendus,
    (l.reponses / c.attendus)::DECIMAL(18, 6) AS taux_reponse
FROM lignes AS l
JOIN champ AS c USING (enquete, annee, niveau, code)
