-- Lignes écartées des extraits dont quelque chose est perdu, et si leur place se lit.
-- Grain : source, millesime, revision, table_source, fichier, ligne
-- Source : mise en forme et contrôles des extraits
-- Publication : interne
-- Note : sans les lignes répétées, dont une est gardée, ni celles d'une autre année, de l'exemple d'un modèle, ou de total, où rien n'est perdu. Une ligne dont la clé se lit est de nouveau dans sa table mise en forme, sans ses nombres (core.cellules_ecartees) : les sommes où elle serait entrée sont partielles. Une ligne dont seule la place ne se lit pas (`lieux` du catalogue) y est avec le code « inconnu » : les sommes de la France sont partielles. Les raisons sont dans qualite.quarantaine.
-- Vide : aucune ligne n'a été écartée
-- Colonnes :
--   table_source : table de l'extrait
--   fichier : fichier, et feuille entre crochets
--   ligne : ligne du fichier
--   placee : sa clé se lit, à sa place près, et dit quelles sommes l'ont perdue ; sinon, elle n'est que comptée
SELECT
    q.source, q.millesime, q.revision, q."table" AS table_source, q.fichier, q.ligne,
    bool_or(l.ligne IS NOT NULL) AS placee
FROM staging.quarantaine AS q
LEFT JOIN (SELECT DISTINCT source, millesime, revision, "table", fichier, ligne FROM staging.lacunes) AS l
    ON l.source = q.source AND l.millesime = q.millesime AND l.revision = q.revision AND l."table" = q."table"
    AND l.fichier = q.fichier AND l.ligne = q.ligne
WHERE coalesce(q.colonne, '') = '' AND NOT rien_perdu(q.controle)
GROUP BY q.source, q.millesime, q.revision, q."table", q.fichier, q.ligne
