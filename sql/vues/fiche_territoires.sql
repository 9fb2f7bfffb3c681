-- Tension, recrutements et âges du territoire de chaque fiche : ses départements, la région, la France.
-- Grain : niveau, code, mesure, cle, lieu
-- Source : atlas.tension, vues.recrutement, atlas.departs, reference.blocs
-- Note : Indice de 0 (détendu) à 100 (tendu), 50 au milieu des départements classés ; entre parenthèses, le rang, 1 pour le plus tendu, et les rangs plausibles : deux départements dont ils se recouvrent ne se distinguent pas. Pour une part, sur combien elle est comptée.[[ {silences}]] L'âge des personnels de l'établissement n'est pas dans les sources publiées.
-- Vide : Le territoire n'est pas dans la région de cette publication.
-- Colonnes :
--   niveau : es (site), ej ou ght
--   code : numéro FINESS du site ou de l'entité juridique, ou code du GHT
--   mesure : tension, recrutement ou âges
--   cle : groupe de professions, famille professionnelle, ou indicateur
--   libelle « Indicateur » : ce qui est mesuré
--   lieu : niveau et code du territoire
--   lieu_libelle « Territoire » : son nom
--   valeur « Valeur » selon : valeur
--   valeur_statut : pourquoi elle est vide
--   valeur_detail text : rang du département et rangs plausibles, pour un indice ; ce à quoi une part se rapporte
--   format : comment la valeur s'écrit
--   silences : groupes de professions sans indice dans ces départements, et pourquoi
WITH lieux AS (
    SELECT
        niveau, code, 'departement' AS lieu_niveau, departement AS lieu_code, departement_libelle AS lieu_libelle, rang
    FROM vues.fiche_departements
    WHERE montre
    UNION ALL
    SELECT f.niveau, f.code, t.niveau, t.code, t.territoire_libelle, 100 + t.rang
    FROM vues.fiche_identites AS f, vues.territoires AS t
    WHERE t.niveau IN ('region', 'france') AND f.territoires IS NOT NULL
),
situees AS (
    SELECT l.*
    FROM lieux AS l
    JOIN vues.fiche_identites AS f USING (niveau, code)
),
tensions AS (
    SELECT
        l.*, b.code AS cle, b.ordre, g.libelle_court,
        CASE l.lieu_niveau WHEN 'france' THEN 50 ELSE i.score END AS valeur,
        -- Ranked against each other, departments make no index of a region; the middle of France is 50.
        CASE WHEN l.lieu_niveau <> 'france' AND i.score IS NULL THEN 'sans objet' END AS valeur_statut,
        CASE WHEN i.score IS NOT NULL
            THEN i.rang || CASE i.rang WHEN 1 THEN 'er' ELSE 'e' END
                || ', de ' || i.rang_bas || ' à ' || i.rang_haut || ', sur ' || i.territoires_classes
        END AS valeur_detail,
        i.motif,
        count(i.score) OVER (PARTITION BY l.niveau, l.code, b.code) > 0 AS connue
    FROM situees AS l
    JOIN reference.blocs AS b ON b.bloc = 'fiche.tension'
    JOIN reference.groupes_tension AS g ON g.groupe = b.code
    LEFT JOIN atlas.tension AS i ON i.groupe = b.code AND i.niveau = l.lieu_niveau AND i.code = l.lieu_code
),
-- Groups of which no department has an index, by reason: that of the first department which tells one.
muettes AS (
    SELECT
        niveau, code, cle, ordre, libelle_court,
        coalesce(arg_min(motif, rang), 'source absente de cette édition') AS motif
    FROM tensions
    WHERE NOT connue
    GROUP BY niveau, code, cle, ordre, libelle_court
),
raisons AS (
    SELECT
        niveau, code, min(ordre) AS ordre,
        'Sans indice pour ' || string_agg(lower(libelle_court), ', ' ORDER BY ordre) || ' : ' || motif || '.' AS raison
    FROM muettes
    GROUP BY niveau, code, motif
),
silences AS (
    SELECT niveau, code, string_agg(raison, ' ' ORDER BY ordre) AS silences
    FROM raisons
    GROUP BY niveau, code
),
recrutements AS (
    SELECT
        l.*, b.code AS cle, b.ordre,
        f.libelle || ' : recrutements jugés difficiles' || coalesce(', BMO ' || e.annee, '') AS libelle,
        r.difficile AS valeur, coalesce(r.difficile_statut, 'nd') AS valeur_statut,
        'sur ' || replace(format('{:,}', r.denominateur::BIGINT), ',', chr(8239)) || ' projets' AS valeur_detail
    FROM situees AS l
    JOIN reference.blocs AS b ON b.bloc = 'fiche.recrutement'
    JOIN reference.familles_professionnelles AS f ON f.nomenclature = 'FAP 2021' AND f.fap = b.code
    LEFT JOIN vues.annees_retenues AS e ON e.objet = 'atlas.recrutement' AND e.cle = 'bmo'
    LEFT JOIN vues.recrutement AS r ON r.fap = b.code AND r.niveau = l.lieu_niveau AND r.code = l.lieu_code
),
ages AS (
    SELECT d.annee, d.indicateur, d.niveau, d.code, d.valeur, d.denominateur, d.statut
    FROM atlas.departs AS d
    JOIN vues.sources_retenues AS s
        ON s.sujet = 'fin_carriere' AND s.profession = d.profession AND s.annee = d.annee AND s.source = d.source
    WHERE d.profession = 'medecin'
),
vieillissements AS (
    SELECT
        l.*, b.code AS cle, b.ordre, p.libelle || ' de ' || i.libelle_court || ', ' || y.annee AS libelle,
        a.valeur, coalesce(a.statut, 'nd') AS valeur_statut,
        'sur ' || replace(format('{:,}', a.denominateur::BIGINT), ',', chr(8239)) AS valeur_detail
    FROM situees AS l
    JOIN reference.blocs AS b ON b.bloc = 'fiche.ages'
    JOIN reference.indicateurs AS i ON i.indicateur = b.code
    JOIN reference.professions AS p ON p.profession = 'medecin'
    CROSS JOIN (SELECT DISTINCT annee FROM ages) AS y
    LEFT JOIN ages AS a ON a.indicateur = b.code AND a.niveau = l.lieu_niveau AND a.code = l.lieu_code
    WHERE EXISTS (FROM ages)
),
toutes AS (
    SELECT
        niveau, code, lieu_niveau, lieu_code, lieu_libelle, rang, 'tension' AS mesure, 1 AS bloc, cle, ordre,
        libelle_court || ' : indice de tension, sur 100' AS libelle,
        valeur, valeur_statut, valeur_detail, 'n0' AS format
    FROM tensions
    WHERE connue
    UNION ALL
    SELECT
        niveau, code, lieu_niveau, lieu_code, lieu_libelle, rang, 'recrutement', 2, cle, ordre,
        libelle, valeur, valeur_statut, CASE WHEN valeur IS NOT NULL THEN valeur_detail END, 'pct0'
    FROM recrutements
    UNION ALL
    SELECT
        niveau, code, lieu_niveau, lieu_code, lieu_libelle, rang, 'âges', 3, cle, ordre,
        libelle, valeur, valeur_statut, CASE WHEN valeur IS NOT NULL THEN valeur_detail END, 'pct0'
    FROM vieillissements
)
SELECT
    t.niveau, t.code, t.mesure, t.cle, t.libelle, t.lieu_niveau || '-' || t.lieu_code AS lieu, t.lieu_libelle,
    t.valeur::DECIMAL(18, 6) AS valeur, t.valeur_statut, t.valeur_detail, t.format, s.silences
FROM toutes AS t
LEFT JOIN silences AS s USING (niveau, code)
ORDER BY t.niveau, t.code, t.bloc, t.ordre, t.rang
