-- Capacités d'hospitalisation de chaque fiche au 31 décembre : lits et places des sites qu'elle compte.
-- Grain : niveau, code, variable
-- Source : fiches.etablissements, reference.capacites
-- Colonnes :
--   niveau : es (site), ej ou ght
--   code : numéro FINESS du site ou de l'entité juridique, ou code du GHT
--   nombre « Nombre » n0 [lits et places] : lits et places déclarés
--   nombre_statut : pourquoi il est vide, ou partiel : la case d'un site a été écartée
--   compte « Ce qui est compté » : lits, places, ou les deux
--   libelle « Capacité » : de quoi ce sont les lits ou les places
--   temps_complet : on y est accueilli jour et nuit
--   psychiatrie : capacité de psychiatrie
--   declaree : la fiche la dit : il y en a, ou nul ne le sait
WITH sites AS (
    SELECT *
    FROM fiches.etablissements
    WHERE millesime = (SELECT millesime FROM vues.annees_retenues WHERE objet = 'fiches.etablissements')
),
declarees AS (
    UNPIVOT (SELECT finess, LIT_MCO, PLA_MCO, CAP_COMPLET_TOT, LIT_SSR, PLA_SSR, LIT_USLD, PLATOT_HAD FROM sites)
    ON COLUMNS(* EXCLUDE (finess))
    INTO NAME variable VALUE nombre
),
lignes AS (
    SELECT finess, variable, nombre FROM declarees
    UNION ALL
    SELECT finess, unnest(string_split(capacites_ecartees, ' ')), NULL FROM sites WHERE capacites_ecartees IS NOT NULL
),
sommes AS (
    SELECT
        p.niveau, p.code, d.variable, sum(d.nombre)::INTEGER AS nombre,
        CASE
            WHEN count(d.nombre) = count(*) THEN 'calculé' WHEN count(d.nombre) > 0 THEN 'partiel' ELSE 'nd'
        END AS nombre_statut
    FROM vues.fiche_perimetres AS p
    JOIN lignes AS d USING (finess)
    GROUP BY p.niveau, p.code, d.variable
)
SELECT
    s.niveau, s.code, s.variable, s.nombre, s.nombre_statut,
    CASE WHEN coalesce(s.nombre, 2) > 1 THEN c.pluriel ELSE c.singulier END AS compte,
    c.libelle, c.temps_complet, c.psychiatrie, coalesce(s.nombre > 0, true) AS declaree
FROM sommes AS s
JOIN reference.capacites AS c USING (variable)
ORDER BY s.niveau, s.code, c.ordre
