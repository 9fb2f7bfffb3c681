-- Ordres de grandeur : ce que valent les nombres de chaque colonne d'un extrait, auprès du millésime d'avant.
-- Grain : source, table_source, colonne, millesime
-- Source : mise en forme des extraits ; sources dont le verrou a plusieurs millésimes
-- Publication : interne
-- Note : une unité qui a changé, deux colonnes échangées ou une colonne devenue vide laissent chaque ligne plausible ; la colonne entière les montre. Les médianes sont celles des nombres non nuls, sans leur signe. Les réponses des enquêtes sont comparées une à une, ailleurs. Un constat se vérifie : un formulaire, un champ ou une définition peuvent avoir changé.
-- Colonnes :
--   table_source : table de l'extrait
--   colonne : colonne de nombres
--   sens : ce que la colonne dit
--   unite : unité de la colonne
--   lignes : lignes gardées du millésime
--   remplies [cases] : cases qui ont un nombre
--   mediane : médiane des nombres non nuls, dans l'unité de la colonne
--   millesime_avant [année] : millésime d'avant, parmi ceux du verrou
--   lignes_avant [lignes] : ses lignes
--   remplies_avant [cases] : ses cases qui ont un nombre
--   mediane_avant : sa médiane
--   rapport : médiane rapportée à celle d'avant
--   constat : autre ordre de grandeur, colonne vidée, moitié moins de lignes ; vide s'il n'y a rien à signaler
WITH suite AS (
    SELECT
        *, lag(millesime) OVER avant AS millesime_avant, lag(lignes) OVER avant AS lignes_avant,
        lag(remplies) OVER avant AS remplies_avant, lag(mediane) OVER avant AS mediane_avant
    FROM staging.grandeurs
    WINDOW avant AS (PARTITION BY source, table_source, colonne ORDER BY millesime)
),
seuils AS (
    SELECT
        max(valeur) FILTER (seuil = 'saut_rapport') AS rapport, max(valeur) FILTER (seuil = 'nombre_suivi') AS suivi
    FROM reference.seuils
),
compares AS (
    SELECT
        s.*, s.mediane::DOUBLE / s.mediane_avant AS rapport, x.rapport AS plus, x.suivi,
        s.remplies::DOUBLE / s.lignes AS part, s.remplies_avant::DOUBLE / s.lignes_avant AS part_avant
    FROM suite AS s
    CROSS JOIN seuils AS x
)
SELECT
    source, table_source, colonne, sens, unite, millesime, lignes, remplies,
    try_cast(mediane AS DECIMAL(18, 6)) AS mediane, millesime_avant, lignes_avant, remplies_avant,
    try_cast(mediane_avant AS DECIMAL(18, 6)) AS mediane_avant,
    try_cast(rapport AS DECIMAL(18, 6)) AS rapport,
    CASE
        WHEN remplies_avant < suivi THEN NULL
        WHEN part < part_avant / 2 THEN 'colonne vidée'
        WHEN remplies >= suivi AND NOT rapport BETWEEN 1 / plus AND plus THEN 'autre ordre de grandeur'
        WHEN lignes < lignes_avant / 2 THEN 'moitié moins de lignes'
    END AS constat
FROM compares
