-- Qui compte, dans la région, une profession qu'aucun répertoire ne compte : les hôpitaux, puis l'enquête emploi derrière la DARES.
-- Grain : profession, rang
-- Source : atlas.hospitaliers, atlas.departs, reference.correspondances
-- Publication : interne
-- Colonnes :
--   rang : rang de la phrase
--   qui : qui la compte, jusqu'au nombre
--   nombre n0 : nombre compté
--   quoi : ce qui est compté
--   quels : libellé de ce qui est compté, dans une phrase
WITH hopital AS (
    SELECT
        p.profession, v.ordre AS rang, 'À l’hôpital, la SAE en compte' AS qui, h.valeur AS nombre, h.statut,
        'ETP' AS quoi,
        h.annee, regexp_replace(v.libelle, '^(\(?dont )(.*?)\)?$', '\2', 'i') AS libelle
    FROM reference.professions AS p
    JOIN reference.variables_sae AS v ON v.mesure = 'ETP' AND v.profession = p.profession
    JOIN atlas.hospitaliers AS h USING (variable)
    WHERE h.niveau = 'region' AND h.code = (SELECT region FROM vues.publication) AND h.secteur = 'ensemble'
        AND h.valeur IS NOT NULL
        AND h.annee = (SELECT annee FROM vues.annees_retenues WHERE objet = 'atlas.hospitaliers')
),
emplois AS (
    SELECT
        f.profession, 1000 + row_number() OVER (ORDER BY d.profession) AS rang, 'La DARES compte' AS qui,
        d.denominateur AS nombre, d.statut, 'emplois' AS quoi, d.annee, d.libelle
    FROM reference.correspondances AS f
    JOIN atlas.departs AS d ON d.profession = f.code
    WHERE f.nomenclature = 'FAP 2009' AND d.indicateur = 'part_departs' AND d.niveau = 'region'
        AND d.code = (SELECT region FROM vues.publication)
        AND d.denominateur IS NOT NULL
)
SELECT profession, rang::INTEGER AS rang, qui, nombre, statut, quoi, annee, lower(libelle) AS quels
FROM (SELECT * FROM hopital UNION ALL SELECT * FROM emplois) AS c
WHERE NOT EXISTS (
    FROM vues.densites AS d WHERE d.profession = c.profession AND d.specialite = 'ensemble' AND d.niveau = 'region'
)
ORDER BY profession, rang
