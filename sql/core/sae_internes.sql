-- Internes et docteurs juniors de chaque établissement, par discipline.
-- Grain : millesime, finess, discipline
-- Source : SAE (DREES), bordereau Q22
-- Publication : interne
-- Note : une case vide vaut zéro où le site a rempli le bordereau ; une case que les contrôles ont vidée n'est pas connue.
-- Colonnes :
--   discipline : discipline des internes (reference.disciplines_internes)
--   internes [personnes] : internes, ou faisant fonction d'interne, au 31 décembre
--   docteurs_juniors [personnes] : docteurs juniors ; vide où la discipline n'en compte pas
--   statut_juniors : sans objet où la discipline n'en compte pas ; vide sinon
WITH videes AS (
    SELECT millesime, fichier, ligne, list(colonne ORDER BY colonne) AS colonnes
    FROM core.cellules_ecartees
    WHERE source = 'sae' AND table_source = 'q22'
    GROUP BY ALL
)
SELECT
    q.annee, q.millesime, q.revision, q.finess, d.discipline,
    coalesce(d.internes, zero_implicite(v.colonnes, d.colonne)) AS internes,
    CASE WHEN d.colonne_juniors IS NOT NULL
        THEN coalesce(d.docteurs_juniors, zero_implicite(v.colonnes, d.colonne_juniors))
    END AS docteurs_juniors,
    CASE WHEN d.colonne_juniors IS NULL THEN 'sans objet' END AS statut_juniors
FROM staging.sae_q22 AS q
LEFT JOIN videes AS v ON v.millesime = q.millesime AND v.fichier = q._fichier AND v.ligne = q._ligne
CROSS JOIN LATERAL (
    VALUES
        ('medecine', 'INTMED', q.INTMED, 'DOCJU_MED', q.DOCJU_MED),
        ('generale', 'INTGEN', q.INTGEN, NULL, NULL),
        ('urgence', 'INTURG', q.INTURG, 'DOCJU_URG', q.DOCJU_URG),
        ('pharmacie', 'INTPHA', q.INTPHA, 'DOCJU_PHA', q.DOCJU_PHA),
        ('odontologie', 'INTODO', q.INTODO, 'DOCJU_ODO', q.DOCJU_ODO),
        ('faisant_fonction', 'FFI', q.FFI, NULL, NULL)
) AS d (discipline, colonne, internes, colonne_juniors, docteurs_juniors)
