-- Densités rapportées à ceux que la profession soigne : femmes, enfants, personnes âgées ; à côté de celle que le producteur publie.
-- Grain : profession, specialite, mode_exercice, feuille, niveau, code
-- Source : vues.densites, reference.populations_cibles
-- Vide : Aucune profession de cette page ne soigne une partie seulement de la population.
-- Note : La densité n'est donnée que si les âges de cette population sont connus la même année. Celle du producteur a ses propres âges, et sa propre population.
-- Colonnes :
--   profession_libelle « Profession »
--   territoire_libelle « Territoire »
--   specialite_libelle « Spécialité »
--   annee « Année » year
--   effectif « Effectif » n0 [personnes] : professionnels en activité
--   cible_libelle « Population concernée » : population que la profession soigne
--   valeur_cible « Densité pour 100 000 » n1 [pour 100 000 habitants concernés] (vide : nd) : densité rapportée à cette population
--   densite_publiee « Densité publiée par le producteur » n1 [pour 100 000] (vide : nd) : densité du producteur, pour ses propres âges
SELECT
    d.territoire, d.niveau, d.code, d.territoire_libelle, d.profession, d.profession_libelle, d.specialite,
    d.specialite_libelle, d.specialite_adresse, d.mode_exercice, d.feuille, d.annee, d.effectif, d.cible,
    c.libelle AS cible_libelle, d.valeur_cible, d.densite_publiee, d.premier_mode, d.source, d.sources, d.statut
FROM vues.densites AS d
JOIN (SELECT DISTINCT cible, libelle FROM reference.populations_cibles) AS c USING (cible)
ORDER BY d.profession, d.specialite, d.mode_exercice, d.feuille, d.niveau, d.code
