-- Dispositifs d'attractivité : le nom de chacun, et ce qu'il est.
-- Grain : dispositif
-- Source : code de l'éducation et code de la santé publique ; contrat de données de l'agence
-- Publication : nationale
-- Colonnes :
--   dispositif : code, dans le contrat de données
--   libelle : nom en toutes lettres
--   sigle : sigle sous lequel il est connu ; vide où le code n'en est pas un
--   definition : ce qu'il est, en une phrase
SELECT dispositif, libelle, sigle, definition
FROM (
    VALUES
        ('CAE', 'Contrat d''allocation d''études', 'CAE',
            'Une allocation versée pendant les études à qui s''engage à exercer ensuite dans la région.'),
        ('CESP', 'Contrat d''engagement de service public', 'CESP',
            'Une allocation mensuelle de l''État aux étudiants et internes, de médecine ou d''odontologie notamment, '
            'qui s''engagent à exercer là où l''offre de soins manque, aussi longtemps qu''ils l''ont reçue, et deux '
            'ans au moins.'),
        ('TROPHEES', 'Trophées de l''attractivité', NULL,
            'Un appel à projets de l''agence, qui distingue ce que font des établissements pour attirer et garder '
            'leurs professionnels.'),
        ('CLACT', 'Contrats locaux d''amélioration des conditions de travail', 'CLACT',
            'Un financement d''actions convenues entre l''agence et un établissement pour améliorer les conditions de '
            'travail et prévenir les risques professionnels.'),
        ('QVCT', 'Qualité de vie et conditions de travail', 'QVCT',
            'Un soutien aux démarches des établissements sur le travail, son organisation et la santé de ceux qui '
            'le font.'),
        ('INSTALLATION', 'Aides à l''installation et au maintien', NULL,
            'Des aides à ceux qui s''installent, ou restent, là où l''offre manque.'),
        ('LOGEMENT', 'Logement des étudiants et des remplaçants', NULL,
            'Un logement, ou une aide au logement, le temps d''un stage ou d''un remplacement.'),
        ('DOCDATING', 'Rencontres d''étudiants, d''internes et d''établissements (Doc''dating)', NULL,
            'Des rencontres entre de futurs professionnels et ceux qui recrutent ou accueillent.'),
        ('STAGE', 'Accueil et indemnisation de stages', NULL,
            'Une aide aux stagiaires, ou à ceux qui les accueillent, pour les stages loin des lieux d''études.'),
        ('BOURSE', 'Bourses régionales d''études', NULL,
            'Une bourse de la Région, sur critères sociaux, aux élèves des formations sanitaires et sociales.'),
        ('AUTRE', 'Autre dispositif, nommé dans intitule', NULL, 'Un dispositif qui n''est pas de cette liste.')
) AS d (dispositif, libelle, sigle, definition)
