-- Ruptures de série : années où un producteur a changé de source, de méthode ou de nomenclature.
-- Grain : source, annee, profession
-- Source : documentation des producteurs ; mesures faites sur leurs fichiers
-- Publication : nationale
-- Note : une évolution qui traverse une rupture n'est pas une évolution. `profession` vide : toutes celles de la source.
-- Colonnes :
--   annee : première année de la nouvelle série
--   profession : profession de l'atlas concernée ; vide pour toutes
--   rupture : ce qui change
--   effet : ce qu'on en voit dans les chiffres
SELECT source, annee::INTEGER AS annee, profession, rupture, effet
FROM (
    VALUES
        ('drees_demographie', 2020, 'chirurgien_dentiste', 'mise à jour du répertoire', 'hausse de 1,66 % en un an, contre 0,6 % auparavant'),
        ('drees_demographie', 2019, 'medecin', 'extraction du répertoire', 'hausse de 0,01 % seulement en un an'),
        ('drees_demographie', 2021, 'infirmier', 'abandon d''ADELI', 'effectif ramené de 764 000 à 637 000'),
        ('drees_professionnels', 2024, '', 'extraction au 30 septembre 2024, passé recalculé', 'séries révisées en entier'),
        ('drees_professionnels', 2017, 'masseur_kinesitherapeute', 'passage d''ADELI au RPPS', 'les séries d''avant ne se raccordent pas'),
        ('drees_professionnels', 2018, 'pedicure_podologue', 'passage d''ADELI au RPPS', 'les séries d''avant ne se raccordent pas'),
        ('rpps', 2022, 'infirmier', 'passage d''ADELI au RPPS', 'entrées massives qui ne sont pas des installations'),
        ('rpps', 2024, '', 'passage d''ADELI au RPPS des autres professions', 'entrées massives qui ne sont pas des installations'),
        ('sae', 2020, '', 'exercice sans bordereaux de personnel', 'aucun effectif ni ETP : la série a un trou'),
        ('sae', 2022, '', 'SYGEN : ETP_DIRINF devient ETP_DIRSOI', 'même contenu, autre nom'),
        ('bmo', 2024, '', 'nomenclature FAP 2009, puis FAP 2021', 'les métiers d''avant et d''après ne se comparent pas'),
        ('cnam_demographie', 2024, '', 'export de 38 professions, après un classeur de 140', 'une seule classe d''âge, autres regroupements'),
        ('finess', 2026, '', 'FINESS remplacé par FINESS+', 'date d''ouverture redéfinie, 36 % diffèrent'),
        ('finess_plus', 2026, '', 'FINESS remplacé par FINESS+', 'date d''ouverture redéfinie, 36 % diffèrent'),
        ('insee_population_departements', 2022, '', 'dernières années provisoires, puis révisées', 'densités récentes révisables'),
        ('internat_postes', 2024, '', 'réforme du deuxième cycle (R2C)', 'promotion réduite : 7 974 postes, contre 9 484 en 2023'),
        ('dares_metiers_2030', 2019, '', 'projection faite sur la FAP 2009', 'les métiers ne sont pas ceux de BMO depuis 2024')
) AS r (source, annee, profession, rupture, effet)
