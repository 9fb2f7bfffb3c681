-- Bénéficiaires et montants des dispositifs d'attractivité, {annee}.
-- Grain : annee, dispositif, public, profession, nature, niveau, code
-- Source : atlas.dispositifs, core.dispositifs, atlas.tension, reference.dispositifs, vues.annees_retenues
-- Non reçu : L'agence n'a pas encore déposé ses dispositifs pour cette édition.
-- Colonnes :
--   territoire_libelle « Territoire » : nom du territoire
--   dispositif : code du dispositif (reference.dispositifs)
--   dispositif_libelle « Dispositif » : dispositif d'attractivité, et son sigle
--   profession_libelle « Profession » : profession visée
--   public « Public » : public visé
--   nature « Ce qui est compté » : ce que comptent les bénéficiaires
--   beneficiaires « Bénéficiaires » n0 : nombre de bénéficiaires
--   montant « Montant (€) » n0 [€] : montant attribué, cases visibles
--   montant_statut : pourquoi il est vide
--   tension « Tension des médecins (0 à 100) » n0 : indice de tension des médecins du département
--   tension_statut : pourquoi l'indice est vide
--   tension_rang « Rang de tension » n0 (vide : sans objet) : rang du département, 1 pour le plus tendu
--   tension_rang_bas « Rangs plausibles » entre_n0 (vide : sans objet) : meilleur rang plausible
--   tension_rang_haut : pire rang plausible
--   territoire : niveau et code d'un territoire, tels que dans l'adresse de sa page
WITH secrets AS (
    SELECT DISTINCT annee, dispositif, public, profession, nature, unnest([departement, region]) AS code
    FROM core.dispositifs
    WHERE montant_statut = 'secret'
)
SELECT
    t.territoire, d.niveau, d.code, t.territoire_libelle, d.annee, d.dispositif,
    coalesce(n.libelle, d.dispositif) || coalesce(' (' || n.sigle || ')', '') AS dispositif_libelle, d.profession,
    CASE WHEN d.profession = 'toutes' THEN 'toutes professions' ELSE coalesce(p.libelle, d.profession) END
        AS profession_libelle,
    d.public, d.nature, d.beneficiaires, d.montant,
    CASE WHEN d.montant IS NOT NULL THEN d.statut WHEN s.dispositif IS NOT NULL THEN 'secret' ELSE 'nd' END
        AS montant_statut,
    d.statut, i.score AS tension,
    CASE WHEN i.score IS NOT NULL THEN i.statut WHEN d.niveau <> 'departement' THEN 'sans objet' ELSE 'nd' END
        AS tension_statut,
    i.rang AS tension_rang, i.rang_bas AS tension_rang_bas, i.rang_haut AS tension_rang_haut
FROM atlas.dispositifs AS d
JOIN vues.annees_retenues AS a ON a.objet = 'atlas.dispositifs' AND a.annee = d.annee
JOIN vues.territoires AS t USING (niveau, code)
LEFT JOIN reference.dispositifs AS n USING (dispositif)
LEFT JOIN reference.professions AS p ON p.profession = d.profession
LEFT JOIN secrets AS s
    ON s.annee = d.annee AND s.dispositif = d.dispositif AND s.public = d.public AND s.profession = d.profession
        AND s.nature = d.nature AND s.code = d.code
LEFT JOIN atlas.tension AS i ON i.groupe = 'medecin' AND i.niveau = d.niveau AND i.code = d.code
WHERE d.niveau IN ('region', 'departement')
ORDER BY d.dispositif, d.profession, t.rang DESC, d.code, d.public, d.nature
