-- Écoles de santé : places, inscrits, diplômés et interruptions selon la DREES, rentrée {annee}.
-- Grain : diplome, niveau, code
-- Source : atlas.formations_ecoles, reference.diplomes
-- Non reçu : L'enquête de la DREES auprès des écoles de santé n'a pas été reçue.
-- Note : Il peut y avoir plus d'un inscrit de première année pour une place offerte : des reports et des redoublants s'y ajoutent. La réussite est celle des présentés de l'année. Les interruptions, provisoires ou définitives, sont rapportées aux inscrits de toutes les années.
-- Colonnes :
--   diplome_libelle « Diplôme » : nom du diplôme
--   territoire_libelle « Territoire »
--   places « Places » n0 [places] : places offertes
--   places_statut : pourquoi ce nombre est vide, ou partiel
--   inscrits_1 « Inscrits en première année » n0 [personnes] : inscrits en première année
--   inscrits_1_statut : pourquoi ce nombre est vide, ou partiel
--   inscrits_par_place « Inscrits par place » n2 [inscrits pour une place] : inscrits en première année pour une place offerte
--   inscrits_par_place_statut : pourquoi ce nombre est vide, ou partiel
--   diplomes « Diplômés » n0 [personnes] : reçus au diplôme
--   diplomes_statut : pourquoi ce nombre est vide, ou partiel
--   reussite « Réussite » pct0 [part] : reçus sur présentés
--   reussite_statut : pourquoi ce nombre est vide, ou partiel
--   diplomes_vae « Diplômés par VAE » n0 [personnes] : diplômés par la validation des acquis de l'expérience
--   diplomes_vae_statut : pourquoi ce nombre est vide, ou partiel
--   part_interruptions « Interruptions » pct1 [part] : interruptions sur inscrits
--   part_interruptions_statut : pourquoi ce nombre est vide, ou partiel
SELECT
    d.libelle AS diplome_libelle, t.territoire_libelle, f.places, f.inscrits_1, f.inscrits_par_place, f.diplomes,
    f.reussite, f.diplomes_vae, f.part_interruptions, f.annee, f.diplome, t.territoire, f.niveau, f.code,
    f.places_statut, f.inscrits_1_statut, f.inscrits_par_place_statut, f.diplomes_statut, f.reussite_statut,
    f.diplomes_vae_statut, f.part_interruptions_statut,
    'drees_formations' AS source
FROM atlas.formations_ecoles AS f
JOIN vues.annees_retenues AS a ON a.objet = 'atlas.formations_ecoles' AND a.annee = f.annee
JOIN vues.territoires AS t USING (niveau, code)
JOIN reference.diplomes AS d USING (diplome)
ORDER BY d.libelle, t.rang, f.code
