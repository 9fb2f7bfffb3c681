-- Seuils des petits nombres, des alertes et du secret : un seul endroit, une raison pour chacun.
-- Grain : seuil
-- Source : définitions de l'atlas ; règles de confidentialité des sources (pipelines/catalogue/)
-- Publication : nationale
-- Note : secret_<source> : un nombre de personnes plus petit n'est pas publié ; dominance_<source>, contributeurs_<source> et precision_<source> : une somme qu'un établissement fait pour cette part, que moins d'établissements font, ou dont un établissement tire la réponse d'un autre à moins de cette part près, ne l'est pas non plus.
-- Colonnes :
--   seuil : identifiant
--   valeur : nombre, ou part
--   unite : unité du seuil
--   raison : pourquoi ce nombre
WITH definis AS (
    SELECT seuil, valeur, unite, raison
    FROM (
        VALUES
            ('petit_nombre', 10, 'unités au numérateur',
                'sous dix, l''intervalle d''un taux est plus large que le taux : il n''est ni comparé, ni signalé'),
            ('nombre_suivi', 20, 'unités comptées',
                'sous vingt, une baisse de 20 % tient à moins de quatre unités : elle n''est pas signalée'),
            ('baisse', 0.2, 'part',
                'au-delà d''un cinquième en moins d''une observation à la suivante, un fait ou une erreur'),
            ('evolution', 0.05, 'part',
                'dans un grand territoire, l''intervalle est si étroit qu''il signalerait un écart sans portée'),
            ('base_evolution', 20, 'unités comptées',
                'sous vingt, un seul départ change le nombre de plus de 5 % : '
                'une évolution se dit en nombre, sans pourcentage'),
            ('annees_serie', 3, 'années', 'deux points ne disent pas une tendance : une courbe en demande trois'),
            ('emploi_couvert', 0.8, 'part',
                'les formations dont les entrants sont connus mènent à 80 % de l''emploi de la famille au moins : '
                'sinon leur solde dirait surtout ce que l''atlas ne connaît pas'),
            ('message_projets', 100, 'projets', 'la couverture de l''atlas ne cite pas un métier qui recrute à peine'),
            ('message_couverture', 0.7, 'part',
                'sous 70 % de cases visibles, une part de projets difficiles ne fait pas un message'),
            ('lignes_fiche', 22, 'lignes',
                'une fiche tient sur deux pages : les plus petits sites et membres, au-delà, y sont seulement comptés'),
            ('saut_etp', 50, 'ETP', 'sous cinquante ETP, une ligne triple quand un service ouvre'),
            ('saut_rapport', 3, 'rapport',
                'une ligne d''un site qui triple ou se divise par trois en un an est une erreur de saisie ou une '
                'restructuration : à vérifier avant de citer son évolution'),
            ('projets_minimum', 30, 'projets',
                'sous trente projets visibles, une part de projets difficiles n''entre pas dans l''indice de tension'),
            ('offres_minimum', 30, 'offres',
                'sous trente offres dans l''année, un rapport de demandeurs à offres ne se classe pas'),
            ('repondants_vss', 30, 'répondants',
                'sous trente répondants, une part de personnes concernées par des violences peut désigner quelqu''un, '
                'et ne dit rien des autres'),
            ('personnes_vss', 5, 'personnes',
                'une part qui dirait de moins de cinq personnes qu''elles ont subi une violence, ou qu''elles n''en '
                'ont pas subi, reste secrète'),
            ('territoires_classes', 0.25, 'part',
                'parmi moins d''un quart des territoires de métropole, un rang dirait surtout qui a été compté : '
                'le premier de cinq départements n''est pas le plus tendu de quatre-vingt-seize'),
            ('correlation_bloc', 0.5, 'corrélation des rangs',
                'deux dimensions plus corrélées disent surtout la même chose : dans l''indice de tension, elles se '
                'partagent un poids'),
            ('dispersion_projets', 13, 'fois l''aléa binomial',
                'entre les enquêtes de 2024 et de 2025, la part des projets de médecins jugés difficiles bouge treize '
                'fois plus, en variance, que si chaque projet répondait pour lui seul'),
            ('dispersion_registre', 0.1, 'fois l''aléa de Poisson',
                'd''une année à la suivante, l''effectif d''un département s''écarte de sa pente dix fois moins, en '
                'variance, que des personnes indépendantes : médecins et chirurgiens-dentistes, 2012 à 2020'),
            ('registre_entier', 500000, 'personnes',
                'l''annuaire santé a plus de deux millions de lignes : '
                'un extrait qui a moins de personnes en est une partie, et ses effectifs seraient faux'),
            ('habitants_zones', 0.8, 'part',
                'sous 80 % d''habitants dont la commune a une zone, la part en ZIP ou en ZAC dit surtout ce que le '
                'zonage ne couvre pas : elle n''entre pas dans l''indice de tension'),
            ('projets_visibles', 0.8, 'part', 'sous 80 % de projets visibles, le secret pèse plus que la difficulté')
    ) AS s (seuil, valeur, unite, raison)
),
secret AS (
    UNPIVOT (
        SELECT
            source, raison_secret AS raison, seuil_secret AS secret, dominance, contributeurs_min AS contributeurs,
            precision_min AS precision
        FROM staging.sources
    )
    ON secret, dominance, contributeurs, precision
    INTO NAME regle VALUE valeur
)
SELECT seuil, valeur::DECIMAL(12, 4) AS valeur, unite, raison FROM definis
UNION ALL
SELECT
    regle || '_' || source,
    valeur::DECIMAL(12, 4),
    CASE regle WHEN 'secret' THEN 'personnes' WHEN 'contributeurs' THEN 'établissements' ELSE 'part' END,
    raison
FROM secret
