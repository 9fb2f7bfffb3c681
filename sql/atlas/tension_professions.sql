-- Tableau des tensions : chaque profession de la santé et du social, à chaque échelle, par dimension.
-- Grain : profession, dimension, indicateur, niveau, code
-- Source : marts de l'atlas (France Travail, DARES, DREES, CNAM, SAE, zonage, formations)
-- Publication : territoire
-- Note : un profil, non une note : rien n'est pesé ni imputé, et une case vide dit pourquoi. L'indice (« synthèse ») n'est là que pour les professions et les départements qui ont ce qu'il demande (atlas.tension). Un rang est parmi les 96 départements, ou les 13 régions, de métropole qui ont la même mesure, s'ils sont assez nombreux (reference.seuils, territoires_classes) ; son intervalle, là où l'erreur de la mesure a une loi, couvre 90 % de mille tirages ; une part y est classée après lissage (k + ½ sur n + 1). Une spécialité médicale n'a de cases que des mesures qui distinguent les spécialités. Une mesure dont un territoire compte zéro n'a pas d'intervalle de rang. Les postes vacants et la rotation, protégés, n'entrent qu'à la publication (vues.tension_professions).
-- Colonnes :
--   annee : année décrite ; vide où rien n'est connu
--   domaine : santé ou social
--   dimension : recrutement, marché, équilibre, offre, vieillissement, accès, formation, synthèse (reference.tension_profil)
--   sens : 1 si une valeur haute est de la tension, -1 si c'est une valeur basse ; vide pour un nombre qui suit la taille du territoire
--   n : ce sur quoi la valeur est comptée : projets, emplois, professionnels, habitants ou places ; vide où la source ne le dit pas
--   couverture [part, de 0 à 1] : part de ce qui est connu ; vide où la source n'en manque pas
--   champ : ceux que la valeur compte, quand ce n'est pas la profession seule
--   rang : 1 pour le territoire le plus tendu
--   rang_bas : meilleur rang plausible ; vide où l'erreur n'a pas de loi
--   rang_haut : pire rang plausible
--   territoires_classes : territoires classés
--   premier : la mesure que le tableau montre pour la dimension : la première connue, dans l'ordre de reference.tension_profil
--   motif : pourquoi la case est vide, ou sans rang
--   ex_aequo : d'autres territoires ont ce rang
--   ordre : rang de la dimension, puis de l'indicateur
WITH lieux AS (
    SELECT niveau, code FROM reference.territoires WHERE niveau IN ('departement', 'region', 'france')
),
recues AS (
    SELECT DISTINCT source FROM reference.millesimes WHERE statut = 'accepté'
),
indicateurs AS (
    SELECT p.*, list_has_any(string_split(p.sources, ' '), (SELECT list(source ORDER BY source) FROM recues)) AS recue
    FROM reference.tension_profil AS p
    WHERE p.dimension <> 'ressources humaines'
),
cases AS (
    SELECT
        p.profession, p.domaine,
        i.* REPLACE (CASE p.nature WHEN 'spécialité' THEN i.absence_specialite ELSE i.absence END AS absence),
        l.niveau, l.code
    FROM reference.professions AS p
    CROSS JOIN indicateurs AS i
    CROSS JOIN lieux AS l
    WHERE p.nature = 'profession' OR (p.nature = 'spécialité' AND i.absence_specialite IS NOT NULL)
),
metropole AS (
    SELECT niveau, count(*) AS territoires
    FROM reference.territoires
    WHERE (niveau = 'departement' AND length(code) = 2) OR (niveau = 'region' AND code NOT LIKE '0%')
    GROUP BY niveau
),
mesures AS (
    SELECT profession, indicateur, niveau, code, rang, rang_bas, rang_haut, territoires_classes
    FROM calculs.tension_rangs
    UNION ALL
    SELECT groupe, 'tension_indice', niveau, code, rang, rang_bas, rang_haut, territoires_classes FROM atlas.tension
),
rangs AS (
    SELECT m.*, m.territoires_classes < t.territoires * s.valeur AS trop_peu
    FROM mesures AS m
    JOIN metropole AS t USING (niveau)
    JOIN reference.seuils AS s ON s.seuil = 'territoires_classes'
),
-- Where a source is there, does it know this profession anywhere?
connues AS (
    SELECT DISTINCT profession, indicateur FROM atlas.tension_mesures
),
remplies AS (
    SELECT
        c.profession, c.domaine, c.dimension, c.indicateur, c.sens, c.niveau, c.code, c.ordre, m.annee, m.millesime,
        m.revision, m.source, m.valeur, m.n, m.couverture, m.champ,
        CASE WHEN NOT r.trop_peu THEN r.rang END AS rang,
        CASE WHEN NOT r.trop_peu THEN r.rang_bas END AS rang_bas,
        CASE WHEN NOT r.trop_peu THEN r.rang_haut END AS rang_haut,
        CASE WHEN NOT r.trop_peu THEN r.territoires_classes END AS territoires_classes,
        CASE WHEN m.valeur IS NULL THEN CASE WHEN statut_absent(m.statut) THEN m.statut ELSE 'nd' END ELSE m.statut END
            AS statut,
        CASE
            WHEN r.trop_peu AND m.motif IS NULL
                THEN 'mesuré dans trop peu de ' || CASE c.niveau WHEN 'region' THEN 'régions' ELSE 'départements' END
                    || ' de métropole pour un rang'
            WHEN m.profession IS NOT NULL THEN m.motif
            WHEN NOT c.recue THEN 'non reçus pour cette édition : ' || c.sources_libelle
            WHEN k.profession IS NULL THEN c.absence
            WHEN NOT list_contains(string_split(c.niveaux, ' '), c.niveau)
                THEN CASE
                    WHEN c.niveaux = 'departement' THEN 'donné par département seulement'
                    WHEN c.niveau = 'departement' OR c.niveaux = 'region' THEN 'donné par région seulement'
                    ELSE 'non donné pour la France'
                END
            WHEN c.indicateur IN ('part_difficile', 'projets') THEN 'aucun projet déclaré ici'
            ELSE 'aucune ligne pour ce territoire'
        END AS motif
    FROM cases AS c
    LEFT JOIN atlas.tension_mesures AS m USING (profession, indicateur, niveau, code)
    LEFT JOIN rangs AS r USING (profession, indicateur, niveau, code)
    LEFT JOIN connues AS k USING (profession, indicateur)
)
SELECT
    r.annee, coalesce(r.millesime, e.edition)::INTEGER AS millesime, coalesce(r.revision, 1)::INTEGER AS revision,
    r.profession, r.domaine, r.dimension, r.indicateur, r.niveau, r.code, r.sens, r.source, r.valeur, i.unite, r.statut,
    r.n, r.couverture, r.champ, r.rang, r.rang_bas, r.rang_haut, r.territoires_classes,
    row_number() OVER (
        PARTITION BY r.profession, r.dimension, r.niveau, r.code
        ORDER BY r.sens IS NULL, r.valeur IS NULL, r.ordre
    ) = 1 AS premier,
    r.motif,
    CASE
        WHEN r.rang IS NOT NULL
            THEN count(*) OVER (PARTITION BY r.profession, r.indicateur, r.niveau, r.rang) > 1
        ELSE false
    END AS ex_aequo,
    r.ordre
FROM remplies AS r
LEFT JOIN reference.indicateurs AS i USING (indicateur)
CROSS JOIN reference.edition AS e
