-- Demandeurs d'emploi et offres par métier, territoire et trimestre, tels que déposés ou rendus par l'interface.
-- Grain : source, millesime, annee, trimestre, rome, niveau, code_publie
-- Source : France Travail (contrat de données ; interface « Marché du travail »)
-- Publication : territoire
-- Note : de l'interface, les offres sont toutes celles du trimestre (TOFF) ; les demandeurs, l'ensemble des catégories A, B et C s'il est donné, leur somme sinon, et rien où l'une des trois manque.
-- Colonnes :
--   trimestre : rang du trimestre
--   rome : métier (reference.metiers_rome)
--   code_publie : code du territoire tel que publié
--   demandeurs [personnes] : demandeurs d'emploi inscrits en fin de trimestre, catégories A, B et C
--   demandeurs_statut : publié, calculé, secret, nd, sans objet, vide
--   demandeurs_a [personnes] : dont catégorie A
--   demandeurs_a_statut : publié, secret, nd, sans objet, vide
--   offres [offres] : offres d'emploi enregistrées pendant le trimestre
--   offres_statut : publié, secret, nd, sans objet, vide
WITH interface AS (
    SELECT
        annee, millesime, revision, reference, try_cast(right(periode, 1) AS INTEGER) AS trimestre, rome,
        CASE type_territoire WHEN 'DEP' THEN 'departement' WHEN 'REG' THEN 'region' ELSE 'france' END AS niveau,
        CASE type_territoire WHEN 'NAT' THEN 'F' ELSE territoire END AS code,
        max(nombre) FILTER (indicateur = 'stat-demandeurs' AND nomenclature = 'ABC') AS ensemble,
        max(nombre) FILTER (indicateur = 'stat-demandeurs' AND nomenclature = 'A') AS categorie_a,
        max(nombre) FILTER (indicateur = 'stat-demandeurs' AND nomenclature = 'B') AS categorie_b,
        max(nombre) FILTER (indicateur = 'stat-demandeurs' AND nomenclature = 'C') AS categorie_c,
        max(nombre) FILTER (indicateur = 'stat-offres' AND nomenclature = 'TOFF') AS offres
    FROM (SELECT *, try_cast(left(periode, 4) AS INTEGER) AS annee FROM staging.marche_travail)
    GROUP BY ALL
),
releves AS (
    SELECT
        'france_travail' AS source, annee, millesime, revision, reference, trimestre, rome, niveau, code,
        demandeurs, demandeurs_statut, demandeurs_a, demandeurs_a_statut, offres, offres_statut
    FROM staging.france_travail
    UNION ALL
    SELECT
        'marche_travail', annee, millesime, revision, reference, trimestre, rome, niveau, code,
        coalesce(ensemble, categorie_a + categorie_b + categorie_c) AS demandeurs,
        CASE WHEN ensemble IS NOT NULL THEN 'publié' WHEN demandeurs IS NOT NULL THEN 'calculé' ELSE 'nd' END,
        categorie_a, CASE WHEN categorie_a IS NULL THEN 'nd' ELSE 'publié' END,
        offres, CASE WHEN offres IS NULL THEN 'nd' ELSE 'publié' END
    FROM interface
)
SELECT
    m.source, m.annee, m.millesime, m.revision, m.reference, m.trimestre, m.rome, m.niveau, m.code AS code_publie,
    d.code, m.demandeurs, m.demandeurs_statut, m.demandeurs_a, m.demandeurs_a_statut, m.offres, m.offres_statut
FROM releves AS m
LEFT JOIN core.decoupages AS d
    ON d.niveau = m.niveau
    AND d.code = CASE m.niveau
        WHEN 'departement' THEN code_departement(m.code) WHEN 'region' THEN code_region(m.code) ELSE m.code
    END
