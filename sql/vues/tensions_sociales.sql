-- Tension des professions du social selon la DREES, {annee}.
-- Grain : profession_publiee, niveau, code
-- Source : atlas.tensions_sociales
-- Non reçu : Les tensions des professions du social n'ont pas été reçues de la DREES.
-- Note : Le besoin rapporte les offres en ligne de l'année aux postes de l'année d'avant : à 1, autant d'offres que de postes. La tension compte les offres nouvelles d'un trimestre pour une offre pourvue au suivant : plus elle est haute, plus les postes restent vacants. Les offres qui ne sont pas en ligne n'y sont pas.
-- Colonnes :
--   profession_publiee « Profession » : intitulé du producteur
--   territoire_libelle « Territoire »
--   besoin_recrutement « Offres par poste » n2 [offres par poste] : besoin en recrutement
--   part_difficile « Embauches jugées difficiles » pct0 [part] : part des projets de recrutement jugés difficiles
--   tension « Offres par offre pourvue » n2 [offres] : tension de recrutement
--   profession_libelle : nom de la profession dans l'atlas
--   besoin_recrutement_statut : pourquoi le besoin est vide
--   part_difficile_statut : pourquoi la part est vide
--   tension_statut : pourquoi la tension est vide
SELECT
    s.profession_publiee, t.territoire_libelle, s.besoin_recrutement, s.part_difficile, s.tension, s.annee,
    p.libelle AS profession_libelle, s.profession, t.territoire, s.niveau, s.code, s.besoin_recrutement_statut,
    s.part_difficile_statut, s.tension_statut, 'drees_tensions_social' AS source
FROM atlas.tensions_sociales AS s
JOIN vues.annees_retenues AS a ON a.objet = 'atlas.tensions_sociales' AND a.annee = s.annee
JOIN vues.territoires AS t USING (niveau, code)
LEFT JOIN reference.professions AS p USING (profession)
ORDER BY s.profession_publiee, t.rang, s.code
