-- Zone de chaque commune, ou arrondissement municipal, pour six professions, avec la date de l'arrêté.
-- Grain : millesime, profession, lieu
-- Source : zonages des professionnels de santé libéraux (agences régionales de santé, base DataSanté)
-- Publication : commune
-- Note : d'une commune fusionnée, la ligne qui porte son code l'emporte sur celles de ses anciennes communes. Une commune non classée n'a pas de ligne. Un territoire inconnu est dans qualite.territoires_inconnus.
-- Colonnes :
--   profession : profession zonée (reference.professions) ; medecin pour les médecins généralistes
--   commune_publiee : code tel que publié
--   zone : ZIP, ZAC, ZAR, ZV, HV, HZ (médecins) ; TSD, SDE, SD, INT, TD, SURD, NP (autres professions) ; vide pour une cellule écartée
--   date_arrete : date de l'arrêté
--   territoire_zone : code du territoire pour lequel la zone a été arrêtée : territoire de vie-santé (médecins et chirurgiens-dentistes), bassin de vie ou canton-ville (les autres)
--   territoire_zone_libelle : son nom
WITH publiees AS (
    SELECT z.millesime, z.revision, z.reference, code_commune(z.code) AS commune_publiee, p.*
    FROM staging.zonage_professions_zonages AS z
    CROSS JOIN LATERAL (
        VALUES
            ('medecin', z.medecin, z.medecin_arrete, z.tvs, z.tvs_libelle),
            ('chirurgien_dentiste', z.chirurgien_dentiste, z.chirurgien_dentiste_arrete, z.tvs, z.tvs_libelle),
            ('infirmier', z.infirmier, z.infirmier_arrete, z.bassin_vie, z.bassin_vie_libelle),
            ('masseur_kinesitherapeute', z.masseur_kinesitherapeute, z.masseur_kinesitherapeute_arrete, z.bassin_vie,
                z.bassin_vie_libelle),
            ('sage_femme', z.sage_femme, z.sage_femme_arrete, z.bassin_vie, z.bassin_vie_libelle),
            ('orthophoniste', z.orthophoniste, z.orthophoniste_arrete, z.bassin_vie, z.bassin_vie_libelle)
    ) AS p (profession, zone_publiee, date_arrete, territoire_zone, territoire_zone_libelle)
    -- An empty zone is that of a cell set aside; NC is not a zone.
    WHERE p.zone_publiee IS NULL OR zone_acces(p.zone_publiee) IS NOT NULL
)
SELECT
    p.millesime, p.revision, p.reference, p.profession,
    CASE WHEN c.arrondissement_municipal IS NULL THEN c.commune ELSE c.commune_publiee END AS lieu,
    c.commune, p.commune_publiee, zone_acces(p.zone_publiee) AS zone, p.date_arrete, p.territoire_zone,
    p.territoire_zone_libelle
FROM publiees AS p
JOIN core.communes_publiees AS c ON c.commune_publiee = p.commune_publiee
WHERE c.commune IS NOT NULL
QUALIFY row_number() OVER (
    PARTITION BY p.millesime, p.profession, lieu ORDER BY p.commune_publiee = lieu DESC, p.commune_publiee) = 1
