-- Listes de codes : ce que veut dire chaque code d'une colonne. Tables, pages, fiches et classeurs lisent leurs mots ici.
-- Grain : liste, code
-- Source : documentation des producteurs, citée ligne à ligne
-- Publication : nationale
-- Note : une liste porte le nom de la colonne qu'elle explique.
-- Colonnes :
--   liste : colonne dont c'est la liste
--   code : code, tel qu'il est dans les tables
--   libelle : ce que le code veut dire
--   ordre : rang dans les tableaux
--   origine : où le producteur le dit
SELECT liste, code, libelle, ordre, origine
FROM (
    VALUES
        ('secteur', '1', 'public', 1, 'SAE, bordereau ID, STJR : réunit en 2022 et 2023 les statuts FINESS 01 à 29 (organismes publics)'),
        ('secteur', '2', 'privé à but lucratif', 2, 'SAE, bordereau ID, STJR : réunit en 2022 et 2023 les statuts FINESS 70 à 88, 91 et 95 (sociétés)'),
        ('secteur', '3', 'privé à but non lucratif', 3, 'SAE, bordereau ID, STJR : réunit en 2022 et 2023 les statuts FINESS 40 à 65 (mutuelles, associations, fondations), et 89'),
        ('secteur', 'inconnu', 'statut inconnu', 4, 'atlas : établissement dont la SAE ne dit pas le statut'),
        ('secteur', 'ensemble', 'ensemble', 5, 'atlas : tous statuts')
) AS t (liste, code, libelle, ordre, origine)
