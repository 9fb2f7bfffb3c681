-- Projets de recrutement des métiers des établissements sociaux et médico-sociaux, par public et par lieu, enquête BMO {annee}.
-- Grain : public, fap, niveau, code
-- Source : atlas.recrutement, reference.publics_fap
-- Note : Tous les employeurs du lieu, hôpitaux compris : l'enquête ne dit pas qui recrute. La couverture est la part des cases que le secret laisse voir.
-- Non reçu : L'enquête Besoins en main-d'œuvre n'a pas été reçue.
-- Colonnes :
--   public : public accueilli
--   libelle « Métier » : famille professionnelle
--   lieu_libelle « Lieu » : bassin d'emploi, département, région ou France
--   projets « Projets » n0 [projets] : projets de recrutement
--   projets_statut : pourquoi le nombre de projets est vide, ou partiel
--   difficile « Jugés difficiles » pct0 [part] : part des projets jugés difficiles
--   difficile_statut : pourquoi cette part est vide
--   couverture « Couverture » pct0 [part] : part des cases que le secret laisse voir
--   rang : rang du métier, le plus employé d'abord
WITH bmo AS (
    SELECT r.*
    FROM atlas.recrutement AS r
    JOIN vues.annees_retenues AS a ON a.objet = 'atlas.recrutement' AND a.cle = 'bmo' AND a.annee = r.annee
    WHERE r.source = 'bmo'
),
lieux AS (
    SELECT niveau, code, libelle, 1 AS rang
    FROM reference.territoires
    WHERE niveau = 'bassin_bmo'
        AND list_contains(string_split(regions, ' '), (SELECT region FROM vues.publication))
    UNION ALL
    SELECT niveau, code, territoire_libelle, 1 + rang FROM vues.territoires WHERE niveau <> 'arrondissement'
)
SELECT
    m.public, p.fap, p.niveau, p.code, p.niveau || '-' || lower(p.code) AS lieu, l.libelle AS lieu_libelle, p.libelle,
    p.annee, p.valeur AS projets, p.statut AS projets_statut,
    d.valeur AS difficile, coalesce(d.statut, 'nd') AS difficile_statut, d.couverture, m.ordre AS rang, p.source,
    p.statut
FROM bmo AS p
JOIN reference.publics_fap AS m USING (nomenclature, fap)
JOIN lieux AS l USING (niveau, code)
LEFT JOIN bmo AS d ON d.indicateur = 'part_difficile' AND d.fap = p.fap AND d.niveau = p.niveau AND d.code = p.code
WHERE p.indicateur = 'projets'
ORDER BY m.public, m.ordre, l.rang, p.code
