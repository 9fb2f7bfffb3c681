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

-- D'une ligne que ce contrôle écarte, rien n'est perdu : une autre la dit, elle est d'ailleurs, ou c'est un total.
CREATE MACRO rien_perdu(controle) AS -- noqa: CP05
    controle IN (
        'ligne_repetee', 'autre_annee', 'exemple_retire', 'ligne_de_total', 'ligne_somme_des_autres'
    );

-- Profession d'une feuille de l'APL, telle que la DREES l'écrit ; vide si l'on ne sait pas la lire.
CREATE MACRO profession_apl(publiee) AS ( -- noqa: CP05
    CASE regexp_replace(lower(strip_accents(publiee)), '[^a-z]+', ' ', 'g')
        WHEN 'medecins generalistes' THEN 'medecin'
        WHEN 'infirmiers' THEN 'infirmier' WHEN 'infirmieres' THEN 'infirmier'
        WHEN 'kinesitherapeutes' THEN 'masseur_kinesitherapeute'
        WHEN 'masseurs kinesitherapeutes' THEN 'masseur_kinesitherapeute'
        WHEN 'sages femmes' THEN 'sage_femme'
        WHEN 'chirurgiens dentistes' THEN 'chirurgien_dentiste'
    END
);

-- Zone d'un zonage, telle que la base DataSanté l'écrit (« 1_ZIP », « 1_Tres_sous_dotee ») ; vide si l'on ne sait pas la lire.
CREATE MACRO zone_acces(publiee) AS ( -- noqa: CP05
    CASE regexp_replace(regexp_replace(lower(strip_accents(publiee)), '^[0-9]+[a-z]?_', ''), '[^a-z]+', ' ', 'g')
        WHEN 'zip' THEN 'ZIP' WHEN 'zac' THEN 'ZAC' WHEN 'zar' THEN 'ZAR'
        WHEN 'zv' THEN 'ZV' WHEN 'hv' THEN 'HV' WHEN 'hz' THEN 'HZ'
        WHEN 'tres sous dotee' THEN 'TSD' WHEN 'sous dense' THEN 'SDE' WHEN 'sous dotee' THEN 'SD'
        WHEN 'intermediaire' THEN 'INT' WHEN 'tres dotee' THEN 'TD' WHEN 'sur dotee' THEN 'SURD'
        WHEN 'non prioritaire' THEN 'NP'
    END
);

-- Intitulé sans accent, chiffre ni ponctuation : ce qui reste d'un rang, d'un tiret ou d'une parenthèse d'une année à
-- l'autre.
CREATE MACRO intitule_seul(publie) AS ( -- noqa: CP05
    trim(regexp_replace(lower(strip_accents(publie)), '[^a-z]+', ' ', 'g'))
);

-- Âge le plus bas d'une tranche telle qu'elle est publiée (« 08-60-64 ans » sans son rang, « de 60 à 64 ans »).
CREATE MACRO age_plus_bas(tranche) AS ( -- noqa: CP05
    CASE WHEN tranche ILIKE 'moins de%' THEN 0 ELSE try_cast(regexp_extract(tranche, '([0-9]+)', 1) AS INTEGER) END
);

-- Dernière année qu'un texte cite (« cumul 2022-2023 », « 2020,2021 ») ; vide s'il n'en cite pas.
CREATE MACRO derniere_annee(publie) AS ( -- noqa: CP05
    try_cast(regexp_extract_all(publie, '[0-9][0-9][0-9][0-9]')[-1] AS INTEGER)
);

-- Profession du social telle que les producteurs la nomment, au masculin ou au féminin ; vide si l'on ne sait pas la lire.
CREATE MACRO mots_metier(publie) AS ( -- noqa: CP05
    ' ' || regexp_replace(lower(strip_accents(publie)), '[^a-z]+', ' ', 'g') || ' '
);
CREATE MACRO profession_sociale(publiee) AS ( -- noqa: CP05
    CASE
        WHEN
            regexp_matches(mots_metier(publiee), ' (aides?|auxiliaires?) (a|au) (domicile|vie|menage)')
            THEN 'aide_domicile'
        WHEN regexp_matches(mots_metier(publiee), ' auxiliaires? de vie ') THEN 'aide_domicile'
        WHEN regexp_matches(mots_metier(publiee), ' (intervention sociale et familiale|tisf) ')
            THEN 'technicien_intervention_sociale'
        WHEN regexp_matches(mots_metier(publiee), ' (eleves? en situation de handicap|aesh) ')
            THEN 'accompagnant_eleves_handicap'
        WHEN regexp_matches(mots_metier(publiee), ' (educatifs? et socia[a-z]*|medico psychologiques?|aes|amp) ')
            THEN 'accompagnant_educatif_social'
        WHEN regexp_matches(mots_metier(publiee), ' jeunes enfants ') THEN 'educateur_jeunes_enfants'
        WHEN
            regexp_matches(mots_metier(publiee), ' educat(eur|rice)s?( trices?)? techniques?')
            THEN 'educateur_technique_specialise'
        WHEN regexp_matches(mots_metier(publiee), ' specialise') AND mots_metier(publiee) LIKE '% educat%'
            THEN 'educateur_specialise'
        WHEN regexp_matches(mots_metier(publiee), ' monit(eur|rice)s?( trices?)? educat') THEN 'moniteur_educateur'
        WHEN
            regexp_matches(mots_metier(publiee), ' (monit[a-z]*|educat[a-z]*)( [a-z]+)? d atelier')
            THEN 'moniteur_atelier'
        WHEN
            regexp_matches(
                mots_metier(publiee), ' (assistante?s?)( es)? (de service social|sociale?s?|de service sociale?) '
            )
            THEN 'assistant_service_social'
        WHEN regexp_matches(mots_metier(publiee), ' economie sociale ') THEN 'conseiller_economie_sociale'
        WHEN regexp_matches(mots_metier(publiee), ' mediat[a-z]* famili') THEN 'mediateur_familial'
        WHEN regexp_matches(mots_metier(publiee), ' assistante?s?( es)? familia') THEN 'assistant_familial'
        WHEN
            regexp_matches(mots_metier(publiee), ' (assistante?s?( es)? maternel|gardes? d enfants)')
            THEN 'assistant_maternel'
    END
);

-- Diplôme d'une feuille de l'enquête de la DREES sur les écoles de santé ; vide si l'on ne sait pas la lire.
CREATE MACRO diplome_sante(publiee) AS ( -- noqa: CP05
    CASE
        WHEN regexp_matches(mots_metier(publiee), ' anesthesi|iade ') THEN 'infirmier_anesthesiste'
        WHEN regexp_matches(mots_metier(publiee), ' bloc |ibode ') THEN 'infirmier_bloc_operatoire'
        WHEN regexp_matches(mots_metier(publiee), ' puericultrice') THEN 'puericultrice'
        WHEN regexp_matches(mots_metier(publiee), ' puericulture') THEN 'auxiliaire_puericulture'
        WHEN regexp_matches(mots_metier(publiee), ' soignant') THEN 'aide_soignant'
        WHEN regexp_matches(mots_metier(publiee), ' cadre') THEN 'cadre_sante'
        WHEN regexp_matches(mots_metier(publiee), ' infirmi') THEN 'infirmier'
        WHEN regexp_matches(mots_metier(publiee), ' ambulanci') THEN 'ambulancier'
        WHEN regexp_matches(mots_metier(publiee), ' kinesith| masseur') THEN 'masseur_kinesitherapeute'
        WHEN regexp_matches(mots_metier(publiee), ' ergoth') THEN 'ergotherapeute'
        WHEN regexp_matches(mots_metier(publiee), ' psychomot') THEN 'psychomotricien'
        WHEN regexp_matches(mots_metier(publiee), ' manipulat') THEN 'manipulateur_erm'
        WHEN regexp_matches(mots_metier(publiee), ' sages? femme') THEN 'sage_femme'
        WHEN regexp_matches(mots_metier(publiee), ' podolog') THEN 'pedicure_podologue'
        WHEN regexp_matches(mots_metier(publiee), ' preparat') THEN 'preparateur_pharmacie'
        WHEN regexp_matches(mots_metier(publiee), ' laboratoire') THEN 'technicien_laboratoire'
    END
);

-- Formes des codes et des noms de lieux, telles que les sources les écrivent : chacune n'est lue qu'ici. Une macro sans
-- sous-requête se joint aussi vite qu'une colonne ; ce qu'elle calcule d'abord a donc une macro à soi.

-- Une cellule de clé telle qu'elle se compare : un code sans ses zéros de tête ni « ,0 » de classeur (014, 14.0 : 14),
-- un nom sans égard aux capitales, aux accents ni aux blancs ; d'un lieu, le code seul (« 14 - Calvados » : 14).
CREATE MACRO forme_nom(publie) AS ( -- noqa: CP05
    regexp_replace(trim(lower(strip_accents(publie))), '[[:space:]’'']+', ' ', 'g')
);
CREATE MACRO forme_cle(publie) AS ( -- noqa: CP05
    CASE
        WHEN regexp_full_match(trim(publie), '[0-9A-Za-z]*[0-9][0-9A-Za-z]*([.]0+)?')
            THEN coalesce(nullif(ltrim(regexp_replace(upper(trim(publie)), '[.]0+$', ''), '0'), ''), '0')
        ELSE forme_nom(publie)
    END
);
CREATE MACRO forme_lieu(publie) AS ( -- noqa: CP05
    coalesce(
        nullif(ltrim(regexp_extract(upper(trim(publie)), '^([0-9A-Z]*[0-9][0-9A-Z]*)([.]0+)?($| *-)', 1), '0'), ''),
        forme_nom(publie)
    )
);

-- Code de commune à cinq caractères : zéro initial perdu (1004), département entier outre-mer (971102 : 97102),
-- lettres des anciens fichiers (9D411 : 97411 ; 9J613 : 98613), département à trois caractères (014118, 02A004).
CREATE MACRO sans_ponctuation(publie) AS ( -- noqa: CP05
    upper(regexp_replace(regexp_replace(publie, '[.]0+$', ''), '[^0-9A-Za-z]', '', 'g'))
);
CREATE MACRO forme_commune(c) AS ( -- noqa: CP05
    CASE
        WHEN regexp_full_match(c, '[0-9]{4}') THEN '0' || c
        WHEN regexp_full_match(c, '9[78][0-9]{4}') THEN substr(c, 1, 2) || substr(c, 4)
        WHEN regexp_full_match(c, '0([0-9]{5}|2[AB][0-9]{3})') THEN substr(c, 2)
        WHEN regexp_full_match(c, '9[A-H][0-9]{3}') THEN '97' || substr(c, 3)
        WHEN regexp_full_match(c, '9[J-Z][0-9]{3}') THEN '98' || substr(c, 3)
        ELSE nullif(c, '')
    END
);
CREATE MACRO code_commune(publie) AS ( -- noqa: CP05
    forme_commune(sans_ponctuation(publie))
);

-- Code de département, ou de collectivité d'outre-mer, au début d'une cellule (14, 014, 02A, 9D, « 14 - Calvados ») ;
-- vide pour ce qui n'en est pas un : 99, 000, ou 20, qui ne dit pas laquelle des deux Corse.
CREATE MACRO forme_departement(c) AS ( -- noqa: CP05
    CASE
        WHEN regexp_full_match(c, '9[A-H]') THEN '97' || (ascii(substr(c, 2, 1)) - ascii('A') + 1)::VARCHAR
        WHEN regexp_full_match(c, '2[AB]|97[1-8]|98[46-9]') THEN c
        WHEN c IN ('', '0', '00', '20') OR try_cast(c AS INTEGER) > 95 THEN NULL
        ELSE lpad(c, 2, '0')
    END
);
CREATE MACRO code_departement(publie) AS ( -- noqa: CP05
    forme_departement(regexp_extract(
        upper(trim(publie)), '^0?(2[AB]|9[78][0-9]|9[A-H]|[0-9]{1,2})([.]0+)?($|[^0-9A-Z.])', 1
    ))
);

-- Code de région, au début d'une cellule (1, 01, 28.0, « 28 - Normandie ») ; outre-mer, de 01 à 06.
CREATE MACRO code_region(publie) AS ( -- noqa: CP05
    lpad(nullif(regexp_extract(trim(publie), '^0?([0-9]{1,2})([.]0+)?($|[^0-9A-Za-z.])', 1), ''), 2, '0')
);

-- Département d'un code postal : cinq chiffres, ou rien. Saint-Barthélemy et Saint-Martin ont ceux de la Guadeloupe.
CREATE MACRO departement_postal(code_postal) AS ( -- noqa: CP05
    CASE
        WHEN NOT regexp_full_match(trim(code_postal), '[0-9]{5}') THEN NULL
        WHEN regexp_full_match(trim(code_postal), '97133|9709[0-9]') THEN '977'
        WHEN regexp_full_match(trim(code_postal), '97150|970[5-8][0-9]') THEN '978'
        WHEN regexp_full_match(trim(code_postal), '9[78].*') THEN code_departement(substr(trim(code_postal), 1, 3))
        WHEN regexp_full_match(trim(code_postal), '20[246].*') THEN '2B'
        WHEN trim(code_postal) LIKE '20%' THEN '2A'
        ELSE code_departement(substr(trim(code_postal), 1, 2))
    END
);

-- Département qu'un code de commune porte lui-même, fût-elle inconnue ; 97123 et 97127 sont d'avant les collectivités.
CREATE MACRO prefixe_commune(c) AS ( -- noqa: CP05
    CASE
        WHEN c IN ('97123', '97701') THEN '977'
        WHEN c IN ('97127', '97801') THEN '978'
        WHEN regexp_full_match(c, '9[78][0-9]{3}') THEN code_departement(substr(c, 1, 3))
        WHEN regexp_full_match(c, '[0-9][0-9AB][0-9]{3}') THEN code_departement(substr(c, 1, 2))
    END
);
CREATE MACRO departement_commune(publie) AS ( -- noqa: CP05
    prefixe_commune(code_commune(publie))
);

-- Département d'une ligne : le premier que l'on connaisse, non la première cellule qui n'est pas vide. `connu` est
-- celui de la commune reconnue ; « 971 » cède à un code postal des deux collectivités, que bien des fichiers y laissent.
CREATE MACRO departement_lu(connu, commune, departement, code_postal) AS ( -- noqa: CP05
    CASE
        WHEN connu IS NOT NULL THEN connu
        WHEN departement_commune(commune) IN ('977', '978') THEN departement_commune(commune)
        WHEN departement_postal(code_postal) IN ('977', '978') AND code_departement(departement) = '971'
            THEN departement_postal(code_postal)
        ELSE
            coalesce(code_departement(departement), departement_postal(code_postal), departement_commune(commune))
    END
);

-- Une écriture pour tous les noms de lieux : capitales sans accent ni ponctuation, l'article en tête, ST pour SAINT,
-- sans Cedex, arrondissement municipal, code postal ni département. Ce qui d'autre est entre parenthèses reste :
-- Château-Chinon (Ville).
CREATE MACRO nom_articule(nom) AS ( -- noqa: CP05
    regexp_replace(
        regexp_replace(
            upper(strip_accents(replace(replace(replace(nom, 'œ', 'oe'), 'Œ', 'OE'), '’', ''''))),
            ' *[(][0-9][0-9AB]{1,2}[)] *$', ''
        ),
        '^(.*[^ ]) *[(,] *(LE|LA|LES|L'') *[)]? *$', '\2 \1'
    )
);
CREATE MACRO cle_lieu(nom) AS ( -- noqa: CP05
    nullif(regexp_replace(
        regexp_replace(
            trim(regexp_replace(regexp_replace(nom_articule(nom), '\bS/', ' SUR ', 'g'), '[^A-Z0-9]+', ' ', 'g')),
            '^([0-9]{5} )?((PARIS|LYON|MARSEILLE)( [0-9].*| CEDEX.*)?|(.*?)(( [0-9]+)? CEDEX.*)?)$', '\3\5'
        ),
        '\bSAINT(E?)\b', 'ST\1', 'g'
    ), '')
);
