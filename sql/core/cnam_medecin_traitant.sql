-- Part des patients en affection de longue durée sans médecin traitant, telle que publiée : pour chaque année, le millésime le plus récent.
-- Grain : annee, niveau, code
-- Source : Observatoire de l'accès aux soins (CNAM)
-- Publication : territoire
-- Note : la source ne donne que le taux : il ne s'additionne ni ne se moyenne.
-- Colonnes :
--   taux [%] : part des patients en affection de longue durée qui n'ont pas de médecin traitant
WITH situees AS (
    SELECT
        *,
        CASE WHEN departement <> '999' THEN 'departement' WHEN region <> '99' THEN 'region' ELSE 'france' END
            AS niveau_publie,
        CASE
            WHEN departement <> '999' THEN code_departement(departement)
            WHEN region <> '99' THEN code_region(region)
            ELSE 'F'
        END AS code_publie
    FROM staging.cnam_medecin_traitant
)
SELECT
    s.annee, s.millesime, s.revision, d.niveau, d.code, s.taux,
    CASE WHEN s.taux IS NOT NULL THEN 'publié' WHEN s.taux_statut = 'secret' THEN 'secret' ELSE 'nd' END AS statut
FROM situees AS s
JOIN core.decoupages AS d ON d.niveau = s.niveau_publie AND d.code = s.code_publie
QUALIFY row_number() OVER (PARTITION BY s.annee, d.niveau, d.code ORDER BY s.millesime DESC, s.revision DESC) = 1
