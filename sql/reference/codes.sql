-- Listes de codes : ce que veut dire chaque code d'une colonne. Tables, pages, fiches et classeurs lisent leurs mots ici.
-- Grain : liste, code
-- Source : documentation des producteurs, citée ligne à ligne ; définitions de l'atlas
-- Publication : nationale
-- Note : une liste porte le nom de la colonne qu'elle explique ; « signe » et « marque » sont les signes des tableaux, l'un à la place d'un nombre, l'autre à côté. Les codes qui demandent plus que des mots ont leur table : niveaux, zones, unités, professions, diplômes, variables de la SAE.
-- Colonnes :
--   liste : colonne dont c'est la liste
--   code : code, tel qu'il est dans les tables
--   libelle : ce que le code veut dire
--   libelle_court : la même chose en peu de mots, pour un titre de colonne ou une légende
--   signe : pour un statut, le signe qui le dit : à la place d'un nombre, ou à côté ; vide où le nombre se lit tel quel
--   ordre : rang dans les tableaux, dans sa liste
--   origine : où le producteur le dit, ou qui le définit
WITH secteurs (code, libelle, ordre, origine) AS (
    VALUES
        ('1', 'public', 1,
            'SAE, bordereau ID, STJR : réunit en 2022 et 2023 les statuts FINESS 01 à 29 (organismes publics)'),
        ('2', 'privé à but lucratif', 2,
            'SAE, bordereau ID, STJR : réunit en 2022 et 2023 les statuts FINESS 70 à 88, 91 et 95 (sociétés)'),
        ('3', 'privé à but non lucratif', 3,
            'SAE, bordereau ID, STJR : réunit en 2022 et 2023 les statuts FINESS 40 à 65 '
            '(mutuelles, associations, fondations), et 89'),
        ('inconnu', 'statut inconnu', 4, 'atlas : établissement dont la SAE ne dit pas le statut'),
        ('ensemble', 'ensemble', 5, 'atlas : tous statuts')
),
-- Why a number is there or not. A number that is there and needs no word has no sign.
statuts (code, libelle, signe, ordre) AS (
    VALUES
        ('publié', 'publié : tel que le producteur le donne', NULL, 1),
        ('calculé', 'calculé de nombres publiés', NULL, 2),
        ('zéro implicite', 'zéro : la case est vide, et la ligne de total de l’établissement existe', NULL, 3),
        ('partiel', 'partiel : somme de ce qui est connu', '*', 4),
        ('estimé', 'estimé : le nombre n’a pas été observé', 'e', 5),
        ('imputé', 'imputé par le producteur, là où ce qu’il observe ne suffit pas', 'e', 6),
        ('projeté', 'projeté : le nombre n’a pas été observé', 'e', 7),
        ('révisé', 'révisé : le nombre a changé depuis une publication précédente', 'r', 8),
        ('provisoire', 'provisoire : le nombre sera révisé', 'p', 9),
        ('secret', 'caché par le secret statistique', 's', 10),
        ('nd', 'non disponible : inconnu de la source, ou qu’elle ne donne pas', 'nd', 11),
        ('non-réponse', 'non-réponse : l’établissement n’a pas répondu', 'nd', 12),
        ('non collecté', 'non collecté : la source n’a pas demandé ce nombre cette année-là', 'nd', 13),
        ('vide', 'case vide, sans qu’on sache pourquoi', 'nd', 14),
        ('rupture', 'une rupture de série empêche de le calculer', 'nd', 15),
        ('sans objet', 'sans objet : il ne peut pas y avoir de nombre dans cette case', '///', 16)
),
-- INSEE's signs: those that stand in place of a number, then those that stand beside one.
signes (liste, code, libelle, libelle_court, ordre) AS (
    VALUES
        ('signe', 's',
            'secret statistique : le nombre permettrait de reconnaître quelqu’un, ou de déduire un nombre secret',
            'secret statistique', 1),
        ('signe', 'nd', 'non disponible : le nombre existe, mais la source ne le donne pas, ou n’a pas été renseignée',
            'non disponible', 2),
        ('signe', '///', 'sans objet : il ne peut pas y avoir de nombre dans cette case', 'sans objet', 3),
        ('marque', 'e', 'estimé ou projeté : le nombre est calculé, il n’a pas été observé', 'estimé ou projeté', 1),
        ('marque', 'r', 'révisé : le nombre a changé depuis une publication précédente', 'révisé', 2),
        ('marque', 'p', 'provisoire : le nombre sera révisé', 'provisoire', 3),
        ('marque', '*', 'nombre partiel : seul ce qui est connu y est compté', 'nombre partiel', 4),
        ('marque', '≈', 'l’écart avec la France ne dépasse pas l’incertitude : il ne se distingue pas',
            'ne se distingue pas de la France', 5)
),
autres (liste, code, libelle, libelle_court, ordre) AS (
    VALUES
        -- The widest first: where several modes are known, the first is shown.
        ('mode_exercice', 'ensemble', 'tous modes d’exercice', 'tous modes', 1),
        ('mode_exercice', 'libéral', 'libéral', 'libéral', 2),
        ('mode_exercice', 'salarié', 'salarié', 'salarié', 3),
        ('mode_exercice', 'mixte', 'libéral et salarié', 'mixte', 4),
        ('face_a_france', 'plus haut', 'au-dessus de la France', 'se distingue, plus haut', 1),
        ('face_a_france', 'non distinguable', 'sans écart avec la France qui dépasse ce que le nombre bouge en un an',
            'ne se distingue pas', 2),
        ('face_a_france', 'plus bas', 'au-dessous de la France', 'se distingue, plus bas', 3),
        ('face_a_region', 'plus haut', 'au-dessus du reste de la région', 'se distingue, plus haut', 1),
        ('face_a_region', 'non distinguable',
            'sans écart avec le reste de la région qui dépasse ce que le nombre bouge en un an',
            'ne se distingue pas', 2),
        ('face_a_region', 'plus bas', 'au-dessous du reste de la région', 'se distingue, plus bas', 3),
        ('dimension', 'offre', 'Offre (densité)', 'Offre', 1),
        ('dimension', 'accès', 'Accès', 'Accès', 2),
        ('dimension', 'vieillissement', 'Vieillissement', 'Vieillissement', 3),
        ('dimension', 'flux', 'Évolution de l’effectif', 'Évolution', 4),
        ('dimension', 'recrutement', 'Recrutement', 'Recrutement', 5),
        ('dimension', 'marché', 'Tension du marché du travail', 'Marché', 10),
        ('dimension', 'équilibre', 'Équilibre d’ici à 2030', 'Équilibre', 11),
        ('dimension', 'besoins', 'Besoins de soins', 'Besoins', 6),
        ('dimension', 'formation', 'Formation', 'Formation', 7),
        ('dimension', 'ressources humaines', 'Ressources humaines', 'Ressources humaines', 8),
        ('dimension', 'synthèse', 'Synthèse', 'Synthèse', 9),
        ('methode', 'publiée', 'publiée : méthodes retenues, réconciliées', 'publiée', 1),
        ('methode', 'cohorte', 'cohortes par classe d’âge', 'cohortes par âge', 2),
        ('methode', 'niveau et pente locale', 'niveau et pente locale : pente des quatre dernières années',
            'niveau et pente locale', 3),
        ('methode', 'pente amortie', 'pente amortie : pente des quatre dernières années, qui perd un dixième par an',
            'pente amortie', 4),
        ('methode', 'tendance linéaire', 'tendance linéaire de toutes les années', 'tendance linéaire', 5),
        ('methode', 'persistance', 'persistance : dernier effectif connu', 'persistance', 6),
        ('methode', 'deux parts', 'deux parts : une de la dernière classe fermée, une de la classe ouverte',
            'deux parts', 9),
        ('methode', 'une part', 'une part : la même de la dernière classe fermée et de la classe ouverte',
            'une part', 10),
        ('methode', 'personne', 'par personne : chacun compte une fois, au lieu retenu', 'personne', 7),
        ('methode', 'prorata', 'au prorata : chacun est partagé entre ses lieux d’activité', 'prorata', 8),
        ('scenario', 'central', 'scénario central', 'central', 1),
        ('scenario', 'sorties -20 %', 'un cinquième de cessations en moins', 'sorties -20 %', 2),
        ('scenario', 'sorties +20 %', 'un cinquième de cessations en plus', 'sorties +20 %', 3),
        ('scenario', 'âge +1 an', 'cessations un an plus tard', 'âge +1 an', 4),
        ('scenario', 'âge +2 ans', 'cessations deux ans plus tard', 'âge +2 ans', 5),
        ('scenario', 'observé', 'observé', 'observé', 6),
        ('scenario', 'Central', 'projection de population, scénario central', 'projection : central', 7),
        ('cause', 'confidentialité', 'la ligne est devenue secrète, ou a cessé de l’être', 'confidentialité', 1),
        ('cause', 'géographie', 'son territoire est nouveau, a disparu, ou n’a plus les mêmes communes', 'géographie',
            2),
        ('cause', 'source',
            'un millésime ou une révision d’une source de la table est entré dans l’édition, ou en est sorti', 'source',
            3),
        ('cause', 'méthode', 'le calcul de la table, ou d’une table qu’elle lit, a changé', 'méthode', 4),
        ('cause', 'source et méthode', 'les deux, qui ne se séparent pas', 'source et méthode', 5),
        ('cause', '', 'aucun changement des sources de la table ni de son calcul n’est connu : à examiner',
            'sans cause connue', 6),
        ('tableau', 'atlas.ressources_humaines', 'Taux de ressources humaines des établissements de santé',
            'Ressources humaines', 1),
        ('tableau', 'atlas.ressources_humaines_esms', 'Taux de ressources humaines des ESMS', 'ESMS', 2),
        ('tableau', 'atlas.enquetes', 'Réponses aux enquêtes', 'Enquêtes', 3),
        ('tableau', 'atlas.cessations', 'Retraites liquidées selon les caisses', 'Retraites', 4),
        ('epreuve', 'bornes', 'bornes d’une case secrète, par programme linéaire, sachant tout ce qui est montré',
            'bornes', 1),
        ('epreuve', 'seuil', 'nombre de trop peu de personnes', 'seuil', 2),
        ('epreuve', 'contributeurs', 'somme de trop peu d’établissements, ceux qui ont répondu zéro non comptés',
            'répondants autres que zéro', 3),
        ('epreuve', 'dominance', 'somme qu’un établissement domine', 'dominance', 4),
        ('epreuve', 'precision', 'somme dont un établissement tire la réponse d’un autre (règle du p %)', 'p %', 5),
        ('epreuve', 'termes', 'taux dont un terme est caché, ou fait d’autres répondants', 'termes d’un taux', 6),
        ('epreuve', 'anterieures', 'bornes d’une case secrète, les publications antérieures en main',
            'publications antérieures', 7),
        ('epreuve', 'regions',
            'bornes d’une case secrète que des relations lient à d’autres régions, leurs publications en main',
            'autres régions', 8),
        -- What a reader came for stands first.
        ('schema', 'atlas', 'Indicateurs par territoire', 'Territoires', 1),
        ('schema', 'fiches', 'Établissements, entités juridiques et groupements hospitaliers', 'Établissements', 2),
        ('schema', 'qualite', 'Contrôles et rapprochements', 'Qualité', 3),
        ('schema', 'reference', 'Nomenclatures et définitions', 'Nomenclatures', 4),
        ('schema', 'core', 'Faits tels que publiés', 'Faits publiés', 5)
)
SELECT 'secteur' AS liste, code, libelle, libelle AS libelle_court, NULL::VARCHAR AS signe, ordre, origine FROM secteurs
UNION ALL
SELECT 'statut', code, libelle, code, signe, ordre, 'atlas ; signes conventionnels des tableaux de l’INSEE' FROM statuts
UNION ALL
SELECT liste, code, libelle, libelle_court, NULL, ordre, 'signes conventionnels des tableaux de l’INSEE' FROM signes
UNION ALL
SELECT liste, code, libelle, libelle_court, NULL, ordre, 'atlas' FROM autres
