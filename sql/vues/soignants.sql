-- Infirmiers et aides-soignants : à l'hôpital et en libéral, dernière année de chacun.
-- Grain : profession, exercice, niveau, code
-- Source : atlas.soignants
-- Non reçu : Ni la SAE ni les libéraux n'ont été reçus pour cette édition.
-- Note : Deux parties d'une même offre, qui ne s'additionnent pas : des ETP moyens de l'année, des personnes en fin d'année. Il y manque les salariés hors de l'hôpital. Le répertoire ADELI, où restent ceux qui ont cessé, n'y entre pas.
-- Colonnes :
--   territoire_libelle « Territoire »
--   profession_libelle « Profession »
--   exercice_libelle « Exercice » : à l'hôpital ou en libéral
--   annee « Année » year
--   effectif « Personnes » n0 [personnes] : personnes
--   etp « ETP » n0 [ETP] : équivalents temps plein, à l'hôpital
--   etp_statut : pourquoi ils sont vides, ou partiels
--   densite « Personnes pour 100 000 hab. » n1 [pour 100 000 habitants] : personnes rapportées à la population de la même année
--   densite_statut : pourquoi elle est vide, ou partielle
--   densite_etp « ETP pour 100 000 hab. » n1 [ETP pour 100 000 habitants] : ETP rapportés à la population de la même année
--   densite_etp_statut : pourquoi elle est vide, ou partielle
--   source_libelle « Source » : producteur
SELECT
    t.territoire, s.niveau, s.code, t.territoire_libelle, s.profession,
    coalesce(p.libelle, s.profession) AS profession_libelle, s.exercice, s.annee, s.effectif, s.etp,
    CASE WHEN s.exercice = 'libéral' THEN 'sans objet' WHEN s.etp IS NULL THEN 'nd' ELSE s.statut END AS etp_statut,
    s.densite, CASE WHEN s.densite IS NULL THEN 'nd' ELSE s.statut END AS densite_statut, s.densite_etp,
    CASE WHEN s.exercice = 'libéral' THEN 'sans objet' WHEN s.densite_etp IS NULL THEN 'nd' ELSE s.statut END
        AS densite_etp_statut,
    CASE s.exercice WHEN 'hôpital' THEN 'établissements de santé' ELSE 'libéral' END AS exercice_libelle,
    r.producteur_court AS source_libelle, s.source, s.statut
FROM atlas.soignants AS s
JOIN vues.territoires AS t USING (niveau, code)
JOIN vues.sources AS r USING (source)
LEFT JOIN reference.professions AS p USING (profession)
WHERE s.dernier
ORDER BY s.profession, s.exercice, t.rang, s.code
