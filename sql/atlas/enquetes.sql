-- Enquêtes de l'agence : réponses par question, ligne, catégorie d'établissement et territoire, avec le taux de réponse.
-- Grain : enquete, annee, question, modalite, categorie, choix, niveau, code
-- Source : enquêtes de l'agence ; SAE (DREES), FINESS pour le champ
-- Publication : territoire
-- Note : somme des nombres déclarés, ou nombre d'établissements par réponse d'une liste. L'entrepôt les montre tous ; ce qui en est publié est protégé (docs/confidentialite.md). Les réponses d'un établissement hors champ ne sont pas comptées.
-- Colonnes :
--   enquete : enquête, au catalogue de l'atlas
--   question : question (reference.questions)
--   modalite : ligne du tableau ; ensemble hors tableau
--   categorie : catégorie de l'établissement, code FINESS, pour une enquête auprès des ESMS ; ensemble pour toutes
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
categories AS (
    SELECT *
    FROM core.enquete_attendus
    WHERE enquete IN (SELECT enquete FROM reference.questions WHERE champ_publics <> '')
    UNION ALL
    SELECT * REPLACE ('ensemble' AS categorie) FROM core.enquete_attendus
),
attendus AS (
    UNPIVOT (
        SELECT enquete, annee, code_ght AS ght, departement, region, 'F' AS france, categorie, repondant
        FROM categories
    )
    ON ght, departement, region, france INTO NAME niveau VALUE code
),
situees AS (
    SELECT r.*, a.categorie, a.niveau, a.code
    FROM reponses AS r
    JOIN attendus AS a ON a.enquete = r.enquete AND a.annee = r.annee AND a.repondant = r.repondant
),
champ AS (
    SELECT
        a.enquete, a.annee, a.categorie, a.niveau, a.code, count(*)::INTEGER AS attendus,
        count(s.repondant)::INTEGER AS repondants
    FROM attendus AS a
    LEFT JOIN (SELECT DISTINCT enquete, annee, repondant FROM reponses) AS s
        ON s.enquete = a.enquete AND s.annee = a.annee AND s.repondant = a.repondant
    GROUP BY ALL
),
comptees AS (
    SELECT
        enquete, annee, max(millesime)::INTEGER AS millesime, max(revision)::INTEGER AS revision,
        question, modalite, categorie, niveau, code, (count(*) FILTER (statut = 'publié'))::INTEGER AS reponses,
        sum(valeur) FILTER (statut = 'publié') AS somme,
        -- A choice in a list is an answer as a number is.
        statut_somme(CASE WHEN statut = 'publié' THEN coalesce(valeur, 0) END, statut) AS statut
    FROM situees
    GROUP BY enquete, annee, question, modalite, categorie, niveau, code
    HAVING reponses > 0
),
choix AS (
    SELECT enquete, annee, question, modalite, categorie, niveau, code, reponse AS choix, count(*) AS etablissements
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
    LEFT JOIN choix AS x USING (enquete, annee, question, modalite, categorie, niveau, code)
)
SELECT
    l.enquete, l.annee, l.millesime, l.revision, l.question, l.modalite, l.categorie, l.choix, l.niveau,
    l.code,
    l.valeur, l.unite, l.statut,
    l.reponses, c.repondants, c.attendus,
    (l.reponses / c.attendus)::DECIMAL(18, 6) AS taux_reponse
FROM lignes AS l
JOIN champ AS c USING (enquete, annee, categorie, niveau, code)
