-- Mesures de la tension de chaque spécialité médicale, telles que la dernière année de leur source les donne.
-- Grain : profession, indicateur, niveau, code
-- Source : marts de l'atlas (DREES, CNAM, SAE, postes d'internat)
-- Publication : interne
-- Note : reference.specialites_medicales dit quels codes de chaque producteur font une spécialité. Une seule source et une seule année par spécialité et indicateur, les mêmes partout : le mode d'exercice le plus large, puis la dernière année, puis le rang de la source ; une spécialité que la dernière année d'une source ne nomme plus n'a plus rien d'elle. Une source qui n'en nomme qu'une partie est partielle, et passe après. Une somme partielle n'a pas de rang. À l'hôpital, la dernière année est celle dont la population est connue. Ni le marché du travail, ni les enquêtes de recrutement, ni les projections ne distinguent les spécialités.
-- Colonnes :
--   indicateur : densite, part_60_plus, densite_hospitaliere ou part_postes_pourvus
--   n : ce sur quoi elle est comptée
--   couverture [part, de 0 à 1] : part de ce qui est connu ; vide où la source n'en manque pas
--   champ : ceux qu'elle compte, quand ce n'est pas la spécialité, tous modes d'exercice
--   tirage : loi selon laquelle son erreur est tirée pour l'intervalle de rang : part ou nombre ; vide sinon
--   numerateur : ce qui est compté
--   denominateur : ce à quoi on le rapporte
--   motif : pourquoi elle est vide
WITH codes AS (
    SELECT profession, nomenclature, count(*) AS codes
    FROM reference.specialites_medicales
    GROUP BY profession, nomenclature
),
nommees AS (
    SELECT
        m.profession, m.code, m.codes, d.source, d.mode_exercice, d.annee, d.niveau, d.code AS territoire,
        d.millesime, d.revision, d.effectif, d.population, d.statut
    FROM reference.specialites_publiees AS m
    JOIN reference.professions_publiees AS p USING (source, profession_publiee, feuille)
    JOIN atlas.densites AS d
        ON d.source = p.source AND d.profession = p.profession AND d.specialite = p.specialite
        AND d.feuille = p.feuille
    WHERE m.profession IS NOT NULL AND d.niveau IN ('departement', 'region', 'france')
    -- The last year of a source, as its last vintage tells it.
    QUALIFY d.annee = max(d.annee) OVER (PARTITION BY d.source, d.mode_exercice)
        AND d.millesime = max(d.millesime) OVER (PARTITION BY d.source, d.annee)
),
sommes AS (
    SELECT
        profession, source, mode_exercice, annee, niveau, territoire AS code, max(millesime)::INTEGER AS millesime,
        max(revision)::INTEGER AS revision, sum(effectif) AS effectif, max(population) AS population,
        count(DISTINCT code) AS lus, max(codes) AS codes, statut_somme(effectif, statut) AS statut
    FROM nommees
    GROUP BY profession, source, mode_exercice, annee, niveau, territoire
),
lues AS (
    SELECT
        * EXCLUDE (statut), max(lus) OVER toute < codes AS en_partie,
        -- A code that the territory lacks, or that the source doesn't name, is missing from the sum.
        CASE WHEN NOT statut_absent(statut) AND lus < codes THEN 'partiel' ELSE statut END AS statut
    FROM sommes
    WINDOW toute AS (PARTITION BY profession, source, mode_exercice)
),
densites AS (
    SELECT
        l.profession, 'densite' AS indicateur, l.niveau, l.code, l.annee, l.millesime, l.revision, l.source,
        -- As many decimals as in atlas.densites: shown side by side, both are rounded alike.
        (100000 * l.effectif / nullif(l.population, 0))::DECIMAL(18, 4)::DECIMAL(18, 6) AS valeur,
        CASE WHEN l.effectif IS NOT NULL AND coalesce(l.population, 0) = 0 THEN 'nd' ELSE l.statut END AS statut,
        l.effectif::DECIMAL(18, 1) AS n, NULL::DECIMAL(18, 6) AS couverture,
        nullif(concat_ws(', ',
            g.melange,
            CASE l.mode_exercice
                WHEN 'libéral' THEN 'libéraux' WHEN 'salarié' THEN 'salariés' WHEN 'mixte' THEN 'mixtes'
            END
        ), '') AS champ,
        CASE WHEN l.effectif > 0 AND l.population > 0 THEN 'nombre' END AS tirage,
        l.effectif::DECIMAL(18, 1) AS numerateur, l.population::DECIMAL(18, 1) AS denominateur,
        CASE
            WHEN valeur IS NULL THEN 'effectif ou population inconnus'
            WHEN l.statut = 'partiel' THEN 'une partie des effectifs manque : pas de rang'
        END AS motif
    FROM lues AS l
    JOIN reference.priorites_sources AS p ON p.source = l.source
    JOIN reference.codes AS m ON m.liste = 'mode_exercice' AND m.code = l.mode_exercice
    LEFT JOIN reference.specialites_medicales AS g
        ON g.profession = l.profession AND g.nomenclature = 'savoir-faire' AND g.melange IS NOT NULL
        AND l.source <> 'cnam_demographie'
    QUALIFY dense_rank() OVER (PARTITION BY l.profession ORDER BY l.en_partie, m.ordre, l.annee DESC, p.rang) = 1
),
ages AS (
    SELECT
        a.profession, 'part_60_plus', a.niveau, a.code, a.annee, a.millesime, a.revision, a.source, a.valeur, a.statut,
        a.effectif::DECIMAL(18, 1), NULL::DECIMAL(18, 6), CASE a.mode_exercice WHEN 'libéral' THEN 'libéraux' END,
        CASE WHEN a.effectif > 0 AND a.valeur IS NOT NULL THEN 'part' END, a.effectif_60_plus::DECIMAL(18, 1),
        a.effectif::DECIMAL(18, 1),
        CASE
            WHEN a.effectif = 0 THEN 'aucun médecin de cette spécialité ici'
            WHEN a.valeur IS NULL THEN 'âges secrets, ou inconnus d''un territoire au moins'
        END
    FROM atlas.ages_specialites AS a
    JOIN reference.priorites_sources AS p ON p.source = a.source
    JOIN reference.codes AS m ON m.liste = 'mode_exercice' AND m.code = a.mode_exercice
    QUALIFY dense_rank() OVER (PARTITION BY a.profession ORDER BY m.ordre, a.annee DESC, p.rang) = 1
),
hopital AS (
    SELECT
        c.profession, h.niveau, h.code, h.annee, max(h.millesime)::INTEGER AS millesime,
        max(h.revision)::INTEGER AS revision, sum(h.etp_salarie) AS etp,
        statut_somme(h.etp_salarie, h.statut) AS statut, max(p.population) AS population,
        max(p.statut) AS statut_population, min(h.sites_repondants / nullif(h.sites, 0)) AS repondants,
        max(c.melange) AS melange, count(DISTINCT c.code) < min(k.codes) AS en_partie
    FROM reference.specialites_medicales AS c
    JOIN codes AS k ON k.profession = c.profession AND k.nomenclature = c.nomenclature
    JOIN atlas.specialites_hospitalieres AS h ON c.nomenclature = 'SAE médecins' AND h.specialite = c.code
    JOIN core.population AS p
        ON p.annee = h.annee AND p.niveau = h.niveau AND p.code = h.code AND p.sexe = 'ensemble'
        AND p.tranche_age = 'ensemble' AND p.population > 0
    WHERE h.niveau IN ('departement', 'region', 'france')
    GROUP BY c.profession, h.niveau, h.code, h.annee
    QUALIFY h.annee = max(h.annee) OVER (PARTITION BY c.profession)
),
hospitalieres AS (
    SELECT
        profession, 'densite_hospitaliere', niveau, code, annee, millesime, revision, 'sae',
        (100000 * etp / population)::DECIMAL(18, 6),
        CASE
            WHEN en_partie AND NOT statut_absent(statut) THEN 'partiel' ELSE statut_rapport(statut, statut_population)
        END,
        etp::DECIMAL(18, 1), repondants::DECIMAL(18, 6), concat_ws(', ', 'salariés des hôpitaux', melange),
        NULL::VARCHAR, NULL::DECIMAL(18, 1),
        NULL::DECIMAL(18, 1), CASE WHEN etp IS NULL THEN 'aucun établissement n''a répondu' END
    FROM hopital
),
-- A year of which nobody knows yet who came, or of which that is known here and there, says nothing of how posts are
-- filled while an earlier one does.
connues AS (
    SELECT annee, count(pourvus) AS pourvus, count(*) AS lignes FROM atlas.internat GROUP BY annee
),
annees AS (
    SELECT
        coalesce(
            max(annee) FILTER (pourvus = lignes), max(annee) FILTER (pourvus >= 0.5 * lignes),
            max(annee) FILTER (pourvus > 0), max(annee)
        ) AS annee
    FROM connues
),
postes AS (
    SELECT
        c.profession, i.niveau, i.code, i.annee, max(i.millesime)::INTEGER AS millesime,
        max(i.revision)::INTEGER AS revision, sum(i.postes) AS postes, statut_somme(i.postes, i.statut) AS statut,
        sum(i.pourvus) AS pourvus, statut_somme(i.pourvus, i.pourvus_statut) AS pourvus_statut,
        max(c.melange) AS melange, count(*) < min(k.codes) AS en_partie
    FROM reference.specialites_medicales AS c
    JOIN codes AS k ON k.profession = c.profession AND k.nomenclature = c.nomenclature
    JOIN atlas.internat AS i ON c.nomenclature = 'internat' AND i.specialite = c.code
    JOIN annees AS a ON a.annee = i.annee
    WHERE i.niveau IN ('region', 'france')
    GROUP BY c.profession, i.niveau, i.code, i.annee
),
-- A share of posts some of which aren't known is no share.
internat AS (
    SELECT
        profession, 'part_postes_pourvus', niveau, code, annee, millesime, revision, 'internat_postes',
        CASE
            WHEN NOT en_partie AND statut = 'calculé' AND pourvus_statut = 'calculé' THEN pourvus / nullif(postes, 0)
        END::DECIMAL(18, 6) AS valeur,
        CASE
            WHEN valeur IS NOT NULL THEN 'calculé'
            WHEN postes = 0 AND NOT en_partie THEN 'sans objet'
            WHEN 'secret' IN (statut, pourvus_statut) THEN 'secret'
            ELSE 'nd'
        END,
        postes::DECIMAL(18, 1), NULL::DECIMAL(18, 6), melange,
        -- No law: where all posts are filled, who offers more of them is not less tense.
        NULL::VARCHAR, pourvus::DECIMAL(18, 1),
        postes::DECIMAL(18, 1),
        CASE
            WHEN postes = 0 AND NOT en_partie THEN 'aucun poste offert ici'
            WHEN valeur IS NULL THEN 'postes offerts ou pourvus en partie inconnus'
        END
    FROM postes
)
SELECT * FROM densites
UNION ALL SELECT * FROM ages
UNION ALL SELECT * FROM hospitalieres
UNION ALL SELECT * FROM internat
