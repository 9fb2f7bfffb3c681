-- Population au 1er janvier, tous âges à chaque niveau à partir de l'arrondissement, et par grande classe d'âge par département, région et France.
-- Grain : annee, niveau, code, sexe, tranche_age
-- Source : estimations de population (INSEE) ; populations municipales des communes (INSEE) sous le département
-- Publication : territoire
-- Note : région et France sont des sommes de départements ; la France d'avant 2014 est sans Mayotte. Sous le département, des sommes de populations municipales, sans sexe ni âge : l'INSEE n'en donne pas par commune dans ces sources.
WITH situees AS (
    SELECT 'departement' AS niveau, departement AS code, *, NULL::VARCHAR AS statut FROM core.population_departements
    UNION ALL SELECT 'region', region, *, NULL FROM core.population_departements
    UNION ALL SELECT 'france', 'F', *, NULL FROM core.population_departements
    UNION ALL BY NAME
    SELECT
        a.niveau, a.code, p.annee, p.millesime, p.revision, 'ensemble' AS sexe, 'ensemble' AS tranche_age, p.population,
        p.statut
    FROM core.population_communes AS p
    JOIN reference.appartenances AS a USING (commune)
    WHERE a.niveau NOT IN ('commune', 'departement', 'region', 'france')
)
SELECT
    annee, max(millesime)::INTEGER AS millesime, max(revision)::INTEGER AS revision,
    niveau, code, sexe, tranche_age,
    sum(population)::INTEGER AS population, statut_somme(population, statut) AS statut
FROM situees
GROUP BY annee, niveau, code, sexe, tranche_age
