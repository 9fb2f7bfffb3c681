-- Professionnels en activité d'après l'annuaire santé, pseudonymisés : une ligne par personne et profession, à un seul lieu.
-- Grain : millesime, personne, profession
-- Source : annuaire santé, extractions en libre accès (ANS)
-- Publication : departement
-- Note : donnée personnelle, jamais publiée. La DREES compte chacun une fois, au lieu le plus récent. L'extrait en libre accès ne date pas les activités : la dernière ligne de la personne dont le département est connu en tient lieu.
-- Colonnes :
--   annee [année] : année du 1er janvier décrit
--   personne : empreinte à clé de la personne
--   profession : profession (reference.professions) ; autre pour un code inconnu
--   mode_exercice : libéral, salarié, ou mixte si la personne a des activités des deux
--   remplacant : toutes ses activités sont des remplacements
--   savoir_faire : spécialité ordinale de la ligne retenue, sinon d'une autre de ses lignes, sinon du fichier des savoir-faire
--   specialite_groupe : groupe de spécialité (reference.specialites_rpps) ; un médecin sans spécialité ordinale est en médecine générale
--   autorisation_exercice : une autorisation d'exercice est inscrite ; vide si l'extrait n'a pas le fichier des diplômes
--   activites : activités comptées
--   sites : lieux d'activité distincts
--   site : lieu retenu
--   ligne : ligne retenue du fichier
-- Each of the two other files is brought to one line a person first: joined as they are, they multiply lines.
WITH actives AS (
    SELECT
        millesime, max(revision)::INTEGER AS revision, max(annee)::INTEGER AS annee, personne, profession,
        CASE
            WHEN bool_and(mode_exercice = 'L') THEN 'libéral'
            WHEN bool_and(mode_exercice = 'S') THEN 'salarié'
            ELSE 'mixte'
        END AS mode_exercice,
        bool_and(remplacant) AS remplacant,
        count(*)::INTEGER AS activites, count(DISTINCT site)::INTEGER AS sites,
        max({
            'situee': departement IS NOT NULL, 'ligne': ligne, 'site': site, 'commune': commune,
            'departement': departement, 'region': region
        }) AS lieu,
        coalesce(
            arg_max(savoir_faire, (departement IS NOT NULL, ligne)) FILTER (savoir_faire IS NOT NULL),
            NULL
        ) AS specialite_lue
    FROM core.rpps_activites
    WHERE exclusion IS NULL
    GROUP BY millesime, personne, profession
),
savoir_faire AS (
    SELECT s.millesime, s.personne, p.profession, max(s.savoir_faire) AS savoir_faire
    FROM staging.rpps_savoir_faire AS s
    JOIN reference.correspondances AS p ON p.nomenclature = 'RPPS' AND p.code = s.profession
    WHERE s.type_savoir_faire = 'S'
    GROUP BY s.millesime, s.personne, p.profession
),
autorisees AS (
    SELECT millesime, personne, bool_or(type_autorisation IS NOT NULL) AS autorisation_exercice
    FROM staging.rpps_diplomes
    GROUP BY millesime, personne
),
avec_diplomes AS (
    SELECT DISTINCT millesime FROM staging.rpps_diplomes
),
decrites AS (
    SELECT
        a.millesime, a.revision, a.annee, a.personne, a.profession, a.mode_exercice, a.remplacant,
        coalesce(a.specialite_lue, s.savoir_faire) AS savoir_faire,
        CASE WHEN d.millesime IS NOT NULL THEN coalesce(t.autorisation_exercice, false) END AS autorisation_exercice,
        a.activites, a.sites, a.lieu.site AS site, a.lieu.ligne AS ligne,
        a.lieu.commune AS commune, a.lieu.departement AS departement, a.lieu.region AS region
    FROM actives AS a
    LEFT JOIN savoir_faire AS s
        ON s.millesime = a.millesime AND s.personne = a.personne AND s.profession = a.profession
    LEFT JOIN autorisees AS t ON t.millesime = a.millesime AND t.personne = a.personne
    LEFT JOIN avec_diplomes AS d ON d.millesime = a.millesime
)
SELECT
    p.*,
    CASE
        WHEN g.specialite_groupe IS NOT NULL THEN g.specialite_groupe
        WHEN p.savoir_faire IS NOT NULL THEN 'autre'
        WHEN p.profession = 'medecin' THEN 'medecine_generale'
        ELSE 'sans'
    END AS specialite_groupe
FROM decrites AS p
LEFT JOIN reference.specialites_rpps AS g ON g.savoir_faire = p.savoir_faire AND g.profession = p.profession
