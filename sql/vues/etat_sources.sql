-- État des sources : réelles, fictives ou absentes, leur dernier millésime ici et le dernier connu, et ce qui en dépend.
-- Grain : source
-- Source : reference.sources, reference.millesimes, reference.edition
-- Note : une source se demande au site de son producteur, ou se dépose ; celle qui se télécharge peut aussi être déposée. Le dernier millésime connu est celui que le catalogue décrit, ou celui qui est ici : le producteur en a peut-être publié d'autres depuis. Une source absente laisse vide ce qui vient d'elle seule. La page d'une source dit ses millésimes, ses colonnes, les tables et les pages qui en viennent.
-- Colonnes :
--   source « Source »
--   titre « Jeu de données »
--   producteur_court « Producteur » : producteur, par ses initiales s'il en a
--   etat « État » : réelle, fictive, refusée (aucun millésime n'a été accepté) ou absente
--   moyen « Comment l'avoir » : si le catalogue sait la demander au site de son producteur, ou s'il faut la déposer
--   millesime_connu « Dernier connu » year : dernier millésime dont l'existence est connue
--   millesime_ici « Dernier ici » year (vide : rien) : dernier millésime accepté ; vide sans aucun
--   constat « Constat » text (vide : rien) : ce qui est à faire ; vide si rien
--   tables_dependantes « Tables qui en viennent » n0 [tables] : tables de l'entrepôt qui en viennent, directement ou non
--   lien : page de la source : ses millésimes, ses colonnes, les tables et les pages qui en viennent
--   dependances « Dont atlas et fiches » text (vide : rien) : celles que lisent les pages
WITH acceptes AS (
    SELECT
        source, max(millesime) FILTER (statut = 'accepté') AS millesime_ici,
        coalesce(bool_or(reference AND trop_ancien), false) AS trop_ancien
    FROM reference.millesimes
    GROUP BY source
)
SELECT
    s.source, s.titre, v.producteur_court,
    CASE
        WHEN a.source IS NULL THEN 'absente'
        WHEN a.millesime_ici IS NULL THEN 'refusée'
        WHEN e.fictif THEN 'fictive'
        ELSE 'réelle'
    END AS etat,
    CASE
        WHEN s.avec_cle THEN 'se télécharge, avec une clé' WHEN s.se_telecharge THEN 'se télécharge' ELSE 'se dépose'
    END AS moyen,
    greatest(s.millesime_connu, a.millesime_ici) AS millesime_connu, a.millesime_ici,
    CASE
        WHEN a.source IS NULL AND s.avec_cle THEN 'à télécharger avec une clé, ou à déposer'
        WHEN a.source IS NULL AND s.se_telecharge THEN 'à télécharger'
        WHEN a.source IS NULL THEN 'à déposer'
        WHEN a.millesime_ici IS NULL THEN 'à corriger : les contrôles disent pourquoi'
        WHEN a.trop_ancien THEN 'trop ancienne pour cette édition'
        WHEN a.millesime_ici < least(s.millesime_connu, e.edition) THEN 'un millésime plus récent est connu'
    END AS constat,
    len(list_filter(string_split(s.emplois, ' '), t -> t <> ''))::INTEGER AS tables_dependantes,
    'sources/' || s.source || '.html' AS lien,
    array_to_string(
        list_filter(string_split(s.emplois, ' '), t -> starts_with(t, 'atlas.') OR starts_with(t, 'fiches.')), ', '
    ) AS dependances
FROM reference.sources AS s
JOIN vues.sources AS v USING (source)
CROSS JOIN reference.edition AS e
LEFT JOIN acceptes AS a USING (source)
ORDER BY a.millesime_ici IS NOT NULL, s.source
