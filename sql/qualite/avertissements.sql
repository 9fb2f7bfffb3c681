-- Ce qu'un lecteur doit savoir avant d'employer l'édition : millésimes trop anciens, dénominateurs d'une autre année, absences.
-- Grain : sujet, source, objet
-- Source : verrou de l'édition et marts
-- Publication : nationale
-- Colonnes :
--   sujet : référence ancienne, révision, registre partiel, dénominateur, source absente, table absente, appartenance aux GHT, continuité de FINESS, territoires inconnus, quarantaine, ordre de grandeur, rapprochement
--   objet : ce que l'avertissement concerne
--   avertissement : la phrase
SELECT
    'référence ancienne' AS sujet, m.source, m.millesime::VARCHAR AS objet,
    'millésime de référence ' || m.millesime || ', soit ' || m.age || ' ans avant l''édition pour ' || s.age_max
        || ' au plus d''ordinaire' AS avertissement
FROM reference.millesimes AS m
JOIN reference.sources AS s USING (source)
WHERE m.trop_ancien
UNION ALL
SELECT
    'source absente', source, 'édition',
    'aucun millésime accepté : les tables qui en dépendent sont vides ou partielles'
FROM reference.sources
WHERE millesime_reference IS NULL
UNION ALL
SELECT
    'millésime refusé', source, millesime || ', révision ' || revision,
    'refusé par les contrôles : ' || coalesce(split_part(motif, chr(10), 1), '')
FROM reference.millesimes
WHERE statut = 'refusé'
UNION ALL
SELECT
    'révision', source, millesime::VARCHAR,
    'le producteur a changé ses fichiers sous la même étiquette : révision ' || revision
        || ' ; les précédentes sont gardées'
FROM reference.millesimes
WHERE statut = 'accepté' AND revision > 1
UNION ALL
SELECT
    'registre partiel', 'rpps', millesime::VARCHAR,
    'extrait de ' || count(*)
        || ' personnes, trop petit pour être le registre : aucun effectif, aucun mouvement n''en est tiré'
FROM core.rpps_personnes
WHERE NOT (SELECT fictif FROM reference.edition)
GROUP BY millesime
HAVING count(*) < (SELECT valeur FROM reference.seuils WHERE seuil = 'registre_entier')
UNION ALL
SELECT
    'dénominateur', source,
    'atlas.densites ' || annee || CASE WHEN annee_population IS NULL THEN '' ELSE ', France' END,
    avertissement || ' (lignes concernées : ' || count(*) || ')'
FROM atlas.densites
WHERE avertissement IS NOT NULL
GROUP BY source, annee, annee_population IS NULL, avertissement
UNION ALL
SELECT
    'dénominateur', max(source),
    'atlas.acces ' || annee || CASE profession WHEN 'medecin' THEN '' ELSE ', ' || profession END, avertissement
FROM atlas.acces
WHERE niveau = 'france' AND avertissement IS NOT NULL
GROUP BY annee, profession, avertissement
UNION ALL
SELECT
    'appartenance aux GHT', 'ght', 'exercice ' || s.millesime,
    CASE
        WHEN min(g.millesime) IS NULL
            THEN 'appartenance inconnue : fiches.ght_membres est vide, et les GHT n''ont que leurs totaux publiés, '
                's''il y en a'
        ELSE 'appartenance de '
            || string_agg(
                DISTINCT g.annee_appartenance || CASE WHEN g.annee_appartenance > s.millesime
                    THEN ' (dernière connue)' ELSE '' END,
                ', ' ORDER BY g.annee_appartenance || CASE WHEN g.annee_appartenance > s.millesime
                    THEN ' (dernière connue)' ELSE '' END
            ) FILTER (g.annee_appartenance <> s.millesime)
            || ' appliquée à l''exercice ' || s.millesime
    END
FROM (SELECT DISTINCT millesime FROM staging.sae_sygen) AS s
LEFT JOIN core.ght_membres AS g ON g.millesime = s.millesime
GROUP BY s.millesime
HAVING min(g.millesime) IS NULL OR bool_or(g.annee_appartenance <> s.millesime)
UNION ALL
SELECT
    'appartenance aux GHT', 'ght', 'région ' || r.code,
    'aucune appartenance connue en ' || r.libelle || ' : les GHT n''y ont que leurs totaux publiés, s''il y en a'
FROM reference.territoires AS r
WHERE r.niveau = 'region' AND r.code NOT IN (SELECT region_ght FROM fiches.etablissements WHERE region_ght IS NOT NULL)
UNION ALL
SELECT
    'table absente', source, millesime || ', ' || "table",
    'le producteur n''a pas publié « ' || titre || ' » : ' || motif || ' ; ce qui en vient est vide, non nul'
FROM staging.absences
UNION ALL
SELECT
    'appartenance aux GHT', 'finess_plus', gcc_id,
    'groupement « ' || nom_ght || ' » sans code SAE reconnu : il n''entre pas dans les tables par GHT'
FROM core.ght_codes
WHERE code_ght IS NULL
UNION ALL
SELECT
    'continuité de FINESS', 'finess_plus', constat,
    'écarts à expliquer avec l''ancien FINESS : ' || etablissements || ' ; liste dans qualite.ecarts_finess'
FROM qualite.continuite_finess
WHERE motif = 'à expliquer'
UNION ALL
SELECT
    'territoires inconnus', source, niveau || ', ' || millesime,
    'codes inconnus : ' || count(*) || ', lignes concernées : ' || sum(lignes)
        || ' ; liste dans qualite.territoires_inconnus'
FROM qualite.territoires_inconnus
GROUP BY source, niveau, millesime
UNION ALL
SELECT
    'quarantaine', q.source, q.millesime || ', ' || q."table",
    concat_ws(
        ' ; ',
        CASE WHEN q.perdues > 0
            THEN 'lignes écartées : ' || q.perdues || ' sur ' || m.lues || ' du millésime ('
                || replace(round(100.0 * q.perdues / m.lues, 2)::VARCHAR, '.', ',')
                || ' %)' || coalesce(p.poids, '') END,
        CASE WHEN q.perdues > 0 AND l.placees > 0
            THEN 'dont on lit ce qu''elles disent : ' || l.placees || ', les sommes où elles seraient entrées sont '
                'partielles, ou celles de la France si leur place ne se lit pas' END,
        CASE WHEN q.perdues > coalesce(l.placees, 0)
            THEN 'dont la place n''est pas connue : ' || (q.perdues - coalesce(l.placees, 0))
                || ', les totaux de cette année sont sans elles' END,
        CASE WHEN q.videes > 0
            THEN 'cases vidées : ' || q.videes || ' (' || q.colonnes || '), les sommes où elles entrent sont partielles'
        END,
        CASE WHEN q.autres > 0
            THEN 'lignes répétées, de total, ou d''une autre année, dont rien n''est perdu : ' || q.autres END,
        'liste dans qualite.quarantaine'
    )
FROM (
    SELECT
        source, millesime, "table",
        count(DISTINCT fichier || ' ' || ligne) FILTER (coalesce(colonne, '') = '' AND NOT rien_perdu(controle))
            AS perdues,
        count(*) FILTER (coalesce(colonne, '') = '' AND rien_perdu(controle)) AS autres,
        count(*) FILTER (colonne <> '') AS videes,
        string_agg(DISTINCT colonne, ', ' ORDER BY colonne) FILTER (colonne <> '') AS colonnes
    FROM staging.quarantaine
    GROUP BY ALL
) AS q
JOIN (
    SELECT source, millesime, sum(lignes + lignes_ecartees) AS lues FROM reference.millesimes GROUP BY ALL
) AS m ON m.source = q.source AND m.millesime = q.millesime
LEFT JOIN (
    SELECT source, millesime, table_source, count(*) FILTER (placee) AS placees FROM core.lignes_ecartees GROUP BY ALL
) AS l ON l.source = q.source AND l.millesime = q.millesime AND l.table_source = q."table"
LEFT JOIN (
    SELECT
        source, millesime, "table",
        ', et jusqu''à ' || replace(round(100 * max(part), 2)::VARCHAR, '.', ',') || ' % de « '
            || arg_max(mesure, (part, mesure)) || ' »' AS poids
    FROM staging.poids_ecartes
    GROUP BY ALL
) AS p ON p.source = q.source AND p.millesime = q.millesime AND p."table" = q."table"
UNION ALL
SELECT
    'quarantaine', source, millesime || ', ' || table_source || ', ' || colonne,
    'cellules écartées : ' || count(*) || ', dont ' || min(fichier || ', ligne ' || ligne)
        || ' ; liste dans qualite.quarantaine'
FROM qualite.quarantaine
WHERE colonne <> ''
GROUP BY source, millesime, table_source, colonne
UNION ALL
SELECT
    'ordre de grandeur', source, millesime || ', ' || table_source || ', ' || colonne,
    '« ' || sens || ' » : ' || CASE constat
        WHEN 'colonne vidée' THEN 'cases remplies : ' || remplies || ' sur ' || g.lignes || ', contre '
            || remplies_avant || ' sur ' || lignes_avant || ' en ' || millesime_avant
        ELSE 'la médiane y est ' || replace(round(greatest(rapport, 1 / rapport), 1)::DECIMAL(18, 1)::VARCHAR, '.', ',')
            || ' fois plus ' || CASE WHEN rapport >= 1 THEN 'grande' ELSE 'petite' END || ' qu''en ' || millesime_avant
    END || ' ; à vérifier : l''unité, la colonne, ou ce que le producteur compte ont pu changer'
FROM qualite.grandeurs AS g
JOIN reference.millesimes AS m USING (source, millesime)
WHERE m.reference AND constat IN ('colonne vidée', 'autre ordre de grandeur')
UNION ALL
SELECT
    'ordre de grandeur', source, millesime || ', ' || table_source,
    max(g.lignes) || ' lignes, contre ' || max(lignes_avant) || ' en ' || max(millesime_avant)
        || ' ; à vérifier : le champ a changé, ou l''extrait n''est pas entier'
FROM qualite.grandeurs AS g
JOIN reference.millesimes AS m USING (source, millesime)
WHERE m.reference AND constat = 'moitié moins de lignes'
GROUP BY source, millesime, table_source
UNION ALL
SELECT
    'rapprochement', source, rapprochement || ', ' || millesime,
    'écarts sans explication : ' || count(*) || ' ; liste dans qualite.rapprochements'
FROM qualite.rapprochements
WHERE resultat = 'écart'
GROUP BY source, rapprochement, millesime
