-- Dispositifs d'attractivité en face de la tension de chaque profession, {annee}.
-- Grain : profession, annee, dispositif, public, vise, nature, niveau, code
-- Source : vues.dispositifs, vues.rangs_tension, reference.professions
-- Publication : interne
-- Note : [Ce qu'est chaque dispositif](pages/dispositifs.html#dispositifs). Un dispositif qui ne vise aucune profession est montré à chacune : son montant est celui de toutes, et ne s'additionne pas d'une profession à l'autre. Rang 1 : le plus tendu des territoires de métropole. Un nombre de bénéficiaires ne dit pas l'effet.
-- Non reçu : L'agence n'a pas encore déposé ses dispositifs pour cette édition.
-- Colonnes :
--   profession_libelle « Profession » : profession dont la page montre la ligne
--   dispositif : code du dispositif (reference.dispositifs)
--   dispositif_libelle « Dispositif » : dispositif d'attractivité, et son sigle
--   vise_libelle « Pour qui » : profession visée ; toutes professions si aucune ne l'est
--   territoire_libelle « Territoire »
--   public « Public » : public visé
--   beneficiaires « Bénéficiaires » n0 : nombre de bénéficiaires
--   nature « Ce qui est compté » : ce que comptent les bénéficiaires
--   montant « Montant (€) » n0 [€] : montant attribué, cases visibles
--   montant_statut : pourquoi il est vide
--   annee « Année » year : année du dispositif
--   rangs « Rang de tension, par dimension » text (vide : nd) : rang du territoire, pour la profession visée, à défaut celle de la page ; une mesure par dimension
--   vise : profession visée (reference.professions), ou toutes
--   cible : le dispositif vise une profession
--   lien : adresse de ce qui explique la tension
--   territoire : niveau et code d'un territoire, tels que dans l'adresse de sa page
-- Generalists and specialists are on the page of doctors.
WITH vises AS (
    SELECT d.*, CASE WHEN p.specialite IS NULL THEN d.profession ELSE p.ensemble END AS profession_page
    FROM vues.dispositifs AS d
    LEFT JOIN reference.professions AS p USING (profession)
)
SELECT
    p.profession_libelle, d.dispositif, d.dispositif_libelle, d.profession_libelle AS vise_libelle,
    d.territoire_libelle, d.public,
    d.beneficiaires, d.nature, d.montant, d.montant_statut, d.annee, r.rangs, p.profession, d.profession AS vise,
    d.profession <> 'toutes' AS cible, p.adresse || '#tension' AS lien, d.territoire, d.niveau, d.code,
    'dispositifs' AS source, d.statut
FROM vises AS d
JOIN vues.professions AS p ON p.profession = d.profession_page OR d.profession = 'toutes'
LEFT JOIN vues.rangs_tension AS r
    ON r.profession = CASE d.profession WHEN 'toutes' THEN p.profession ELSE d.profession END
        AND r.niveau = d.niveau AND r.code = d.code
ORDER BY
    p.profession, d.profession = 'toutes', d.profession, d.dispositif, d.niveau DESC, d.code, d.public, d.nature,
    d.annee
