-- Cessations d'activité prédites et observées, par classe d'âge.
-- Grain : profession, niveau, methode, apprises, annee, tranche_age
-- Source : âges (DREES)
-- Publication : nationale
-- Note : de chaque année dont la classe suivante est connue une largeur de classe plus tard. Par région et par département là où les âges sont connus à ces deux dates ; ailleurs, seule la France est éprouvée. La classe ouverte et celle qui la nourrit se confondent une fois vieillies : leurs sorties sont comptées ensemble. Une erreur de 0,01 est un nombre de sorties prédit 1 % trop haut ; par département, les sorties observées sont nettes de ceux qui ont changé de département.
-- Colonnes :
--   methode : deux parts : celle de la dernière classe fermée et celle de la classe ouverte, par moindres carrés ; une part : la même pour les deux
--   retenue : la méthode s'est le moins trompée sur les sorties de la France, chaque année prédite des autres
--   apprises : années dont viennent les parts qui restent : celles d'avant l'année de départ, comme on l'aurait fait alors, ou toutes les autres
--   annee : année de départ
--   annee_fin [année] : année d'arrivée
--   tranche_age : classe d'âge au départ ; « ensemble » à partir de 50 ans
--   age_min [années] : âge le plus bas de la classe
--   territoires : territoires éprouvés
--   presents [personnes] : professionnels présents au départ
--   departs_attendus [personnes] : sorties prédites
--   departs_observes [personnes] : sorties observées
--   erreur : écart relatif de leur somme
--   erreur_mediane_absolue : médiane des erreurs relatives absolues des territoires
SELECT
    profession, niveau, methode, retenue, apprises, annee, annee_fin,
    CASE
        WHEN ensemble THEN 'ensemble'
        WHEN age_max IS NULL THEN age_min || ' ans et plus'
        ELSE age_min || '-' || age_max || ' ans'
    END AS tranche_age,
    age_min, territoires,
    presents::DECIMAL(18, 1) AS presents, departs_attendus::DECIMAL(18, 1) AS departs_attendus,
    departs_observes::DECIMAL(18, 1) AS departs_observes, erreur, erreur_mediane_absolue
FROM calculs.departs_epreuve
