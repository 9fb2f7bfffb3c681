-- Densités de l'atlas rapprochées, chaque année, de celles que publie le producteur.
-- Grain : source, annee, denominateur
-- Source : atlas.densites
-- Publication : nationale
-- Note : l'écart est celui de l'arrondi publié, et de ce que l'INSEE a révisé depuis dans la population. Rien n'est comparé où nous n'avons pas la population de la même année.
-- Colonnes :
--   denominateur : habitants, ou population que soigne la profession (reference.populations_cibles)
--   population : à quoi nous rapportons : INSEE, ou population du producteur
--   publiees : densités que publie le producteur
--   comparees : densités comparées
--   ecart_median [pour 100 000] : médiane des écarts, sans leur signe
--   ecart_maximal [pour 100 000] : plus grand écart, sans son signe
--   part_arrondi [part, de 0 à 1] : part des écarts d'un dixième au plus
SELECT
    source, annee, denominateur_publie AS denominateur,
    CASE WHEN bool_or(annee_population IS NULL) THEN 'producteur' ELSE 'INSEE' END AS population,
    max(millesime)::INTEGER AS millesime, max(revision)::INTEGER AS revision,
    count(*)::INTEGER AS publiees, count(ecart_publie)::INTEGER AS comparees,
    median(abs(ecart_publie))::DECIMAL(18, 4) AS ecart_median, max(abs(ecart_publie))::DECIMAL(18, 4) AS ecart_maximal,
    (count(*) FILTER (abs(ecart_publie) <= 0.1) / nullif(count(ecart_publie), 0))::DECIMAL(18, 6) AS part_arrondi
FROM atlas.densites
WHERE densite_publiee IS NOT NULL
GROUP BY source, annee, denominateur_publie
