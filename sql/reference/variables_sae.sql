-- Variables de personnel de la SAE (SYGEN et fichier des GHT) : ce que compte chacune, et de quel total elle fait partie.
-- Grain : variable
-- Source : SAE, dessin de SYGEN ; bordereaux d'origine d'après les formules vérifiées sur 2022 et 2023
-- Publication : nationale
-- Note : une ligne « dont » fait partie d'une autre et ne s'y ajoute pas. Les lignes « détail » d'une même mesure et d'une même filière somment à leur « total ».
-- Colonnes :
--   variable : nom de la variable dans la SAE
--   groupe : fin du nom, la même pour toutes ses mesures : groupe de spécialités, fonction ; la variable elle-même pour les internes
--   libelle_court : nom en peu de mots, pour un titre de colonne ou un nombre clé
--   libelle_ligne : nom dans le tableau de sa mesure, où le total est « Ensemble »
--   profession : profession de l'atlas de ceux que la variable compte ; vide où elle en compte plusieurs
--   mesure : ce qui est compté : effectif salarié, ETP salariés, effectif libéral, effectif, ETP
--   ligne : place dans le tableau : total, sous-total, détail (les détails somment au total), dont (partie d'un détail)
--   bordereau : bordereau de la SAE d'où vient la variable ; une case vide y vaut zéro si sa ligne de total existe
--   ordre : rang dans les tableaux et les fiches
WITH groupes_medicaux (suffixe, libelle, ligne, ordre) AS (
    VALUES
        ('TOT', 'Médecins, odontologistes et pharmaciens : ensemble', 'total', 10),
        ('SPEMED', 'Spécialités médicales', 'détail', 11),
        ('DT_MEDGEN', 'dont médecine générale', 'dont', 12),
        ('DT_URG', 'dont médecine d''urgence', 'dont', 13),
        ('DT_ANESTREA', 'dont anesthésie-réanimation', 'dont', 14),
        ('SPECHI', 'Spécialités chirurgicales', 'détail', 15),
        ('DT_GYNOBS', 'dont gynécologie-obstétrique', 'dont', 16),
        ('PSY', 'Psychiatrie', 'détail', 17),
        ('ODON', 'Odontologie', 'détail', 18),
        ('PHARMA', 'Pharmacie', 'détail', 19),
        ('AUT', 'Autres disciplines médicales', 'détail', 20)
),
mesures_medicales (prefixe, mesure, unite, rang) AS (
    VALUES
        ('EFFSAL', 'effectif salarié', 'personnes', 0),
        ('ETPSAL', 'ETP salariés', 'ETP', 100),
        ('EFFLIB', 'effectif libéral', 'personnes', 200)
),
medicales AS (
    SELECT
        m.prefixe || '_' || g.suffixe AS variable, g.suffixe AS groupe,
        g.libelle, 'médicale' AS filiere, m.mesure, m.unite, g.ligne, 'Q20' AS bordereau,
        m.rang + g.ordre AS ordre
    FROM groupes_medicaux AS g, mesures_medicales AS m
),
internes (variable, libelle, filiere, mesure, unite, ligne, bordereau, ordre) AS (
    VALUES
        ('EFF_INT', 'Internes, docteurs juniors et FFI', 'internes', 'effectif', 'personnes', 'total', 'Q22', 301),
        ('EFF_INT_recalcule', 'Internes, docteurs juniors et FFI, recalculé depuis Q22', 'internes', 'effectif',
            'personnes', 'total', 'Q22', 302),
        ('ETPINT', 'Internes', 'internes', 'ETP', 'ETP', 'total', 'Q21', 303)
),
fonctions (suffixe, libelle, filiere, ligne, ordre) AS (
    VALUES
        ('TOT_PNM', 'Personnels non médicaux : ensemble', 'non médicale', 'total', 10),
        ('SOINS', 'Personnels soignants : ensemble', 'non médicale', 'sous-total', 11),
        ('SAG', 'Sages-femmes (médicales selon la loi, comptées ici par la SAE)', 'sages-femmes', 'détail', 12),
        ('CAD', 'Cadres de santé', 'non médicale', 'détail', 13),
        ('INFSANSSPE', 'Infirmiers sans spécialisation', 'non médicale', 'détail', 14),
        ('INFAVECSPE', 'Infirmiers spécialisés', 'non médicale', 'détail', 15),
        ('AID', 'Aides-soignants', 'non médicale', 'détail', 16),
        ('ASH', 'Agents de service hospitalier', 'non médicale', 'détail', 17),
        ('PSYCHO', 'Psychologues', 'non médicale', 'détail', 18),
        ('REEDU', 'Personnels de rééducation', 'non médicale', 'détail', 19),
        ('TOT_HORS_SOINS', 'Personnels hors soins : ensemble', 'non médicale', 'sous-total', 20),
        ('DIR', 'Personnels de direction', 'non médicale', 'détail', 21),
        ('DIRSOI', 'Directeurs des soins', 'non médicale', 'détail', 22),
        ('AUTADM', 'Autres personnels administratifs', 'non médicale', 'détail', 23),
        ('EDU', 'Personnels éducatifs et sociaux', 'non médicale', 'détail', 24),
        ('DTSOC', 'dont assistants de service social', 'non médicale', 'dont', 25),
        ('PERSPHARMA', 'Personnels de pharmacie', 'non médicale', 'détail', 26),
        ('PERSLABO', 'Personnels de laboratoire', 'non médicale', 'détail', 27),
        ('PERSRADIO', 'Personnels de radiologie', 'non médicale', 'détail', 28),
        ('AUTMEDTEC', 'Autres personnels médico-techniques', 'non médicale', 'détail', 29),
        ('TEC', 'Personnels techniques et ouvriers', 'non médicale', 'détail', 30)
),
mesures_non_medicales (prefixe, mesure, unite, bordereau, rang) AS (
    VALUES ('ETP', 'ETP', 'ETP', 'Q24', 400), ('EFF', 'effectif', 'personnes', 'Q23', 500)
),
non_medicales AS (
    SELECT
        m.prefixe || '_' || f.suffixe AS variable, f.suffixe AS groupe,
        f.libelle, f.filiere, m.mesure, m.unite, f.ligne, m.bordereau,
        m.rang + f.ordre AS ordre
    FROM fonctions AS f, mesures_non_medicales AS m
),
toutes AS (
    SELECT * FROM medicales
    UNION ALL SELECT variable, variable, * EXCLUDE (variable) FROM internes
    UNION ALL SELECT * FROM non_medicales
),
-- Where the first words of a label don't make one.
courts (variable, libelle_court) AS (
    VALUES
        ('ETPSAL_TOT', 'Médecins salariés'),
        ('EFFSAL_TOT', 'Médecins salariés'),
        ('EFFLIB_TOT', 'Libéraux'),
        ('EFF_INT', 'Internes et FFI publiés'),
        ('EFF_INT_recalcule', 'Internes et FFI'),
        ('ETPINT', 'Internes et FFI'),
        ('ETP_TOT_PNM', 'Non médicaux'),
        ('EFF_TOT_PNM', 'Non médicaux'),
        ('ETP_INFSANSSPE', 'Infirmiers'),
        ('EFF_INFSANSSPE', 'Infirmiers')
),
-- A label without the aside that its table already says.
nommees AS (
    SELECT *, regexp_replace(regexp_replace(libelle, '( \(| : ensemble).*$', ''), '''', '’', 'g') AS nom FROM toutes
)
SELECT
    n.variable, n.groupe, n.libelle,
    coalesce(
        c.libelle_court,
        upper(left(regexp_replace(n.nom, '^dont ', ''), 1)) || substr(regexp_replace(n.nom, '^dont ', ''), 2)
    ) AS libelle_court,
    CASE n.ligne WHEN 'total' THEN 'Ensemble' ELSE n.nom END AS libelle_ligne,
    p.profession, n.filiere, n.mesure, n.unite, n.ligne,
    n.ligne <> 'total' AS dont,
    n.bordereau, n.ordre
FROM nommees AS n
LEFT JOIN courts AS c ON c.variable = n.variable
LEFT JOIN reference.correspondances AS p ON p.nomenclature = 'SAE' AND p.code = n.groupe
