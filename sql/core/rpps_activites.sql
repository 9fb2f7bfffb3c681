-- Activités de l'annuaire santé, personnes pseudonymisées : une ligne par ligne de l'extrait, et si elle compte parmi les actifs.
-- Grain : millesime, ligne
-- Source : annuaire santé, extractions en libre accès (ANS)
-- Publication : departement
-- Note : donnée personnelle, jamais publiée. Sont comptées les activités civiles, salariées ou libérales, remplaçants compris, en France ; `exclusion` dit pourquoi une ligne ne l'est pas.
-- Colonnes :
--   annee [année] : année du 1er janvier décrit
--   date_extrait : jour de l'extraction
--   ligne : ligne dans le fichier
--   personne : empreinte à clé de la personne
--   profession : profession (reference.professions) ; autre pour un code inconnu
--   profession_publiee : code de la profession tel que publié
--   categorie : C civil, M militaire, E étudiant
--   mode_exercice : S salarié, L libéral, B bénévole
--   remplacant : l'activité est un remplacement
--   savoir_faire : spécialité ordinale de la ligne ; vide pour un autre savoir-faire
--   site : lieu d'activité, par son numéro FINESS, sinon par l'empreinte de la structure
--   departement : département de la commune, sinon celui de l'extrait, celui du code postal, celui du code de la commune : le premier connu
--   exclusion : pourquoi la ligne ne compte pas ; vide si elle compte
WITH lues AS (
    SELECT
        a.millesime, a.revision, a.millesime AS annee,
        coalesce(
            CASE WHEN regexp_full_match(a.extrait, '[0-9]{8}.*') THEN try_strptime(a.extrait[:8], '%Y%m%d')::DATE END,
            make_date(a.millesime, 1, 1)
        ) AS date_extrait,
        a._ligne::INTEGER AS ligne, a.personne,
        coalesce(p.profession, 'autre') AS profession, a.profession AS profession_publiee,
        a.categorie, a.mode_exercice, coalesce(a.genre_activite IN ('GENR02', 'GENR03'), false) AS remplacant,
        CASE WHEN a.type_savoir_faire = 'S' THEN a.savoir_faire END AS savoir_faire,
        coalesce(a.finess, a.structure, 'inconnu') AS site, a.finess,
        a.commune AS commune_publiee, c.commune,
        departement_lu(c.departement, a.commune, a.departement, a.code_postal) AS departement_lu,
        coalesce(a.pays <> '99000', false) AND a.commune IS NULL AS a_l_etranger
    FROM staging.rpps_activites AS a
    LEFT JOIN reference.correspondances AS p ON p.nomenclature = 'RPPS' AND p.code = a.profession
    LEFT JOIN core.communes_publiees AS c ON c.commune_publiee = code_commune(a.commune)
)
SELECT
    l.* EXCLUDE (departement_lu, a_l_etranger), d.code AS departement, d.regions AS region,
    CASE
        WHEN l.categorie = 'E' THEN 'étudiant'
        WHEN l.categorie = 'M' THEN 'militaire'
        WHEN l.mode_exercice = 'B' THEN 'bénévole'
        WHEN l.mode_exercice IS NULL THEN 'sans activité'
        WHEN (l.categorie IS DISTINCT FROM 'C') OR l.mode_exercice NOT IN ('S', 'L') THEN 'code inconnu'
        WHEN l.a_l_etranger THEN 'à l''étranger'
    END AS exclusion
FROM lues AS l
LEFT JOIN core.decoupages AS d ON d.niveau = 'departement' AND d.code = l.departement_lu
