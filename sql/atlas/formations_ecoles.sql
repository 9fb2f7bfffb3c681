-- Écoles de santé par région : places, remplissage, diplômés, réussite, validation des acquis et interruptions.
-- Grain : annee, diplome, niveau, code
-- Source : La formation aux professions de santé (DREES, enquête auprès des écoles)
-- Publication : territoire
-- Note : la France est le total publié ; sans lui, elle manque. Les interruptions sont rapportées aux inscrits de toutes les années : ce n'est pas la part d'une promotion qui sort sans diplôme, que donne atlas.formations_regionales où elle est suivie. Une série prend, pour chaque année, le millésime le plus récent.
-- Colonnes :
--   diplome : diplôme préparé (reference.diplomes)
--   places [places] : places offertes à la rentrée
--   places_statut : calculé, partiel, ou pourquoi le nombre manque
--   inscrits_1 [personnes] : inscrits en première année
--   inscrits_1_statut : calculé, partiel, ou pourquoi le nombre manque
--   inscrits [personnes] : inscrits, toutes années
--   inscrits_statut : calculé, partiel, ou pourquoi le nombre manque
--   presentes [personnes] : présentés au diplôme
--   presentes_statut : calculé, partiel, ou pourquoi le nombre manque
--   diplomes [personnes] : reçus au diplôme
--   diplomes_statut : calculé, partiel, ou pourquoi le nombre manque
--   diplomes_vae [personnes] : diplômés par la validation des acquis de l'expérience
--   diplomes_vae_statut : calculé, partiel, ou pourquoi le nombre manque
--   interruptions [personnes] : interruptions de scolarité de l'année
--   interruptions_statut : calculé, partiel, ou pourquoi le nombre manque
--   inscrits_par_place [inscrits pour une place] : inscrits en première année pour une place offerte
--   inscrits_par_place_statut : calculé, ou pourquoi le rapport manque ; il n'existe que de nombres entiers
--   reussite [part] : reçus sur présentés
--   reussite_statut : calculé, ou pourquoi la part manque ; une part n'existe que de nombres entiers
--   part_interruptions [part] : interruptions sur inscrits
--   part_interruptions_statut : calculé, ou pourquoi la part manque ; une part n'existe que de nombres entiers
WITH sommes AS (
    SELECT
        annee, max(millesime)::INTEGER AS millesime, max(revision)::INTEGER AS revision, diplome, niveau, code,
        sum(places)::INTEGER AS places, statut_somme(places, places_statut) AS statut_places,
        sum(inscrits_1)::INTEGER AS inscrits_1, statut_somme(inscrits_1, inscrits_1_statut) AS statut_inscrits_1,
        sum(inscrits)::INTEGER AS inscrits, statut_somme(inscrits, inscrits_statut) AS statut_inscrits,
        sum(presentes)::INTEGER AS presentes, statut_somme(presentes, presentes_statut) AS statut_presentes,
        sum(diplomes)::INTEGER AS diplomes, statut_somme(diplomes, diplomes_statut) AS statut_diplomes,
        sum(diplomes_vae)::INTEGER AS diplomes_vae, statut_somme(diplomes_vae, diplomes_vae_statut) AS statut_vae,
        sum(interruptions)::INTEGER AS interruptions,
        statut_somme(interruptions, interruptions_statut) AS statut_interruptions
    FROM (
        SELECT * FROM core.formations_ecoles
        WHERE diplome IS NOT NULL AND code IS NOT NULL
        QUALIFY millesime = max(millesime) OVER (PARTITION BY annee)
    )
    GROUP BY annee, diplome, niveau, code
),
rapports AS (
    SELECT
        *, statut_rapport(statut_inscrits_1, statut_places) AS statut_rapport_inscrits,
        statut_rapport(statut_diplomes, statut_presentes) AS statut_reussite,
        statut_rapport(statut_interruptions, statut_inscrits) AS statut_part
    FROM sommes
),
parts AS (
    SELECT
        *,
        CASE WHEN places > 0 AND statut_rapport_inscrits = 'calculé'
            THEN (inscrits_1::DECIMAL(18, 4) / places)::DECIMAL(18, 6) END AS inscrits_par_place,
        CASE WHEN presentes > 0 AND statut_reussite = 'calculé'
            THEN (diplomes::DECIMAL(18, 4) / presentes)::DECIMAL(18, 6) END AS reussite,
        CASE WHEN inscrits > 0 AND statut_part = 'calculé'
            THEN (interruptions::DECIMAL(18, 4) / inscrits)::DECIMAL(18, 6) END AS part_interruptions
    FROM rapports
)
SELECT
    annee, millesime, revision, diplome, niveau, code, places, statut_places AS places_statut, inscrits_1,
    statut_inscrits_1 AS inscrits_1_statut, inscrits, statut_inscrits AS inscrits_statut, presentes,
    statut_presentes AS presentes_statut, diplomes, statut_diplomes AS diplomes_statut, diplomes_vae,
    statut_vae AS diplomes_vae_statut, interruptions, statut_interruptions AS interruptions_statut,
    inscrits_par_place,
    CASE WHEN inscrits_par_place IS NOT NULL THEN 'calculé' WHEN statut_absent(statut_rapport_inscrits)
        THEN statut_rapport_inscrits ELSE 'nd' END AS inscrits_par_place_statut,
    reussite, CASE WHEN reussite IS NOT NULL THEN 'calculé' WHEN statut_absent(statut_reussite)
        THEN statut_reussite ELSE 'nd' END AS reussite_statut,
    part_interruptions, CASE WHEN part_interruptions IS NOT NULL THEN 'calculé' WHEN statut_absent(statut_part)
        THEN statut_part ELSE 'nd' END AS part_interruptions_statut,
    statut_ligne([
        statut_places, statut_inscrits_1, statut_inscrits, statut_presentes, statut_diplomes, statut_vae,
        statut_interruptions
    ]) AS statut
FROM parts
