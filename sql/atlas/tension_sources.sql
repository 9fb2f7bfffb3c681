-- Source de l'offre, du vieillissement et du flux de chaque groupe de l'indice de tension, parmi celles qui sont là, et pourquoi.
-- Grain : situation, groupe, dimension
-- Source : marts de l'atlas (DREES, CNAM), reference.priorites_sources
-- Publication : nationale
-- Note : une dimension d'un groupe ne se lit que d'une source et d'un mode d'exercice, les mêmes pour tous les départements : sans quoi leurs rangs ne se compareraient pas. De celles qui peuvent la dire, celle de l'année la plus récente l'emporte, puis le rang de la source. Les classeurs de la DREES par profession se téléchargent ; ses deux exports d'application se déposent : l'un suffit. Sans ligne, aucune n'est là.
-- Colonnes :
--   situation : édition, ou édition précédente
--   groupe : groupe de professions de l'indice
--   dimension : offre, vieillissement ou flux
--   mode_exercice : mode d'exercice compté
--   annee : dernière année connue de la source
--   motif : pourquoi cette source
WITH possibles (groupe, source, mode_exercice, offre, vieillissement, flux) AS (
    VALUES
        ('medecin', 'drees_professionnels', 'ensemble', true, true, true),
        -- One year: no change can be read in it.
        ('medecin', 'drees_medecins_ages', 'ensemble', true, true, false),
        ('medecin', 'drees_demographie', 'ensemble', true, false, true),
        -- DREES has no ages of GPs alone: those of all doctors.
        ('medecin_generaliste', 'cnam_demographie', 'libéral', true, false, true),
        ('medecin_generaliste', 'drees_professionnels', 'ensemble', false, true, false),
        ('medecin_generaliste', 'drees_medecins_ages', 'ensemble', false, true, false),
        -- Of private practitioners, as supply and change are.
        ('infirmier', 'cnam_demographie', 'libéral', true, true, true),
        ('sage_femme', 'cnam_demographie', 'libéral', true, true, true),
        ('sage_femme', 'drees_professionnels', 'ensemble', false, true, false),
        ('masseur_kinesitherapeute', 'cnam_demographie', 'libéral', true, true, true),
        ('masseur_kinesitherapeute', 'drees_professionnels', 'ensemble', false, true, false),
        ('chirurgien_dentiste', 'drees_professionnels', 'ensemble', true, true, true),
        ('chirurgien_dentiste', 'drees_demographie', 'ensemble', true, false, true)
),
situations AS (
    SELECT 'édition' AS situation, edition AS dernier FROM reference.edition
    UNION ALL
    SELECT 'édition précédente', edition - 1 FROM reference.edition
),
dimensions AS (
    SELECT s.situation, s.dernier, g.groupe, g.profession, g.specialite, p.source, p.mode_exercice, d.dimension
    FROM situations AS s
    CROSS JOIN reference.groupes_tension AS g
    JOIN possibles AS p USING (groupe)
    CROSS JOIN LATERAL (
        VALUES ('offre', p.offre), ('vieillissement', p.vieillissement), ('flux', p.flux)
    ) AS d (dimension, possible)
    WHERE d.possible
),
connues AS (
    SELECT d.situation, d.groupe, d.dimension, d.source, d.mode_exercice, e.annee
    FROM dimensions AS d
    JOIN atlas.densites AS e
        ON e.profession = d.profession AND e.specialite = d.specialite AND e.source = d.source
        AND e.mode_exercice = d.mode_exercice AND e.millesime <= d.dernier
    WHERE d.dimension = 'offre' AND e.niveau = 'departement' AND e.valeur IS NOT NULL
    UNION ALL
    SELECT d.situation, d.groupe, d.dimension, d.source, d.mode_exercice, e.annee
    FROM dimensions AS d
    JOIN atlas.departs AS e ON e.profession = d.profession AND e.source = d.source AND e.millesime <= d.dernier
    WHERE d.dimension = 'vieillissement' AND e.indicateur = 'part_60_plus' AND e.niveau = 'departement'
        AND e.valeur IS NOT NULL
    UNION ALL
    SELECT d.situation, d.groupe, d.dimension, d.source, d.mode_exercice, e.annee
    FROM dimensions AS d
    JOIN atlas.effectifs AS e
        ON e.profession = d.profession AND e.specialite = d.specialite AND e.source = d.source
        AND e.mode_exercice = d.mode_exercice AND e.millesime <= d.dernier
    WHERE d.dimension = 'flux' AND e.niveau = 'departement' AND e.sexe = 'ensemble' AND e.effectif > 0
),
dernieres AS (
    SELECT situation, groupe, dimension, source, mode_exercice, max(annee) AS annee
    FROM connues
    GROUP BY ALL
)
SELECT
    c.situation, c.groupe, c.dimension, c.source, c.mode_exercice, c.annee,
    CASE
        WHEN count(*) OVER autres = 1 THEN 'la seule de celles qui sont là'
        WHEN count(*) FILTER (c.annee = derniere) OVER autres = 1 THEN 'la plus récente de celles qui sont là'
        ELSE 'de celles de la même année : ' || p.motif
    END AS motif
FROM (SELECT *, max(annee) OVER (PARTITION BY situation, groupe, dimension) AS derniere FROM dernieres) AS c
JOIN reference.priorites_sources AS p ON p.source = c.source
WINDOW autres AS (PARTITION BY c.situation, c.groupe, c.dimension)
QUALIFY row_number() OVER (
    PARTITION BY c.situation, c.groupe, c.dimension ORDER BY c.annee DESC, p.rang
) = 1
