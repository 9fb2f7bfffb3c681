-- Indice de tension de tous les départements de France, avec l'année de chacun de ses indicateurs.
-- Grain : groupe, departement
-- Source : atlas.tension, atlas.tension_indicateurs
-- Vide : Aucun département n'a d'indice.
-- Note : Rang 1 : le plus tendu des départements de métropole ; outre-mer, l'indice se lit sans rang. Deux départements dont les rangs plausibles se recouvrent ne se distinguent pas. Chaque année est celle de la source de l'indicateur ; une évolution va d'une année à l'autre.
-- Colonnes :
--   departement_libelle « Département » : nom du département
--   rang « Rang » n0 (vide : sans objet) : rang, 1 pour le plus tendu
--   score « Indice (0 à 100) » n0 [de 0 à 100] : indice ; 50 au milieu des départements classés
--   rang_bas « Rangs plausibles » entre_n0 (vide : sans objet) : meilleur rang plausible
--   rang_haut : pire rang plausible
--   annee_offre « Offre » year (vide : nd) : année de la densité
--   annee_acces « Accès » year (vide : nd) : année du zonage
--   annee_ages « Âges » year (vide : nd) : année des âges
--   annee_flux « Évolution » year (vide : nd) : année d'arrivée de l'évolution
--   depuis « depuis » year (vide : nd) : année de départ de l'évolution
--   annee_recrutement « Recrutement » year (vide : nd) : année de l'enquête
--   difficile « Projets difficiles » pct0 [part] : part des projets de recrutement jugés difficiles
--   difficile_statut : pourquoi elle est vide
--   projets « Sur … projets » n0 (vide : nd) : projets dont la difficulté est connue
--   motif « Ce qui manque » text (vide : rien) : pourquoi il n'y a pas d'indice, ou pourquoi la part des projets difficiles n'y entre pas
--   groupe_libelle : nom du groupe de professions
--   territoires_classes : départements classés
--   ici : le département est dans la région de la publication
--   lien : adresse de la page du département, s'il est dans la région
WITH annees AS (
    SELECT
        groupe, niveau, code,
        max(annee) FILTER (indicateur = 'densite') AS annee_offre,
        max(annee) FILTER (indicateur = 'part_zip_zac') AS annee_acces,
        max(annee) FILTER (indicateur = 'part_60_plus') AS annee_ages,
        max(annee) FILTER (indicateur = 'evolution_annuelle') AS annee_flux,
        max(annee - duree) FILTER (indicateur = 'evolution_annuelle') AS depuis,
        max(annee) FILTER (indicateur = 'part_difficile') AS annee_recrutement,
        max(valeur) FILTER (indicateur = 'part_difficile') AS difficile,
        max(denominateur) FILTER (indicateur = 'part_difficile') AS projets,
        max(motif) FILTER (indicateur = 'part_difficile') AS motif
    FROM atlas.tension_indicateurs
    GROUP BY groupe, niveau, code
),
indices AS (
    SELECT groupe FROM atlas.tension GROUP BY groupe HAVING count(rang) > 0
)
SELECT
    i.libelle AS departement_libelle, i.rang, i.score, i.rang_bas, i.rang_haut, a.annee_offre, a.annee_acces,
    a.annee_ages, a.annee_flux, a.depuis, a.annee_recrutement, a.difficile,
    CASE WHEN a.difficile IS NOT NULL THEN 'calculé' WHEN a.motif = 'secret' THEN 'secret' ELSE 'nd' END
        AS difficile_statut, a.projets,
    coalesce(i.motif, a.motif) AS motif, i.groupe, g.libelle AS groupe_libelle, i.territoires_classes,
    i.code AS departement,
    t.territoire IS NOT NULL AS ici, t.adresse AS lien, i.statut
FROM atlas.tension AS i
JOIN indices USING (groupe)
JOIN reference.groupes_tension AS g USING (groupe)
LEFT JOIN annees AS a USING (groupe, niveau, code)
LEFT JOIN vues.territoires AS t USING (niveau, code)
ORDER BY g.ordre, i.rang IS NULL, i.rang, i.score DESC NULLS LAST, i.code
