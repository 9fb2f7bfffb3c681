-- Codes de territoire des extraits qui ne mènent à aucun territoire de la géographie de l'édition.
-- Grain : source, millesime, niveau, code_publie
-- Source : toutes les sources territorialisées
-- Publication : nationale
-- Note : ces lignes ne sont pas perdues : elles comptent dans les totaux nationaux publiés, pas sur une carte.
-- Colonnes :
--   niveau : niveau du code
--   code_publie : code ou nom tel que publié
--   lignes : lignes concernées
--   fichier : fichier de la première ligne concernée
--   premiere_ligne : ligne de la première occurrence dans ce fichier
WITH connues AS (
    SELECT commune_publiee FROM core.communes_publiees WHERE commune IS NOT NULL
),
departements AS (
    SELECT code FROM core.decoupages WHERE niveau = 'departement'
),
regions AS (
    SELECT code FROM core.decoupages WHERE niveau = 'region'
),
codes AS (
    SELECT 'sae' AS source, e.millesime, 'commune' AS niveau, e.commune AS code_publie, e._fichier, e._ligne
    FROM staging.sae_id AS e
    JOIN core.etablissements AS s ON s.millesime = e.millesime AND s.finess = e.finess
    WHERE s.commune IS NULL
    UNION ALL
    SELECT 'sae', e.millesime, 'departement', e.departement, e._fichier, e._ligne
    FROM staging.sae_id AS e
    JOIN core.etablissements AS s ON s.millesime = e.millesime AND s.finess = e.finess
    WHERE s.departement IS NULL
    UNION ALL
    SELECT 'finess', s.millesime, 'commune', s.commune_publiee, e._fichier, e._ligne
    FROM core.finess_situations AS s
    JOIN staging.finess_etablissements AS e ON e.millesime = s.millesime AND e.finess = s.finess
    WHERE s.origine = 'finess' AND s.commune IS NULL
    UNION ALL
    SELECT 'finess', s.millesime, 'commune', s.commune_publiee, e._fichier, e._ligne
    FROM core.finess_situations AS s
    JOIN staging.finess_annuels AS e ON e.millesime = s.millesime AND e.finess = s.finess
    WHERE s.origine = 'finess' AND s.commune IS NULL
        AND s.millesime NOT IN (SELECT f.millesime FROM staging.finess_etablissements AS f)
    UNION ALL
    SELECT 'finess_plus', s.millesime, 'commune', s.commune_publiee, e._fichier, e._ligne
    FROM core.finess_situations AS s
    JOIN staging.finess_plus_etablissements AS e ON e.millesime = s.millesime AND e.finess = s.finess
    WHERE s.origine = 'finess_plus' AND s.commune IS NULL
    UNION ALL
    SELECT 'bmo', millesime, 'departement', departement, _fichier, _ligne
    FROM staging.bmo_projets
    WHERE coalesce(code_departement(departement), '') NOT IN (SELECT d.code FROM departements AS d)
    UNION ALL
    SELECT 'bmo', millesime, 'bassin_bmo', bassin, _fichier, _ligne
    FROM staging.bmo_projets
    WHERE reference AND bassin NOT IN (SELECT code FROM core.decoupages WHERE niveau = 'bassin_bmo')
    UNION ALL
    SELECT 'insee_population_departements', millesime, 'departement', departement, _fichier, _ligne
    FROM staging.insee_population_departements
    WHERE regexp_matches(departement, '^[0-9]')
        AND coalesce(code_departement(departement), '') NOT IN (SELECT d.code FROM departements AS d)
    UNION ALL
    SELECT 'insee_population_communes', p.millesime, 'commune', p.commune, p._fichier, p._ligne
    FROM staging.insee_population_communes AS p
    WHERE code_commune(p.commune) NOT IN (SELECT c.commune_publiee FROM connues AS c)
    UNION ALL
    SELECT 'dares_metiers_2030', m.millesime, 'region', m.region_libelle, m._fichier, m._ligne
    FROM staging.dares_metiers_2030 AS m
    WHERE m.region_libelle IN (SELECT d.region_publiee FROM core.dares_metiers AS d WHERE d.niveau IS NULL)
    UNION ALL
    SELECT 'parcoursup', millesime, 'departement', dep, _fichier, _ligne
    FROM staging.parcoursup_formations
    WHERE coalesce(code_departement(dep), '') NOT IN (SELECT d.code FROM departements AS d)
    UNION ALL
    SELECT 'parcoursup', s.millesime, 'commune', f.departement || ' ' || s.ville_etab, s._fichier, s._ligne
    FROM core.formations AS f
    JOIN staging.parcoursup_formations AS s
        ON s.millesime = f.millesime AND s.revision = f.revision
        AND s.session = f.session AND s.cod_aff_form = f.cod_aff_form
    WHERE f.departement IS NOT NULL AND f.commune IS NULL
    UNION ALL
    SELECT 'drees_demographie', d.millesime, 'departement', d.territoire, d._fichier, d._ligne
    FROM staging.drees_demographie_departements AS d
    WHERE d.territoire IN (
        SELECT territoire_publie FROM core.demographie WHERE source = 'drees_demographie' AND niveau IS NULL
    )
    UNION ALL
    SELECT 'drees_medecins_ages', d.millesime, 'departement', d.territoire, d._fichier, d._ligne
    FROM staging.drees_medecins_ages AS d
    WHERE d.territoire IN (
        SELECT territoire_publie FROM core.demographie WHERE source = 'drees_medecins_ages' AND niveau IS NULL
    )
    UNION ALL
    SELECT 'apl', a.millesime, 'commune', a.commune, a._fichier, a._ligne
    FROM staging.apl AS a
    WHERE code_commune(a.commune) NOT IN (SELECT c.commune_publiee FROM connues AS c)
    UNION ALL
    SELECT 'insee_omphale', o.millesime, 'departement', o.zone, o._fichier, o._ligne
    FROM staging.insee_omphale AS o
    WHERE cle_lieu(o.zone) NOT IN (SELECT cle_lieu(d.libelle) FROM core.decoupages AS d WHERE d.niveau = 'departement')
    UNION ALL
    SELECT 'insee_population_ages', millesime, 'departement', departement, _fichier, _ligne
    FROM staging.insee_population_ages
    WHERE regexp_matches(departement, '^[0-9]')
        AND coalesce(code_departement(departement), '') NOT IN (SELECT d.code FROM departements AS d)
    UNION ALL
    SELECT 'cnam_ald', millesime, 'departement', departement, _fichier, _ligne
    FROM staging.cnam_ald
    WHERE departement <> '999'
        AND coalesce(code_departement(departement), '') NOT IN (SELECT d.code FROM departements AS d)
    UNION ALL
    SELECT 'cnam_medecin_traitant', millesime, 'departement', departement, _fichier, _ligne
    FROM staging.cnam_medecin_traitant
    WHERE departement <> '999'
        AND coalesce(code_departement(departement), '') NOT IN (SELECT d.code FROM departements AS d)
    UNION ALL
    SELECT 'drees_professionnels', d.millesime, 'departement', d.departement, d._fichier, d._ligne
    FROM staging.drees_professionnels_effectifs AS d
    WHERE d.departement IN (
        SELECT territoire_publie FROM core.demographie WHERE source = 'drees_professionnels' AND niveau IS NULL
    )
    UNION ALL
    SELECT 'drees_infirmiers', d.millesime, 'departement', d.departement, d._fichier, d._ligne
    FROM staging.drees_infirmiers_effectifs AS d
    WHERE d.departement IN (
        SELECT territoire_publie FROM core.demographie WHERE source = 'drees_infirmiers' AND niveau IS NULL
    )
    UNION ALL
    SELECT 'cnam_demographie', d.millesime, 'departement', d.departement, d._fichier, d._ligne
    FROM staging.cnam_demographie AS d
    WHERE d.departement NOT LIKE 'TOTAL%' AND d.departement IN (
        SELECT territoire_publie FROM core.demographie WHERE source = 'cnam_demographie' AND niveau IS NULL
    )
    UNION ALL
    SELECT 'dares_tensions', t.millesime, c.niveau, c.code_publie, t._fichier, t._ligne
    FROM staging.dares_tensions AS t
    JOIN (SELECT DISTINCT millesime, niveau, code_publie FROM core.dares_tensions WHERE code IS NULL) AS c
        ON c.millesime = t.millesime
        AND c.code_publie = CASE c.niveau
            WHEN 'region' THEN coalesce(code_region(t.region), t.region)
            ELSE coalesce(code_departement(t.departement), t.departement)
        END
    UNION ALL
    SELECT 'rpps', a.millesime, 'commune', a.commune, a._fichier, a._ligne
    FROM staging.rpps_activites AS a
    WHERE code_commune(a.commune) NOT IN (SELECT c.commune_publiee FROM connues AS c)
    UNION ALL
    -- Where no cell says a département that is known; of the cells, the first that says something.
    SELECT
        'rpps', a.millesime, 'departement',
        coalesce(a.departement, 'code postal ' || a.code_postal, 'commune ' || a.commune, 'aucun code'),
        a._fichier, a._ligne
    FROM core.rpps_activites AS r
    JOIN staging.rpps_activites AS a ON a.millesime = r.millesime AND a._ligne = r.ligne
    WHERE r.departement IS NULL AND r.exclusion IS NULL
    UNION ALL
    SELECT 'zonage_medecins', z.millesime, 'commune', z.code_postal || ' ' || z.commune_libelle, z._fichier, z._ligne
    FROM staging.zonage_medecins AS z
    JOIN core.zonage_rattachements AS n
        ON n.millesime = z.millesime AND n.code_postal = z.code_postal AND n.commune_libelle = z.commune_libelle
    WHERE n.commune IS NULL
    UNION ALL
    SELECT 'cnracl', millesime, 'departement', departement, _fichier, _ligne
    FROM staging.cnracl
    WHERE coalesce(code_departement(departement), '') NOT IN (SELECT d.code FROM departements AS d)
    UNION ALL
    SELECT 'carmf', millesime, 'departement', departement, _fichier, _ligne
    FROM staging.carmf
    WHERE coalesce(code_departement(departement), '') NOT IN (SELECT d.code FROM departements AS d)
    UNION ALL
    SELECT 'formations_sanitaires', millesime, 'commune', commune, _fichier, _ligne
    FROM staging.formations_sanitaires_instituts
    WHERE code_commune(commune) NOT IN (SELECT c.commune_publiee FROM connues AS c)
    UNION ALL
    SELECT 'mpom', millesime, 'region', region, _fichier, _ligne
    FROM staging.mpom
    WHERE coalesce(code_region(region), '') NOT IN (SELECT r.code FROM regions AS r)
    UNION ALL
    SELECT 'formations_capacites', millesime, 'region', region, _fichier, _ligne
    FROM staging.formations_capacites
    WHERE coalesce(code_region(region), '') NOT IN (SELECT r.code FROM regions AS r)
    UNION ALL
    SELECT 'dispositifs', millesime, niveau, code, _fichier, _ligne
    FROM staging.dispositifs
    WHERE niveau || ' ' || code NOT IN (SELECT niveau || ' ' || code FROM core.decoupages)
        AND (niveau <> 'commune' OR code_commune(code) NOT IN (SELECT c.commune_publiee FROM connues AS c))
    UNION ALL
    SELECT 'zonage_arretes', z.millesime, z.niveau, z.code, z._fichier, z._ligne
    FROM staging.zonage_arretes AS z
    JOIN core.zonage_arretes AS n
        ON n.millesime = z.millesime AND n.profession = z.profession AND n.niveau_publie = z.niveau
        AND n.code_publie = z.code AND n.valide_du = z.valide_du
    WHERE n.commune IS NULL
    UNION ALL
    SELECT 'inserjeunes', i.millesime, 'region', i.region, i._fichier, i._ligne
    FROM staging.inserjeunes_formations AS i
    JOIN core.insertion AS n
        ON n.source = 'inserjeunes' AND n.millesime = i.millesime AND n.promotion = i.periode
        AND n.etablissement = i.uai AND n.code_formation = i.code_formation
    WHERE n.region IS NULL AND i.region IS NOT NULL
    UNION ALL
    SELECT 'insersup', i.millesime, 'region', i.region, i._fichier, i._ligne
    FROM staging.insersup_diplomes AS i
    JOIN core.insertion AS n
        ON n.source = 'insersup' AND n.millesime = i.millesime AND n.promotion = i.promotion
        AND n.region_publiee = i.region AND n.formation_publiee = concat_ws(' ', i.type_diplome, i.libelle_diplome)
    WHERE n.region IS NULL
    UNION ALL
    SELECT 'drees_tensions_social', s.millesime, n.niveau, n.territoire_publie, s._fichier, s._ligne
    FROM staging.drees_tensions_social_tensions AS s
    JOIN core.tensions_sociales AS n
        ON n.millesime = s.millesime AND n.profession_publiee = s.profession
        AND n.territoire_publie = coalesce(s.departement, s.region, 'F')
    WHERE n.code IS NULL
    UNION ALL
    SELECT 'urssaf_effectifs', millesime, 'commune', commune, _fichier, _ligne
    FROM staging.urssaf_effectifs_salaries
    WHERE code_commune(commune) NOT IN (SELECT c.commune_publiee FROM connues AS c)
    UNION ALL
    SELECT 'insee_bpe', millesime, 'commune', territoire, _fichier, _ligne
    FROM staging.insee_bpe_equipements
    WHERE niveau = 'COM' AND code_commune(territoire) NOT IN (SELECT c.commune_publiee FROM connues AS c)
    UNION ALL
    SELECT 'zonage_professions', millesime, niveau, code, _fichier, _ligne
    FROM staging.zonage_professions_zonages
    WHERE code_commune(code) NOT IN (SELECT c.commune_publiee FROM connues AS c)
    UNION ALL
    SELECT 'tvs', millesime, 'commune', commune, _fichier, _ligne
    FROM staging.tvs
    WHERE code_commune(commune) NOT IN (SELECT c.commune_publiee FROM connues AS c)
)
SELECT
    source, millesime, niveau, code_publie,
    count(*)::INTEGER AS lignes,
    min(_fichier) AS fichier,
    arg_min(_ligne, (_fichier, _ligne))::INTEGER AS premiere_ligne
FROM codes
WHERE code_publie IS NOT NULL
GROUP BY source, millesime, niveau, code_publie
