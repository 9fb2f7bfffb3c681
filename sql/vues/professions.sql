-- Professions qui ont une page : celles qu'une source compte par territoire, et celles du tableau des tensions.
-- Grain : profession
-- Source : vues.densites, reference.professions
-- Publication : interne
-- Colonnes :
--   adresse : adresse de la page de la profession
--   recrutement : pourquoi la profession n'a pas de ligne de recrutement
--   sans_dispositif : pourquoi la profession n'a pas de ligne de dispositif
--   medecin : la profession est celle des médecins
--   specialites : la profession a des pages de spécialités
SELECT
    p.profession, p.libelle AS profession_libelle,
    'pages/profession-' || replace(p.profession, '_', '-') || '.html' AS adresse,
    CASE
        WHEN EXISTS (FROM reference.millesimes WHERE source = 'bmo')
            THEN 'L’enquête Besoins en main-d’œuvre ne distingue pas cette profession.'
        ELSE 'L’enquête Besoins en main-d’œuvre n’a pas été reçue pour cette édition.'
    END AS recrutement,
    CASE
        WHEN EXISTS (FROM reference.millesimes WHERE source = 'dispositifs')
            THEN 'Aucun dispositif déclaré par l’agence ne vise cette profession, ni toutes.'
        ELSE 'L’agence n’a pas encore déposé ses dispositifs pour cette édition.'
    END AS sans_dispositif,
    p.profession = 'medecin' AS medecin,
    EXISTS (FROM vues.specialites AS s WHERE s.profession = p.profession) AS specialites
FROM reference.professions AS p
-- General practitioners and specialists are shown with the doctors.
WHERE p.specialite IS NULL AND (
    p.ordre IS NOT NULL
    OR EXISTS (FROM vues.densites AS d WHERE d.profession = p.profession AND d.specialite = 'ensemble')
)
ORDER BY p.profession
