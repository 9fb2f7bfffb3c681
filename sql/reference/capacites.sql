-- Capacités d'hospitalisation que les fiches disent : lits et places de SYGEN, et leurs mots.
-- Grain : variable
-- Source : SAE, dessin de SYGEN (DREES)
-- Publication : nationale
-- Note : en psychiatrie, SYGEN ne sépare pas les lits des autres formes de temps complet : la capacité y est dite en lits et places.
-- Colonnes :
--   variable : nom de la variable dans la SAE, colonne de fiches.etablissements
--   singulier : ce qui est compté, pour un
--   pluriel : ce qui est compté, pour plusieurs
--   libelle : de quoi ce sont les lits ou les places
--   temps_complet : on y est accueilli jour et nuit ; leur somme est la capacité à temps complet
--   psychiatrie : capacité de psychiatrie, dite à part dans la capacité à temps complet
--   ordre : rang sur les fiches
SELECT variable, singulier, pluriel, libelle, temps_complet, psychiatrie, ordre
FROM (
    VALUES
        ('LIT_MCO', 'lit', 'lits', 'de court séjour', true, false, 1),
        ('PLA_MCO', 'place', 'places', 'de court séjour', false, false, 2),
        ('CAP_COMPLET_TOT', 'lit ou place', 'lits et places', 'de psychiatrie à temps complet, toutes formes', true,
            true, 3),
        ('LIT_SSR', 'lit', 'lits', 'de réadaptation', true, false, 4),
        ('PLA_SSR', 'place', 'places', 'de réadaptation', false, false, 5),
        ('LIT_USLD', 'lit', 'lits', 'de longue durée', true, false, 6),
        ('PLATOT_HAD', 'place', 'places', 'à domicile', false, false, 7)
) AS c (variable, singulier, pluriel, libelle, temps_complet, psychiatrie, ordre)
