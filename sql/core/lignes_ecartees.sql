-- Lignes écartées des extraits dont quelque chose est perdu, avec ce qu'elles contenaient.
-- Grain : source, millesime, revision, table_source, fichier, ligne
-- Source : mise en forme et contrôles des extraits
-- Publication : interne
-- Note : sans les lignes répétées, dont une est gardée, ni celles d'une autre année ou de l'exemple d'un modèle, où rien n'est perdu. Les sommes où une ligne serait entrée, si son contenu dit où, sont partielles ; les raisons sont dans qualite.quarantaine.
-- Vide : aucune ligne n'a été écartée
-- Colonnes :
--   table_source : table de l'extrait
--   fichier : fichier, et feuille entre crochets
--   ligne : ligne du fichier
--   contenu : cellules de la ligne (JSON), sous les noms de la table mise en forme
SELECT source, millesime, revision, "table" AS table_source, fichier, ligne, min(contenu) AS contenu
FROM staging.quarantaine
WHERE coalesce(colonne, '') = '' AND NOT rien_perdu(controle)
    AND json_valid(contenu) AND contenu LIKE '{%'
GROUP BY ALL
