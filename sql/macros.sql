-- Statuts : ce que vaut une somme, un rapport ou une ligne quand une des cellules n'est pas connue. Un seul endroit.
-- Toute somme d'une mesure qui peut manquer a son statut à côté d'elle (tests/test_house.py la cherche).
-- Les mots sont ceux de la liste « statut » (reference.codes). L'entrepôt garde ces macros : chaque fichier de sql/ s'y
-- exécute tel quel.

-- Le statut dit-il qu'il n'y a pas de nombre ?
CREATE MACRO statut_absent(statut) AS -- noqa: CP05
    statut IN ('secret', 'nd', 'non-réponse', 'non collecté', 'vide', 'rupture', 'sans objet');

-- Le statut de sum(valeur) : « calculé » si toutes les cellules sont connues, « partiel » si une manque (ou est déjà
-- partielle), sinon pourquoi il n'y a rien. Une cellule « sans objet » n'est pas attendue : elle est vide, et ne
-- manque pas. `statut` est celui de chaque cellule, où la source le donne.
CREATE MACRO statut_somme(valeur, statut := NULL) AS -- noqa: CP05
    CASE
        WHEN count(valeur) > 0 THEN
            CASE
                WHEN count(valeur) < count(*) FILTER (statut IS DISTINCT FROM 'sans objet')
                    OR coalesce(bool_or(statut = 'partiel'), false) THEN 'partiel'
                ELSE 'calculé'
            END
        WHEN bool_and(coalesce(statut = 'sans objet', false)) THEN 'sans objet'
        WHEN bool_or(statut = 'secret') THEN 'secret'
        WHEN bool_and(coalesce(statut IN ('non collecté', 'sans objet'), false)) THEN 'non collecté'
        WHEN bool_or(statut = 'non-réponse') THEN 'non-réponse'
        WHEN bool_and(coalesce(statut IN ('vide', 'sans objet'), false)) THEN 'vide'
        ELSE 'nd'
    END;

-- Le statut d'un rapport, de ceux de ses deux termes : un nombre partiel n'en donne jamais un « calculé ».
CREATE MACRO statut_rapport(numerateur, denominateur) AS -- noqa: CP05
    CASE
        WHEN statut_absent(numerateur) THEN numerateur
        WHEN statut_absent(denominateur) THEN denominateur
        WHEN 'partiel' IN (numerateur, denominateur) THEN 'partiel'
        ELSE 'calculé'
    END;

-- Le statut d'une ligne qui montre plusieurs sommes, de la liste des leurs : « partiel » dès qu'une l'est, ou qu'une
-- est cachée à côté d'autres ; une case laissée vide par tous se voit d'elle-même.
CREATE MACRO statut_ligne(statuts) AS -- noqa: CP05
    CASE
        WHEN NOT list_has_any(statuts, ['publié', 'calculé', 'zéro implicite', 'partiel']) THEN
            CASE WHEN list_contains(statuts, 'secret') THEN 'secret' ELSE statuts[1] END
        WHEN list_has_any(statuts, ['partiel', 'secret', 'nd']) THEN 'partiel'
        ELSE 'calculé'
    END;

-- Ce que vaut une case vide de la SAE : zéro, sauf si les contrôles l'ont vidée (core.cellules_ecartees, les colonnes de
-- sa ligne).
CREATE MACRO zero_implicite(videes, colonne) AS -- noqa: CP05
    CASE WHEN coalesce(list_contains(videes, colonne), false) THEN NULL ELSE 0 END;
