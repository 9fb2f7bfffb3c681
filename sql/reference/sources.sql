-- Sources de l'atlas : qui produit, sous quelle licence, à quelle cadence.
-- Grain : source
-- Source : catalogue de l'atlas (pipelines/catalogue/)
-- Publication : nationale
-- Colonnes :
--   producteur : organisme qui publie la source
--   titre : titre du jeu de données chez son producteur
--   licence : licence de réutilisation
--   adresse : adresse officielle du jeu de données
--   cadence : rythme de publication
--   sens : ce que désigne le millésime : situation à une date, exercice, session, enquête, géographie, nomenclature, base
--   age_max [années] : écart admis entre le millésime de référence et l'édition
--   restreint : la source ne peut pas être publiée sans protection statistique
--   se_telecharge : le catalogue sait la demander au site de son producteur ; sinon elle se dépose
--   avec_cle : elle ne se demande qu'avec une clé, que son producteur donne
--   millesime_connu [année] : dernier millésime dont le catalogue sait l'existence ; le producteur en a peut-être publié d'autres
--   emplois : tables de l'entrepôt qui en viennent, directement ou non
--   limites : ce qu'il faut savoir avant de lire la source
--   millesimes : millésimes épinglés par le verrou de l'édition
--   millesime_reference [année] : millésime de référence de l'édition
SELECT
    s.source, s.producteur, s.titre, s.licence, s.adresse, s.cadence, s.sens,
    s.age_max, s.restreint, s.se_telecharge, s.avec_cle, s.millesime_connu, s.emplois, s.limits AS limites,
    string_agg(m.millesime::VARCHAR, ' ' ORDER BY m.millesime) AS millesimes,
    max(m.millesime) FILTER (m.reference) AS millesime_reference
FROM staging.sources AS s
LEFT JOIN staging.millesimes AS m ON m.source = s.source AND m.statut = 'accepté'
GROUP BY ALL
