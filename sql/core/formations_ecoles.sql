-- Places, inscrits, diplômés et interruptions des écoles de santé, par formation et région, tels que publiés.
-- Grain : millesime, annee, formation_publiee, territoire_publie
-- Source : La formation aux professions de santé (DREES, enquête auprès des écoles)
-- Publication : territoire
-- Note : une région se reconnaît à son code, à défaut à son nom ; un total publié (France, Ensemble) est la France.
-- Colonnes :
--   formation_publiee : formation telle que publiée
--   diplome : diplôme préparé (reference.diplomes) ; vide pour une formation que l'atlas ne reconnaît pas
--   territoire_publie : territoire tel que publié
--   places [places] : places offertes à la rentrée
--   places_statut : publié, secret, nd, vide
--   inscrits_1 [personnes] : inscrits en première année
--   inscrits_1_statut : publié, secret, nd, vide
--   inscrits [personnes] : inscrits, toutes années
--   inscrits_statut : publié, secret, nd, vide
--   presentes [personnes] : présentés au diplôme
--   presentes_statut : publié, secret, nd, vide
--   diplomes [personnes] : reçus au diplôme
--   diplomes_statut : publié, secret, nd, vide
--   diplomes_vae [personnes] : diplômés par la validation des acquis de l'expérience
--   diplomes_vae_statut : publié, secret, nd, vide
--   interruptions [personnes] : interruptions de scolarité de l'année
--   interruptions_statut : publié, secret, nd, vide
WITH publiees AS (
    SELECT *, CASE WHEN region SIMILAR TO '(France|Ensemble|Total).*' THEN 'france' ELSE 'region' END AS niveau
    FROM staging.drees_formations_formations
),
noms AS (
    SELECT cle_lieu(libelle) AS cle, min(code) AS code FROM core.decoupages WHERE niveau = 'region' GROUP BY cle
)
SELECT
    p.millesime, p.revision, p.reference, p.annee, p.formation AS formation_publiee,
    diplome_sante(p.formation) AS diplome, p.niveau, p.region AS territoire_publie,
    CASE p.niveau WHEN 'france' THEN 'F' ELSE coalesce(d.code, n.code) END AS code,
    p.places, p.places_statut, p.inscrits_1, p.inscrits_1_statut, p.inscrits, p.inscrits_statut, p.presentes,
    p.presentes_statut, p.diplomes, p.diplomes_statut, p.diplomes_vae, p.diplomes_vae_statut, p.interruptions,
    p.interruptions_statut
FROM publiees AS p
LEFT JOIN core.decoupages AS d ON p.niveau = 'region' AND d.niveau = 'region' AND d.code = code_region(p.region)
LEFT JOIN noms AS n ON p.niveau = 'region' AND n.cle = cle_lieu(p.region)
