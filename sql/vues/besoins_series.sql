-- Part de la population âgée, observée puis projetée : région et France.
-- Grain : indicateur, niveau, code, scenario, annee
-- Source : atlas.besoins, reference.priorites_sources
-- Publication : interne
-- Colonnes :
--   serie « Territoire »
--   annee « Année » year
--   valeur « Part » pct1 [part] : part de la population
--   ages : âges comptés
--   note : ce qu'il faut savoir du champ des années anciennes, et d'une projection s'il y en a une
-- Of two estimates of one year, the one that the pages prefer.
WITH preferees AS (
    SELECT b.*
    FROM atlas.besoins AS b
    LEFT JOIN reference.priorites_sources AS p ON p.source = b.source AND p.sujet = 'habitants'
    WHERE b.niveau IN ('region', 'france') AND b.valeur IS NOT NULL
    QUALIFY row_number() OVER (
        PARTITION BY b.indicateur, b.niveau, b.code, b.scenario, b.annee ORDER BY coalesce(p.rang, 99), b.source
    ) = 1
)
SELECT
    t.territoire_libelle
    || CASE WHEN b.scenario = 'observé' THEN '' ELSE ' (projection : ' || lower(b.scenario) || ')' END AS serie,
    b.annee, b.valeur, b.indicateur, i.libelle AS indicateur_libelle,
    CASE b.indicateur WHEN 'part_60_plus_population' THEN '60 ans ou plus' ELSE '75 ans ou plus' END AS ages,
    nullif(concat_ws(' ',
        CASE WHEN min(b.annee) OVER (PARTITION BY b.indicateur) < 2014
            THEN 'La France est sans Mayotte avant 2014, et sans l’outre-mer avant 1990.' END,
        CASE WHEN bool_or(b.scenario <> 'observé') OVER (PARTITION BY b.indicateur)
            THEN 'Une projection de population n’est pas une prévision.' END
    ), '') AS note,
    b.scenario, t.territoire_libelle, t.territoire, b.niveau, b.code, b.source, b.statut
FROM preferees AS b
JOIN vues.territoires AS t USING (niveau, code)
JOIN reference.blocs AS c ON c.bloc = 'besoins.series' AND c.code = b.indicateur
LEFT JOIN reference.indicateurs AS i USING (indicateur)
ORDER BY b.indicateur, t.rang, b.code, b.scenario <> 'observé', b.scenario, b.annee
