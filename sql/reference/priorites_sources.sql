-- Rang des sources qui comptent la même chose : à année égale, celle que les pages montrent.
-- Grain : source
-- Source : définitions de l'atlas
-- Publication : nationale
-- Note : la dernière année l'emporte d'abord, quelle que soit la source ; le rang ne départage que deux sources d'une même année. Ce qui est montré, et pourquoi, est dans vues.sources_retenues, vues.series_retenues et vues.annees_retenues.
-- Colonnes :
--   sujet : ce que ces sources comptent toutes : professionnels, habitants, malades
--   serie : série dont la source est un morceau : celles d'une même série se suivent d'une année à l'autre, mêmes personnes comptées de même
--   rang : rang parmi les sources du même sujet, la préférée d'abord
--   motif : pourquoi ce rang
SELECT source, sujet, coalesce(serie, source) AS serie, rang, motif
FROM (
    VALUES
        ('drees_professionnels', 'professionnels', 1,
            'la DREES l’actualise chaque année, par mode d’exercice, sexe et âge'),
        ('drees_medecins_ages', 'professionnels', 2, 'les médecins par âge et territoire, une seule année'),
        ('drees_infirmiers', 'professionnels', 3,
            'les infirmiers libéraux et salariés, par sexe et âge, '
            'de deux fichiers d’assurance maladie et de salaires'),
        ('drees_demographie', 'professionnels', 4, 'base arrêtée en 2020 ; les âges n’y valent que pour la France'),
        ('cnam_demographie', 'professionnels', 5, 'les libéraux seuls, au 31 décembre'),
        ('insee_population_ages', 'habitants', 1, 'estimations par âge quinquennal'),
        ('insee_population_departements', 'habitants', 2, 'estimations par grande classe d’âge'),
        ('insee_population_communes', 'habitants', 3, 'populations légales, sans âge, plus anciennes d’un an'),
        ('cnam_ald', 'malades', 1, 'patients en affection de longue durée'),
        ('cnam_medecin_traitant', 'malades', 2, 'patients en affection de longue durée sans médecin traitant')
) AS p (source, sujet, rang, motif)
-- DREES's export by département and its ages of 2022 count the same register, by the same rule, on 1 January.
LEFT JOIN (
    VALUES ('drees_demographie', 'drees_rpps'), ('drees_medecins_ages', 'drees_rpps')
) AS s (source, serie) USING (source)
