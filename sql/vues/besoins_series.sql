-- Part de la population âgée, observée puis projetée : région et France.
-- Grain : indicateur, niveau, code, scenario, annee, source
-- Source : atlas.besoins
-- Publication : interne
-- Colonnes :
--   serie « Territoire »
--   annee « Année » year
--   valeur « Part » pct1 [part] : part de la population
--   ages : âges comptés
--   note : ce qu'il faut savoir d'une projection, s'il y en a une
SELECT
    t.territoire_libelle
    || CASE WHEN b.scenario = 'observé' THEN '' ELSE ' (projection : ' || lower(b.scenario) || ')' END AS serie,
    b.annee, b.valeur, b.indicateur, i.libelle AS indicateur_libelle,
    CASE b.indicateur WHEN 'part_60_plus_population' THEN '60 ans ou plus' ELSE '75 ans ou plus' END AS ages,
    CASE
        WHEN bool_or(b.scenario <> 'observé') OVER (PARTITION BY b.indicateur)
            THEN 'Une projection de population n’est pas une prévision.'
    END AS note,
    b.scenario, t.territoire_libelle, t.territoire, b.niveau, b.code, b.source, b.statut
FROM atlas.besoins AS b
JOIN vues.territoires AS t USING (niveau, code)
JOIN reference.blocs AS c ON c.bloc = 'besoins.series' AND c.code = b.indicateur
LEFT JOIN reference.indicateurs AS i USING (indicateur)
WHERE b.niveau IN ('region', 'france') AND b.valeur IS NOT NULL
ORDER BY b.indicateur, t.rang, b.code, b.scenario <> 'observé', b.scenario, b.annee
