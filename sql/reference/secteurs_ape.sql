-- Activités (APE) de la santé et du social, et le secteur de l'atlas où chacune se range.
-- Grain : ape
-- Source : nomenclature d'activités française (INSEE, NAF rév. 2), divisions 86 à 88 ; secteurs de l'atlas
-- Publication : nationale
-- Colonnes :
--   ape : activité principale, sans point
--   libelle : intitulé de l'activité
--   secteur_ape : secteur de l'atlas
--   secteur_ape_libelle : nom du secteur
--   domaine : santé, ou social
--   ordre : rang du secteur dans les tableaux
WITH secteurs (secteur_ape, secteur_ape_libelle, domaine, ordre) AS (
    VALUES
        ('hopital', 'Hôpitaux et cliniques', 'santé', 1),
        ('ville', 'Soins de ville, laboratoires et ambulances', 'santé', 2),
        ('ages', 'Hébergement des personnes âgées', 'social', 3),
        ('domicile', 'Aide à domicile', 'social', 4),
        ('handicap', 'Handicap et addictions', 'social', 5),
        ('petite_enfance', 'Accueil des jeunes enfants', 'social', 6),
        ('action_sociale', 'Enfance et adultes en difficulté, autre action sociale', 'social', 7)
),
activites (ape, libelle, secteur_ape) AS (
    VALUES
        ('8610Z', 'Activités hospitalières', 'hopital'),
        ('8621Z', 'Activité des médecins généralistes', 'ville'),
        ('8622A', 'Activités de radiodiagnostic et de radiothérapie', 'ville'),
        ('8622B', 'Activités chirurgicales', 'ville'),
        ('8622C', 'Autres activités des médecins spécialistes', 'ville'),
        ('8623Z', 'Pratique dentaire', 'ville'),
        ('8690A', 'Ambulances', 'ville'),
        ('8690B', 'Laboratoires d''analyses médicales', 'ville'),
        ('8690C', 'Centres de collecte et banques d''organes', 'ville'),
        ('8690D', 'Activités des infirmiers et des sages-femmes', 'ville'),
        (
            '8690E',
            'Activités des professionnels de la rééducation, de l''appareillage et des pédicures-podologues',
            'ville'
        ),
        ('8690F', 'Activités de santé humaine non classées ailleurs', 'ville'),
        ('8710A', 'Hébergement médicalisé pour personnes âgées', 'ages'),
        ('8710B', 'Hébergement médicalisé pour enfants handicapés', 'handicap'),
        ('8710C', 'Hébergement médicalisé pour adultes handicapés et autre hébergement médicalisé', 'handicap'),
        ('8720A', 'Hébergement social pour handicapés mentaux et malades mentaux', 'handicap'),
        ('8720B', 'Hébergement social pour toxicomanes', 'handicap'),
        ('8730A', 'Hébergement social pour personnes âgées', 'ages'),
        ('8730B', 'Hébergement social pour handicapés physiques', 'handicap'),
        ('8790A', 'Hébergement social pour enfants en difficultés', 'action_sociale'),
        ('8790B', 'Hébergement social pour adultes et familles en difficultés et autre hébergement social',
            'action_sociale'),
        ('8810A', 'Aide à domicile', 'domicile'),
        ('8810B', 'Accueil ou accompagnement sans hébergement d''adultes handicapés ou de personnes âgées', 'handicap'),
        ('8810C', 'Aide par le travail', 'handicap'),
        ('8891A', 'Accueil de jeunes enfants', 'petite_enfance'),
        ('8891B', 'Accueil ou accompagnement sans hébergement d''enfants handicapés', 'handicap'),
        ('8899A', 'Autre accueil ou accompagnement sans hébergement d''enfants et d''adolescents', 'action_sociale'),
        ('8899B', 'Action sociale sans hébergement non classée ailleurs', 'action_sociale')
)
SELECT a.ape, a.libelle, s.secteur_ape, s.secteur_ape_libelle, s.domaine, s.ordre
FROM activites AS a
JOIN secteurs AS s USING (secteur_ape)
