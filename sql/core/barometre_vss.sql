-- Baromètre des violences sexistes et sexuelles : répondants et personnes concernées, tels que déposés.
-- Grain : millesime, annee, region_publiee, public, question
-- Source : agence (contrat de données)
-- Publication : interne
-- Note : interne : les petits nombres n'y sont pas cachés. atlas.barometre_vss est ce qui se publie.
-- Colonnes :
--   region_publiee : région telle que déposée
--   public : ceux qui répondent
--   question : question posée
--   repondants [personnes] : répondants
--   repondants_statut : publié, secret, nd, sans objet, vide
--   concernes [personnes] : dont répondent oui
--   concernes_statut : publié, secret, nd, sans objet, vide
SELECT
    b.annee, b.millesime, b.revision, b.reference, b.region AS region_publiee, d.code AS region, b.public, b.question,
    b.repondants, b.repondants_statut, b.concernes, b.concernes_statut
FROM staging.barometre_vss AS b
LEFT JOIN core.decoupages AS d ON d.niveau = 'region' AND d.code = code_region(b.region)
