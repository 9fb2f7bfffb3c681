-- Demandeurs d'emploi et offres par métier, territoire et trimestre, tels que déposés.
-- Grain : millesime, annee, trimestre, rome, niveau, code_publie
-- Source : France Travail (contrat de données)
-- Publication : territoire
-- Colonnes :
--   trimestre : rang du trimestre
--   rome : métier (reference.metiers_rome)
--   code_publie : code du territoire tel que déposé
--   demandeurs [personnes] : demandeurs d'emploi inscrits en fin de trimestre, catégories A, B et C
--   demandeurs_statut : publié, secret, nd, sans objet, vide
--   demandeurs_a [personnes] : dont catégorie A
--   demandeurs_a_statut : publié, secret, nd, sans objet, vide
--   offres [offres] : offres d'emploi enregistrées pendant le trimestre
--   offres_statut : publié, secret, nd, sans objet, vide
SELECT
    m.annee, m.millesime, m.revision, m.reference, m.trimestre, m.rome, m.niveau, m.code AS code_publie, d.code,
    m.demandeurs, m.demandeurs_statut, m.demandeurs_a, m.demandeurs_a_statut, m.offres, m.offres_statut
FROM staging.france_travail AS m
LEFT JOIN core.decoupages AS d
    ON d.niveau = m.niveau
    AND d.code = CASE m.niveau
        WHEN 'departement' THEN code_departement(m.code) WHEN 'region' THEN code_region(m.code) ELSE m.code
    END
