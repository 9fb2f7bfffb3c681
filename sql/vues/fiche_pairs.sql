-- Place de chaque fiche parmi ses pairs : sa valeur, la médiane et les quartiles du groupe, les taux de la région et de la France.
-- Grain : niveau, code, indicateur
-- Source : fiches.pairs, reference.indicateurs, reference.categories_sae
-- Note : Pairs : {pairs_libelle}. Bande : du premier au dernier décile ; pavé : quartiles ; trait : médiane ; point : la valeur ici, creux au-delà des déciles. {region_libelle} et France : taux de la même catégorie, recalculés des sommes.[[ {reserve}]]
-- Vide : Aucune comparaison : ses personnels manquent à la SAE, ou n'y sont que partiels.
-- Colonnes :
--   niveau : es (site), ej ou ght
--   code : numéro FINESS du site ou de l'entité juridique, ou code du GHT
--   indicateur_libelle « Indicateur »
--   valeur « Ici » selon : valeur
--   valeur_statut : pourquoi elle est vide
--   position « Position » text (vide : rien) : où la valeur se place parmi celles des pairs ; vide où rien n'est comparé
--   mediane « Médiane » selon : la moitié des pairs est en dessous
--   quartile_bas « Quartiles » selon : un pair sur quatre est en dessous
--   quartile_bas_format : comment les deux quartiles s'écrivent
--   quartile_haut selon : trois pairs sur quatre sont en dessous
--   decile_1 selon : un pair sur dix est en dessous
--   decile_9 selon : neuf pairs sur dix sont en dessous
--   effectif_pairs « Pairs » n0 [établissements] : pairs qui ont une valeur, celui-ci compris
--   valeur_region « {region_libelle} » selon (vide : sans objet) : taux de la catégorie dans la région
--   valeur_france « France » selon (vide : sans objet) : taux de la catégorie en France
--   format : comment les nombres s'écrivent
--   motif : pourquoi il n'y a pas de valeur ou pas de comparaison
--   pairs_libelle : qui sont les pairs
--   reserve : pourquoi la France est vide
WITH comparees AS (
    SELECT
        f.niveau, f.code, p.* EXCLUDE (niveau, code),
        -- A share of a sheet has no decimal: a few persons change it by more.
        CASE WHEN u.part THEN 'pct0' ELSE 'n' || u.decimales END AS format,
        -- Nothing to show where nothing is known.
        count(p.valeur) OVER (PARTITION BY f.niveau, f.code) AS connues,
        f.niveau = 'ght' AND count(p.valeur_france) OVER (PARTITION BY f.niveau, f.code) = 0 AS france_inconnue
    FROM vues.fiche_identites AS f
    JOIN fiches.pairs AS p USING (niveau, code, millesime)
    JOIN reference.unites AS u USING (unite)
)
SELECT
    c.niveau, c.code, c.indicateur,
    i.libelle_court || CASE c.unite WHEN 'ETP' THEN ' (ETP)' ELSE '' END AS indicateur_libelle,
    c.valeur,
    CASE
        WHEN c.valeur IS NOT NULL THEN 'calculé'
        WHEN contains(c.motif, 'manquante') THEN 'nd'
        ELSE 'sans objet'
    END AS valeur_statut,
    CASE
        WHEN c.valeur < c.decile_1 THEN 'au-dessous du premier décile'
        WHEN c.valeur < c.quartile_1 THEN 'au-dessous du premier quartile'
        WHEN c.valeur < c.mediane THEN 'entre le premier quartile et la médiane'
        WHEN c.valeur <= c.quartile_3 THEN 'entre la médiane et le dernier quartile'
        WHEN c.valeur <= c.decile_9 THEN 'au-dessus du dernier quartile'
        WHEN c.valeur > c.decile_9 THEN 'au-dessus du dernier décile'
    END AS position,
    c.mediane, c.quartile_1 AS quartile_bas, 'entre_' || c.format AS quartile_bas_format, c.quartile_3 AS quartile_haut,
    c.decile_1, c.decile_9, c.effectif_pairs, c.valeur_region, c.valeur_france,
    c.format, c.motif,
    coalesce(
        '« ' || s.libelle || ' », ' || s.secteur_libelle,
        'les GHT dont tous les sites ont répondu, celui-ci compris'
    ) || CASE
        WHEN c.quart IS NULL THEN ''
        ELSE ', ' || c.quart || CASE c.quart WHEN 1 THEN 'er' ELSE 'e' END
            || ' quart par la taille (4e : les plus grands)'
    END || CASE WHEN c.france_inconnue THEN '' ELSE ', France entière' END AS pairs_libelle,
    CASE WHEN c.france_inconnue THEN 'La France est vide : ailleurs, les membres des GHT ne sont pas connus.'
    END AS reserve
FROM comparees AS c
JOIN reference.blocs AS b ON b.bloc = 'fiche.pairs' AND b.code = c.indicateur
JOIN reference.indicateurs AS i ON i.indicateur = c.indicateur
LEFT JOIN reference.categories_sae AS s USING (categorie_regroupee)
WHERE c.connues > 0
ORDER BY c.niveau, c.code, b.ordre
