-- Années que les pages et les fiches montrent, table par table.
-- Grain : objet, cle
-- Source : tables publiées de atlas et fiches, reference.priorites_sources
-- Note : une seule année par table, ou par profession, indicateur, source ou enquête de cette table ; tous les territoires la montrent, même où sa valeur manque. Les effectifs, densités et âges, que plusieurs sources comptent, sont dans vues.sources_retenues. Toutes les tables des fiches, et core.entites_juridiques, ont le millésime de fiches.etablissements.
-- Colonnes :
--   objet « Table » : table publiée
--   colonne « Choisie par » text (vide : rien) : colonne dont chaque valeur a son année ; vide où toute la table a la même
--   cle « Valeur » text (vide : rien) : valeur de cette colonne ; vide où toute la table a la même année
--   annee « Année » year : année montrée
--   annee_precedente « Année précédente » year (vide : rien) : année connue d'avant, à laquelle celle-ci se compare
--   millesime « Millésime » year (vide : rien) : millésime de la source où elle se lit
--   source « Source » text (vide : rien) : source montrée, où plusieurs connaissent l'année ; vide sinon
--   motif « Pourquoi » : pourquoi cette année et cette source
WITH connues AS (
    SELECT 'atlas.acces' AS objet, 'profession' AS colonne, profession AS cle, annee, millesime, NULL AS source
    FROM atlas.acces
    UNION
    SELECT 'atlas.apl', NULL, '', annee, millesime, NULL FROM atlas.apl
    UNION
    SELECT 'atlas.barometre_vss', NULL, '', annee, millesime, NULL FROM atlas.barometre_vss
    UNION
    SELECT 'atlas.besoins', 'indicateur', indicateur, annee, millesime, source FROM atlas.besoins
    WHERE scenario = 'observé' AND niveau IN ('departement', 'region', 'france')
    UNION
    SELECT 'atlas.cessations', 'caisse', caisse, annee, millesime, NULL FROM atlas.cessations
    UNION
    SELECT 'atlas.departs_attendus', 'profession', profession, annee, millesime, NULL FROM atlas.departs_attendus
    UNION
    SELECT 'atlas.dispositifs', NULL, '', annee, millesime, NULL FROM atlas.dispositifs
    WHERE niveau IN ('region', 'departement')
    UNION
    SELECT 'atlas.enquetes', 'enquete', enquete, annee, millesime, NULL FROM atlas.enquetes
    UNION
    SELECT 'atlas.equipements', NULL, '', annee, millesime, NULL FROM atlas.equipements
    UNION
    SELECT 'atlas.formations', NULL, '', annee, millesime, NULL FROM atlas.formations
    UNION
    SELECT 'atlas.formations_ecoles', NULL, '', annee, millesime, NULL FROM atlas.formations_ecoles
    UNION
    -- A year of which the entrants aren't known yet is none to show.
    SELECT 'atlas.formations_regionales', NULL, '', annee, millesime, NULL FROM atlas.formations_regionales
    WHERE entrants IS NOT NULL
    UNION
    SELECT 'atlas.hospitaliers', NULL, '', annee, millesime, NULL FROM atlas.hospitaliers
    UNION
    SELECT 'atlas.insertion', 'source', source, annee, millesime, source FROM atlas.insertion
    UNION
    SELECT 'atlas.internat', NULL, '', annee, millesime, NULL FROM atlas.internat
    UNION
    SELECT 'atlas.internes_hospitaliers', NULL, '', annee, millesime, NULL FROM atlas.internes_hospitaliers
    UNION
    -- The year that has begun has not its four quarters.
    SELECT 'atlas.marche_travail', NULL, '', annee, millesime, NULL
    FROM atlas.marche_travail
    QUALIFY max(trimestres) OVER (PARTITION BY annee) = max(trimestres) OVER ()
    UNION
    SELECT 'atlas.objectifs_formation', NULL, '', annee, millesime, NULL FROM atlas.objectifs_formation
    UNION
    SELECT 'atlas.places_sociales', NULL, '', annee, millesime, NULL FROM atlas.places_sociales
    UNION
    SELECT 'atlas.postes_padhue', NULL, '', annee, millesime, NULL FROM atlas.postes_padhue
    UNION
    SELECT 'atlas.recrutement', 'source', source, annee, millesime, source FROM atlas.recrutement
    WHERE indicateur IN ('projets', 'tension')
    UNION
    SELECT 'atlas.ressources_humaines', NULL, '', annee, millesime, NULL FROM atlas.ressources_humaines
    UNION
    SELECT 'atlas.ressources_humaines_esms', NULL, '', annee, millesime, NULL FROM atlas.ressources_humaines_esms
    UNION
    SELECT 'atlas.specialites_hospitalieres', NULL, '', annee, millesime, NULL FROM atlas.specialites_hospitalieres
    UNION
    SELECT 'atlas.specialites_liberales', 'specialite', specialite, annee, millesime, NULL
    FROM atlas.specialites_liberales
    UNION
    SELECT 'atlas.statuts_hospitaliers', NULL, '', annee, millesime, NULL FROM atlas.statuts_hospitaliers
    UNION
    SELECT 'atlas.salaries_prives', NULL, '', annee, millesime, NULL FROM atlas.salaries_prives
    UNION
    SELECT 'atlas.tensions_sociales', NULL, '', annee, millesime, NULL FROM atlas.tensions_sociales
    UNION
    SELECT 'atlas.violences', NULL, '', annee, millesime, NULL FROM atlas.violences
    UNION
    SELECT 'fiches.etablissements', NULL, '', annee, millesime, NULL FROM fiches.etablissements
),
-- The last year, then the source of the lowest rank, then the newest vintage that tells it.
retenues AS (
    SELECT
        c.objet, c.colonne, c.cle, c.annee, c.millesime, c.source, p.motif,
        count(DISTINCT c.source) OVER (PARTITION BY c.objet, c.cle, c.annee) AS sources
    FROM connues AS c
    LEFT JOIN reference.priorites_sources AS p ON p.source = c.source
    QUALIFY row_number() OVER (
        PARTITION BY c.objet, c.cle ORDER BY c.annee DESC, p.rang NULLS LAST, c.source, c.millesime DESC
    ) = 1
)
SELECT
    r.objet, r.colonne, r.cle, r.annee,
    (SELECT max(c.annee) FROM connues AS c WHERE c.objet = r.objet AND c.cle = r.cle AND c.annee < r.annee)
        AS annee_precedente,
    r.millesime, r.source,
    'dernière année connue'
    || CASE WHEN r.sources > 1 THEN ' ; de deux sources, celle-ci : ' || r.motif ELSE '' END AS motif
FROM retenues AS r
ORDER BY r.objet, r.cle
