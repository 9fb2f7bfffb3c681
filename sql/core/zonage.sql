-- Zone de chaque commune, ou arrondissement municipal, au regard de l'accès aux médecins généralistes.
-- Grain : millesime, lieu
-- Source : zonage des médecins (liste non officielle, année supposée) ; codes postaux (La Poste)
-- Publication : commune
-- Note : un lieu sur plusieurs codes postaux a presque toujours une seule zone ; sinon, celle de la plupart de ses lignes.
-- Colonnes :
--   zone : ZIP, ZAC, HZ (hors zone), ZAR (zone d'appui régional) ; vide quand toutes ses lignes ont été écartées
--   zones : nombre de zones différentes que la liste donne au lieu
SELECT
    millesime, max(revision)::INTEGER AS revision, bool_or(reference) AS reference, lieu, commune,
    mode(zone ORDER BY zone) AS zone,
    count(DISTINCT zone)::INTEGER AS zones
FROM core.zonage_rattachements
WHERE commune IS NOT NULL
GROUP BY millesime, lieu, commune
