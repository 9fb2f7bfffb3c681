-- Bénéficiaires et montants des dispositifs d'attractivité, {annee}.
-- Grain : annee, dispositif, public, profession, nature, niveau, code
-- Source : atlas.dispositifs, core.dispositifs, vues.rangs_tension, reference.dispositifs, vues.annees_retenues
-- Note : Rang 1 : le plus tendu des territoires de métropole qui ont la même mesure, pour la profession visée. Un dispositif pour toutes les professions n'en a pas. Un nombre de bénéficiaires ne dit pas l'effet.
-- Non reçu : L'agence n'a pas encore déposé ses dispositifs pour cette édition.
-- Colonnes :
--   territoire_libelle « Territoire » : nom du territoire
--   dispositif : code du dispositif (reference.dispositifs)
--   dispositif_libelle « Dispositif » : dispositif d'attractivité, et son sigle
--   profession_libelle « Profession » : profession visée
--   public « Public » : public visé
--   nature « Ce qui est compté » : ce que comptent les bénéficiaires
--   beneficiaires « Bénéficiaires » n0 : nombre de bénéficiaires
--   montant « Montant (€) » n0 [€] : montant attribué, cases visibles
--   montant_statut : pourquoi il est vide
--   rangs « Rang de tension, par dimension » text (vide : rien) : rang du territoire, pour la profession visée ; une mesure par dimension
--   territoire : niveau et code d'un territoire, tels que dans l'adresse de sa page
WITH secrets AS (
    SELECT DISTINCT annee, dispositif, public, profession, nature, unnest([departement, region]) AS code
    FROM core.dispositifs
    WHERE montant_statut = 'secret'
)
SELECT
    t.territoire, d.niveau, d.code, t.territoire_libelle, d.annee, d.dispositif,
    coalesce(n.libelle, d.dispositif) || coalesce(' (' || n.sigle || ')', '') AS dispositif_libelle, d.profession,
    CASE WHEN d.profession = 'toutes' THEN 'toutes professions' ELSE coalesce(p.libelle, d.profession) END
        AS profession_libelle,
    d.public, d.nature, d.beneficiaires, d.montant,
    CASE WHEN d.montant IS NOT NULL THEN d.statut WHEN s.dispositif IS NOT NULL THEN 'secret' ELSE 'nd' END
        AS montant_statut,
    d.statut, r.rangs
FROM atlas.dispositifs AS d
JOIN vues.annees_retenues AS a ON a.objet = 'atlas.dispositifs' AND a.annee = d.annee
JOIN vues.territoires AS t USING (niveau, code)
LEFT JOIN reference.dispositifs AS n USING (dispositif)
LEFT JOIN reference.professions AS p ON p.profession = d.profession
LEFT JOIN secrets AS s
    ON s.annee = d.annee AND s.dispositif = d.dispositif AND s.public = d.public AND s.profession = d.profession
        AND s.nature = d.nature AND s.code = d.code
LEFT JOIN vues.rangs_tension AS r ON r.profession = d.profession AND r.niveau = d.niveau AND r.code = d.code
WHERE d.niveau IN ('region', 'departement')
ORDER BY d.dispositif, d.profession, t.rang DESC, d.code, d.public, d.nature
