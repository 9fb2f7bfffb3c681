-- Capacités d'hospitalisation de chaque fiche au 31 décembre : lits et places des sites qu'elle compte.
-- Grain : niveau, code, variable
-- Source : fiches.etablissements, reference.capacites
-- Colonnes :
--   niveau : es (site), ej ou ght
--   code : numéro FINESS du site ou de l'entité juridique, ou code du GHT
--   nombre « Nombre » n0 [lits et places] : lits et places déclarés
--   compte « Ce qui est compté » : lits, places, ou les deux
--   libelle « Capacité » : de quoi ce sont les lits ou les places
--   temps_complet : on y est accueilli jour et nuit
--   psychiatrie : capacité de psychiatrie
--   declaree : la fiche la dit : il y en a
WITH declarees AS (
    UNPIVOT (
        SELECT finess, LIT_MCO, PLA_MCO, CAP_COMPLET_TOT, LIT_SSR, PLA_SSR, LIT_USLD, PLATOT_HAD
        FROM fiches.etablissements
        WHERE millesime = (SELECT millesime FROM vues.annees_retenues WHERE objet = 'fiches.etablissements')
    )
    ON COLUMNS(* EXCLUDE (finess))
    INTO NAME variable VALUE nombre
),
sommes AS (
    SELECT p.niveau, p.code, d.variable, sum(d.nombre)::INTEGER AS nombre
    FROM vues.fiche_perimetres AS p
    JOIN declarees AS d USING (finess)
    GROUP BY p.niveau, p.code, d.variable
)
SELECT
    s.niveau, s.code, s.variable, s.nombre, CASE WHEN s.nombre > 1 THEN c.pluriel ELSE c.singulier END AS compte,
    c.libelle, c.temps_complet, c.psychiatrie, s.nombre > 0 AS declaree
FROM sommes AS s
JOIN reference.capacites AS c USING (variable)
ORDER BY s.niveau, s.code, c.ordre
