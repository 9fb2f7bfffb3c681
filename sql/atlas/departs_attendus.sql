-- Cessations d'activité attendues à 5 et 10 ans parmi les professionnels présents, avec scénarios.
-- Grain : profession, niveau, code, horizon, scenario
-- Source : âges (DREES) ; sorties par classe d'âge estimées sur les effectifs nationaux d'une classe et de la suivante, une largeur de classe plus tard
-- Publication : territoire
-- Note : des sorties du registre de ceux qui sont présents, à partir de 50 ans, nettes des retours (cumul emploi-retraite) ; les entrées n'y sont pas. Les parts nationales de chaque classe sont appliquées aux âges de chaque territoire ; la classe ouverte reste une classe ouverte. Sans les infirmiers : ADELI garde ceux qui ont cessé. L'erreur passée est dans qualite.departs_epreuve.
-- Colonnes :
--   annee : situation au 1er janvier d'où partent les présents
--   horizon [années] : nombre d'années ; entre deux largeurs de classe, en ligne droite
--   scenario : central ; sorties multipliées par 1,2 ou 0,8 ; départs un ou deux ans plus tard
--   effectif [personnes] : professionnels présents au départ
--   bas [personnes] : borne basse de l'intervalle à 95 % (scénario central) : erreurs passées, proportionnelles à l'horizon, et aléa de chacun
--   haut [personnes] : borne haute de l'intervalle à 95 % (scénario central)
--   debut_serie : première année des effectifs par âge d'où viennent les sorties
--   fin_serie : dernière année des effectifs par âge d'où viennent les sorties
SELECT
    annee, millesime, revision, source, profession, niveau, code, horizon, scenario,
    effectif::INTEGER AS effectif, departs::DECIMAL(18, 1) AS departs,
    (departs / nullif(effectif, 0))::DECIMAL(18, 6) AS part_departs,
    bas::DECIMAL(18, 1) AS bas, haut::DECIMAL(18, 1) AS haut,
    debut_serie, fin_serie, 'projeté' AS statut
FROM calculs.departs
