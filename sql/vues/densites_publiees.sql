-- Nos densités à côté de celles que publient les producteurs, année par année.
-- Grain : source, annee, denominateur
-- Source : qualite.densites_publiees
-- Vide : Aucun producteur ne publie de densité dans cette édition.
-- Note : L'écart est celui de l'arrondi publié, et de ce que l'INSEE a révisé depuis dans la population.
-- Colonnes :
--   source_libelle « Source » : producteur et titre
--   annee « Année » year
--   denominateur_libelle « Rapportées à » : population du dénominateur
--   population « Population » : INSEE, ou celle du producteur
--   publiees « Densités publiées » n0 : densités que publie le producteur
--   comparees « Comparées » n0 : densités comparées
--   ecart_median « Écart médian » n2 [pour 100 000] (vide : nd) : médiane des écarts, sans leur signe
--   ecart_maximal « Plus grand écart » n2 [pour 100 000] (vide : nd) : plus grand écart, sans son signe
--   part_arrondi « Écarts d'un dixième au plus » pct1 [part] (vide : nd) : part des écarts d'un dixième au plus
SELECT
    q.source, s.citation AS source_libelle, q.annee, q.denominateur,
    coalesce(c.libelle, q.denominateur) AS denominateur_libelle, q.population, q.publiees, q.comparees, q.ecart_median,
    q.ecart_maximal, q.part_arrondi
FROM qualite.densites_publiees AS q
JOIN vues.sources AS s USING (source)
LEFT JOIN (SELECT DISTINCT cible, libelle FROM reference.populations_cibles) AS c ON c.cible = q.denominateur
ORDER BY q.source, q.annee DESC, q.denominateur
