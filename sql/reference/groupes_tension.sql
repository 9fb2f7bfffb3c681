-- Groupes de professions de l'indice de tension : leur nom, et les familles de leur recrutement.
-- Grain : groupe
-- Source : définitions de l'atlas, version 1
-- Publication : nationale
-- Note : les sources de l'offre, du vieillissement et du flux sont choisies dans atlas.tension_sources. Le recrutement d'un groupe est celui de sa famille professionnelle (FAP), qui réunit parfois plusieurs professions.
-- Colonnes :
--   groupe : groupe de professions
--   libelle : nom du groupe
--   libelle_court : nom du groupe en peu de mots
--   specialite : spécialité dont viennent l'offre et le flux
--   fap_bmo : famille professionnelle de l'enquête BMO (FAP 2021)
--   fap_dares : famille professionnelle de la DARES (FAP 2009) ; vide où le groupe n'a pas cet indicateur
--   ordre : rang dans les tableaux et les fiches
SELECT
    g.groupe, p.libelle, p.libelle_court, coalesce(p.ensemble, p.profession) AS profession,
    coalesce(p.specialite, 'ensemble') AS specialite, b.code AS fap_bmo, d.code AS fap_dares, g.ordre
FROM (
    VALUES
        ('medecin', false, 1),
        ('medecin_generaliste', false, 2),
        ('infirmier', true, 3),
        ('sage_femme', false, 4),
        ('masseur_kinesitherapeute', false, 5),
        ('chirurgien_dentiste', false, 6),
        ('aide_soignant', true, 7)
) AS g (groupe, dares, ordre)
JOIN reference.professions AS p ON p.profession = g.groupe
LEFT JOIN reference.correspondances AS b ON b.nomenclature = 'FAP 2021' AND b.rang = 1 AND b.profession = g.groupe
LEFT JOIN reference.correspondances AS d
    ON g.dares AND d.nomenclature = 'FAP 2009' AND d.rang = 1 AND len(d.code) = 3 AND d.profession = g.groupe
