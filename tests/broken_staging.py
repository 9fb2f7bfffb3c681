"""For each rule of expectations/staging/, SQL that breaks a good table in the way the rule guards against.

`{t}` is a copy of the table; statements are separated by `;`. A rule of the same name in several vintages
has one entry per vintage.
"""

FIRST = "WHERE _rang = (SELECT min(_rang) FROM {t})"


def _cell(column: str, value: str) -> str:
    return f"UPDATE {{t}} SET {column} = {value} {FIRST}"


def _region(column: str = "left(finess, 2)") -> str:
    return f"DELETE FROM {{t}} WHERE {column} NOT IN ('14', '27', '50', '61', '76')"


_YEAR = _cell("annee", "1999")
_TWICE = f"INSERT INTO {{t}} SELECT * REPLACE ('autre.xlsx' AS _fichier, valeur + 1 AS valeur) FROM {{t}} {FIRST}"

STAGING: dict[tuple[str, str, str], str | dict[int, str]] = {
    ("parcoursup", "formations", "national_entier"): "UPDATE {t} SET perimetre = NULL",
    ("rpps", "activites", "un_seul_extrait"): _cell("extrait", "'209901010000'"),
    ("rpps", "activites", "professions_presentes"): "DELETE FROM {t} WHERE profession <> '10'",
    ("rpps", "activites", "personne_renseignee"): _cell("personne", "NULL"),
    ("rpps", "activites", "codes_connus"): _cell("mode_exercice", "'X'"),
    ("rpps", "activites", "specialites_forme"): "UPDATE {t} SET type_savoir_faire = 'S', savoir_faire = '26'",
    ("rpps", "activites", "finess_du_departement"): "UPDATE {t} SET finess = '9' || finess[2:]",
    ("rpps", "activites", "departement_de_la_commune"): "UPDATE {t} SET departement = '99'",
    ("rpps", "activites", "modes_presents"): "UPDATE {t} SET mode_exercice = 'B'",
    ("rpps", "savoir_faire", "meme_extrait"): _cell("extrait", "'209901010000'"),
    ("rpps", "savoir_faire", "specialites_forme"): "UPDATE {t} SET type_savoir_faire = 'S', savoir_faire = '26'",
    ("rpps", "savoir_faire", "personne_renseignee"): _cell("personne", "NULL"),
    ("rpps", "diplomes", "meme_extrait"): _cell("extrait", "'209901010000'"),
    ("rpps", "diplomes", "personne_renseignee"): _cell("personne", "NULL"),
    ("bmo", "projets", "annee_du_millesime"): _YEAR,
    ("bmo", "projets", "couverture_regions"): "DELETE FROM {t} WHERE region = '28'",
    ("bmo", "projets", "couverture_departements"): "DELETE FROM {t} WHERE departement IN ('14', '978')",
    ("bmo", "projets", "territoires_forme"): _cell("departement", "'1'"),
    ("bmo", "projets", "fap_forme"): _cell("fap", "'Infirmiers'"),
    ("bmo", "projets", "famille_connue"): _cell("famille", "'X'"),
    ("bmo", "projets", "nombres_positifs"): _cell("met", "-1"),
    ("bmo", "projets", "parts_du_total"): "UPDATE {t} SET xmet = met + 1 WHERE met IS NOT NULL",
    ("bmo", "projets", "secrets_gardes"): "UPDATE {t} SET met = 0, met_statut = 'publié' WHERE met IS NULL",
    ("bmo", "projets", "seuil_de_diffusion"): "UPDATE {t} SET met = 1 WHERE met IS NULL",
    ("bmo", "bassins", "couverture_departements"): "DELETE FROM {t} WHERE departement = '14'",
    ("bmo", "bassins", "codes_forme"): _cell("commune", "'1001'"),
    ("bmo", "bassins", "commune_dans_departement"): _cell("departement", "'99'"),
    ("bmo", "bassins", "bassins_de_lenquete"): "UPDATE {t} SET bassin = '9999'",
    ("carmf", "carmf", "annee_du_millesime"): _YEAR,
    ("carmf", "carmf", "age_ou_classe"): _cell("classe_age", "'60-64'"),
    ("carmf", "carmf", "classe_forme"): _cell("classe_age", "'soixante ans'"),
    ("carmf", "carmf", "age_plausible"): _cell("age_liquidation", "162"),
    ("carmf", "carmf", "departement_forme"): _cell("departement", "'Calvados'"),
    ("carmf", "carmf", "nombres_positifs"): _cell("n_liquidations", "-1"),
    ("carmf", "carmf", "cumul_parmi_liquidations"): "UPDATE {t} SET n_cumul = n_liquidations + 1",
    ("cnam_demographie", "cnam_demographie", "annee_du_millesime"): _YEAR,
    ("cnam_demographie", "cnam_demographie", "couverture_departements"): "DELETE FROM {t} WHERE departement = '14'",
    ("cnam_demographie", "cnam_demographie", "couverture_regions"): "DELETE FROM {t} WHERE region = '28'",
    ("cnam_demographie", "cnam_demographie", "departement_forme"): _cell("departement", "'Calvados'"),
    ("cnam_demographie", "cnam_demographie", "territoires_forme"): _cell("departement", "'1'"),
    ("cnam_demographie", "cnam_demographie", "nombres_positifs"): _cell("effectif", "-1"),
    ("cnam_demographie", "cnam_demographie", "densite_recalculee"): _cell("densite", "densite + 1"),
    ("cnam_demographie", "cnam_demographie", "densite_plausible"): _cell("densite", "2001"),
    ("cnam_demographie", "cnam_demographie", "total_france"): {
        2018: "UPDATE {t} SET effectif = effectif + 1 WHERE departement = '14- Calvados'",
        2024: "UPDATE {t} SET effectif = effectif + 1 WHERE departement = '14'",
    },
    ("cnam_demographie", "cnam_demographie", "total_regions"): (
        "UPDATE {t} SET effectif = effectif + 1 WHERE departement = '14'"
    ),
    ("cnam_demographie", "cnam_demographie", "ensemble_nomme"): "UPDATE {t} SET sexe = 'ensemble'",
    ("contours", "contours", "couverture_departements"): "DELETE FROM {t} WHERE code = '14'",
    ("contours", "contours", "niveau_connu"): _cell("niveau", "'canton'"),
    ("contours", "contours", "code_forme"): _cell("code", "'Calvados'"),
    ("contours", "contours", "polygones"): _cell("geometry", "replace(geometry, 'Polygon', 'Point')"),
    ("contours", "contours", "coordonnees_en_degres"): _cell(
        "geometry", "regexp_replace(geometry, '-?[0-9.]+, ', '450000.5, ')"
    ),
    ("dares_fap", "dares_fap", "codes_emboites"): _cell("fap228", "'V1X99'"),
    ("dares_fap", "dares_fap", "libelles_renseignes"): _cell("fap86_libelle", "NULL"),
    ("dares_fap", "dares_fap", "libelle_unique"): ("UPDATE {t} SET fap228 = 'V1X80' WHERE fap228 LIKE 'V%'"),
    ("dares_fap", "dares_fap", "familles_de_sante"): "DELETE FROM {t} WHERE fap86 = 'V1X'",
    ("dares_metiers_2030", "dares_metiers_2030", "couverture_regions"): (
        "DELETE FROM {t} WHERE region_libelle = 'Normandie'"
    ),
    ("dares_metiers_2030", "dares_metiers_2030", "region_entiere"): (
        "DELETE FROM {t} WHERE region_libelle = 'Normandie' AND fap LIKE 'V%'"
    ),
    ("dares_metiers_2030", "dares_metiers_2030", "fap_forme"): _cell("fap", "'Infirmiers'"),
    ("dares_metiers_2030", "dares_metiers_2030", "creations_et_departs"): (
        _cell("postes_a_pourvoir_milliers", "postes_a_pourvoir_milliers + 1")
    ),
    ("dares_metiers_2030", "dares_metiers_2030", "desequilibre"): (
        _cell("desequilibre_milliers", "desequilibre_milliers + 1")
    ),
    ("dares_metiers_2030", "dares_metiers_2030", "part_des_departs"): (
        _cell("departs_fin_carriere_pct", "departs_fin_carriere_pct / 2")
    ),
    ("dares_metiers_2030", "dares_metiers_2030", "nombres_plausibles"): _cell("effectifs_2019_milliers", "-1"),
    ("dares_metiers_2030", "dares_metiers_2030", "debutants_negatifs"): _cell("jeunes_debutants_milliers", "1"),
    ("dares_metiers_2030", "dares_metiers_2030", "notes_de_1_a_5"): _cell("tension_2019", "6"),
    ("dares_tensions", "dares_tensions", "annee_du_millesime"): "UPDATE {t} SET annee = annee - 1",
    ("dares_tensions", "dares_tensions", "tension_lue"): (
        "UPDATE {t} SET tension = NULL, tension_imputee = NULL WHERE niveau_geo = 'dep'"
    ),
    ("dares_tensions", "dares_tensions", "couverture_territoires"): "DELETE FROM {t} WHERE departement = '14'",
    ("dares_tensions", "dares_tensions", "grille_complete"): "DELETE FROM {t} WHERE fap < 'V1' AND departement = '14'",
    ("dares_tensions", "dares_tensions", "fap_forme"): _cell("fap", "'V1Z8'"),
    ("dares_tensions", "dares_tensions", "territoire_forme"): _cell("region", "'28.0'"),
    ("dares_tensions", "dares_tensions", "notes_de_1_a_5"): _cell("main_oeuvre", "0"),
    ("dares_tensions", "dares_tensions", "nombres_positifs"): _cell("emploi_moyen", "-100"),
    ("dares_tensions", "dares_tensions", "tension_plausible"): _cell("tension", "-16"),
    ("drees_demographie", "departements", "annee_du_millesime"): "DELETE FROM {t} WHERE annee = 2020",
    ("drees_demographie", "departements", "couverture_departements"): (
        "DELETE FROM {t} WHERE territoire LIKE '014%' AND annee = 2015 AND profession = 'Medecin'"
    ),
    ("drees_demographie", "departements", "trois_professions"): "DELETE FROM {t} WHERE profession = 'Dentiste'",
    ("drees_demographie", "departements", "territoire_forme"): _cell("territoire", "'Calvados'"),
    ("drees_demographie", "departements", "nombres_positifs"): _cell("effectif", "-1"),
    ("drees_demographie", "departements", "total_france"): _cell("effectif", "effectif + 1"),
    ("drees_demographie", "departements", "sauts_annuels"): (
        "UPDATE {t} SET effectif = effectif * 2 WHERE territoire LIKE '014%' AND annee = 2015"
    ),
    ("drees_demographie", "ages", "annee_du_millesime"): "DELETE FROM {t} WHERE annee = 2020",
    ("drees_demographie", "ages", "trois_professions"): "DELETE FROM {t} WHERE profession = 'Dentiste'",
    ("drees_demographie", "ages", "tranche_forme"): _cell("tranche_age", "'jeunes'"),
    ("drees_demographie", "ages", "total_des_tranches"): _cell("effectif", "effectif + 1"),
    ("drees_demographie", "ages", "meme_total_que_departements"): (
        "UPDATE {t} SET effectif = effectif + 1 WHERE tranche_age = 'Ensemble'"
    ),
    ("drees_demographie", "sexes", "annee_du_millesime"): "DELETE FROM {t} WHERE annee = 2020",
    ("drees_demographie", "sexes", "trois_professions"): "DELETE FROM {t} WHERE profession = 'Dentiste'",
    ("drees_demographie", "sexes", "sexe_connu"): _cell("sexe", "'F'"),
    ("drees_demographie", "sexes", "total_des_sexes"): _cell("effectif", "effectif + 1"),
    ("drees_medecins_ages", "drees_medecins_ages", "couverture_departements"): (
        "DELETE FROM {t} WHERE territoire LIKE '014%'"
    ),
    ("drees_medecins_ages", "drees_medecins_ages", "tranches_completes"): (
        "DELETE FROM {t} WHERE tranche_age LIKE '9%'"
    ),
    ("drees_medecins_ages", "drees_medecins_ages", "territoire_forme"): _cell("territoire", "'Calvados'"),
    ("drees_medecins_ages", "drees_medecins_ages", "nombres_positifs"): _cell("effectif", "-1"),
    ("drees_medecins_ages", "drees_medecins_ages", "total_des_tranches"): _cell("effectif", "effectif + 1"),
    ("drees_medecins_ages", "drees_medecins_ages", "total_france"): (
        "UPDATE {t} SET effectif = effectif + 1 WHERE territoire LIKE '014%' AND tranche_age LIKE '9%'"
    ),
    ("enquete_internes", "enquete_internes", "annee_du_millesime"): _YEAR,
    ("enquete_internes", "enquete_internes", "statut_connu"): _cell("statut", "'peut-être'"),
    ("enquete_internes", "enquete_internes", "finess_forme"): _cell("finess_ej", "'14900001'"),
    ("enquete_internes", "enquete_internes", "un_depot_par_repondant"): _TWICE,
    ("enquete_internes", "enquete_internes", "reponses_a_verifier"): "UPDATE {t} SET anomalie = 'à vérifier'",
    ("enquete_internes", "enquete_internes", "reponses_recues"): (
        "UPDATE {t} SET valeur = CASE question WHEN 'repondants' THEN 0 ELSE 20 END WHERE modalite = 'ensemble'"
    ),
    ("enquete_rh", "enquete_rh", "annee_du_millesime"): _YEAR,
    ("enquete_rh", "enquete_rh", "statut_connu"): _cell("statut", "'nd'"),
    ("enquete_rh", "enquete_rh", "finess_forme"): _cell("finess_ej", "'14900001'"),
    ("enquete_rh", "enquete_rh", "un_depot_par_repondant"): _TWICE,
    ("enquete_rh", "enquete_rh", "reponses_a_verifier"): "UPDATE {t} SET anomalie = 'à vérifier'",
    (
        "enquete_rh",
        "enquete_rh",
        "etp_du_meme_ordre",
    ): "UPDATE {t} SET valeur = 10 * valeur WHERE question = 'etp_moyens'",
    ("finess", "etablissements", "annee_du_millesime"): _cell("date_extraction", "DATE '1999-01-01'"),
    ("finess", "etablissements", "couverture_departements"): "DELETE FROM {t} WHERE departement = '14'",
    ("finess", "etablissements", "codes_en_masse"): "UPDATE {t} SET finess_ej = raison_sociale",
    ("finess", "etablissements", "codes_forme"): _cell("finess", "'14000010'"),
    ("finess", "etablissements", "commune_forme"): _cell("commune_courte", "'14118'"),
    ("finess", "etablissements", "categorie_renseignee"): _cell("categorie", "NULL"),
    ("finess", "etablissements", "ouvert_avant"): _cell("date_ouverture", "DATE '2099-01-01'"),
    ("finess", "geolocalisations", "annee_du_millesime"): _cell("date_extraction", "DATE '1999-01-01'"),
    ("finess", "geolocalisations", "une_par_etablissement"): "DELETE FROM {t} WHERE finess LIKE '14%'",
    ("finess", "geolocalisations", "etablissement_connu"): _cell("finess", "'999999999'"),
    ("finess", "geolocalisations", "coordonnees_plausibles"): "UPDATE {t} SET x = y, y = x",
    ("finess", "entites_juridiques", "annee_du_millesime"): _cell("date_extraction", "DATE '1999-01-01'"),
    ("finess", "entites_juridiques", "codes_en_masse"): "UPDATE {t} SET statut_juridique = departement || ' '",
    ("finess", "entites_juridiques", "codes_forme"): _cell("finess_ej", "'14000010'"),
    ("finess", "entites_juridiques", "entites_des_etablissements"): "DELETE FROM {t} WHERE finess_ej LIKE '1%'",
    ("finess", "annuels", "couverture_departements"): "DELETE FROM {t} WHERE departement = '14'",
    ("finess", "annuels", "codes_forme"): _cell("finess_ej", "'14000010'"),
    ("finess", "annuels", "commune_forme"): _cell("commune", "'1118'"),
    ("finess", "annuels", "categorie_renseignee"): _cell("categorie", "NULL"),
    ("finess_plus", "entites_juridiques", "annee_du_millesime"): _cell("genere_le", "'1999-01-01T00:00:00Z'"),
    ("finess_plus", "entites_juridiques", "version_connue"): "UPDATE {t} SET version_schema = 'v2.0.0'",
    ("finess_plus", "entites_juridiques", "codes_forme"): _cell("finess_ej", "'14000010'"),
    ("finess_plus", "entites_juridiques", "etat_connu"): _cell("etat", "'X'"),
    ("finess_plus", "entites_juridiques", "fermeture_dite"): (
        "UPDATE {t} SET etat = 'I', date_fermeture = NULL " + FIRST
    ),
    ("finess_plus", "etablissements", "annee_du_millesime"): _cell("genere_le", "'1999-01-01T00:00:00Z'"),
    ("finess_plus", "etablissements", "codes_forme"): _cell("finess", "'14000010'"),
    ("finess_plus", "etablissements", "entites_connues"): "UPDATE {t} SET finess_ej = '999999999'",
    ("finess_plus", "etablissements", "etat_connu"): _cell("etat", "'X'"),
    ("finess_plus", "etablissements", "part_active"): "UPDATE {t} SET etat = 'I'",
    ("finess_plus", "etablissements", "categorie_forme"): _cell("categorie", "NULL"),
    ("finess_plus", "etablissements", "fermeture_dite"): "UPDATE {t} SET etat = 'I', date_fermeture = NULL " + FIRST,
    ("finess_plus", "adresses", "une_par_etablissement"): "DELETE FROM {t} WHERE finess LIKE '1%'",
    ("finess_plus", "adresses", "couverture_departements"): "DELETE FROM {t} WHERE commune LIKE '14%'",
    ("finess_plus", "adresses", "commune_forme"): _cell("commune", "'1118'"),
    ("finess_plus", "adresses", "degres_plausibles"): "UPDATE {t} SET latitude = longitude, longitude = latitude",
    ("finess_plus", "groupements", "annee_du_millesime"): _cell("genere_le", "'1999-01-01T00:00:00Z'"),
    ("finess_plus", "groupements", "type_connu"): _cell("type_groupement", "'003'"),
    ("finess_plus", "groupements", "numero_forme"): _cell("num_finess", "'28106'"),
    ("finess_plus", "groupements", "etat_connu"): _cell("etat", "'X'"),
    ("finess_plus", "groupement_membres", "role_connu"): _cell("role", "'X'"),
    ("finess_plus", "groupement_membres", "groupement_connu"): _cell("gcc_id", "'inconnu'"),
    ("finess_plus", "groupement_membres", "un_seul_support"): "UPDATE {t} SET role = 'M'",
    ("finess_plus", "groupement_membres", "un_seul_groupement"): (
        "UPDATE {t} SET pm_id = (SELECT min(pm_id) FROM {t})"
    ),
    ("finess_plus", "groupement_membres", "membres_connus"): "UPDATE {t} SET pm_id = 'inconnu'",
    # The same sheets for each profession, and for nurses.
    (
        "drees_professionnels",
        "effectifs",
        "annee_du_millesime",
    ): "DELETE FROM {t} WHERE annee = (SELECT max(annee) FROM {t})",
    (
        "drees_professionnels",
        "effectifs",
        "couverture_departements",
    ): "DELETE FROM {t} WHERE departement = '014-Calvados'",
    ("drees_professionnels", "effectifs", "territoires_forme"): _cell("departement", "'Calvados'"),
    ("drees_professionnels", "effectifs", "modalites_forme"): _cell("sexe", "'Femmes'"),
    ("drees_professionnels", "effectifs", "seuil_de_diffusion"): _cell("effectif", "3"),
    (
        "drees_professionnels",
        "effectifs",
        "sexes_et_ensemble",
    ): "UPDATE {t} SET effectif = effectif + 1 WHERE sexe = '2-Femmes'",
    (
        "drees_professionnels",
        "ages_moyens",
        "annee_du_millesime",
    ): "DELETE FROM {t} WHERE annee = (SELECT max(annee) FROM {t})",
    (
        "drees_professionnels",
        "ages_moyens",
        "couverture_departements",
    ): "DELETE FROM {t} WHERE departement = '014-Calvados'",
    ("drees_professionnels", "ages_moyens", "territoires_forme"): _cell("departement", "'Calvados'"),
    ("drees_professionnels", "ages_moyens", "modalites_forme"): _cell("sexe", "'Femmes'"),
    ("drees_professionnels", "ages_moyens", "age_plausible"): _cell("age_moyen", "120"),
    (
        "drees_professionnels",
        "densites",
        "annee_du_millesime",
    ): "DELETE FROM {t} WHERE annee = (SELECT max(annee) FROM {t})",
    (
        "drees_professionnels",
        "densites",
        "couverture_departements",
    ): "DELETE FROM {t} WHERE departement = '014-Calvados'",
    ("drees_professionnels", "densites", "territoires_forme"): _cell("departement", "'Calvados'"),
    ("drees_professionnels", "densites", "modalites_forme"): _cell("sexe", "'Femmes'"),
    ("drees_professionnels", "densites", "densite_plausible"): _cell("densite", "6000"),
    (
        "drees_infirmiers",
        "effectifs",
        "annee_du_millesime",
    ): "DELETE FROM {t} WHERE annee = (SELECT max(annee) FROM {t})",
    ("drees_infirmiers", "effectifs", "couverture_departements"): "DELETE FROM {t} WHERE departement = '014-Calvados'",
    ("drees_infirmiers", "effectifs", "territoires_forme"): _cell("departement", "'Calvados'"),
    ("drees_infirmiers", "effectifs", "modalites_forme"): _cell("sexe", "'Femmes'"),
    ("drees_infirmiers", "effectifs", "seuil_de_diffusion"): _cell("effectif", "3"),
    (
        "drees_infirmiers",
        "effectifs",
        "sexes_et_ensemble",
    ): "UPDATE {t} SET effectif = effectif + 1 WHERE sexe = '2-Femmes'",
    (
        "drees_infirmiers",
        "ages_moyens",
        "annee_du_millesime",
    ): "DELETE FROM {t} WHERE annee = (SELECT max(annee) FROM {t})",
    (
        "drees_infirmiers",
        "ages_moyens",
        "couverture_departements",
    ): "DELETE FROM {t} WHERE departement = '014-Calvados'",
    ("drees_infirmiers", "ages_moyens", "territoires_forme"): _cell("departement", "'Calvados'"),
    ("drees_infirmiers", "ages_moyens", "modalites_forme"): _cell("sexe", "'Femmes'"),
    ("drees_infirmiers", "ages_moyens", "age_plausible"): _cell("age_moyen", "120"),
    (
        "drees_infirmiers",
        "densites",
        "annee_du_millesime",
    ): "DELETE FROM {t} WHERE annee = (SELECT max(annee) FROM {t})",
    ("drees_infirmiers", "densites", "couverture_departements"): "DELETE FROM {t} WHERE departement = '014-Calvados'",
    ("drees_infirmiers", "densites", "territoires_forme"): _cell("departement", "'Calvados'"),
    ("drees_infirmiers", "densites", "modalites_forme"): _cell("sexe", "'Femmes'"),
    ("drees_infirmiers", "densites", "densite_plausible"): _cell("densite", "6000"),
    ("apl", "apl", "annee_du_millesime"): "DELETE FROM {t} WHERE annee = (SELECT max(annee) FROM {t})",
    ("apl", "apl", "couverture_departements"): "DELETE FROM {t} WHERE commune LIKE '14%'",
    ("apl", "apl", "commune_forme"): _cell("commune", "'Total'"),
    ("apl", "apl", "nombres_positifs"): _cell("apl", "-1"),
    ("apl", "apl", "bornes_d_age"): "UPDATE {t} SET apl_65 = apl + 1",
    ("apl", "apl", "unite_plausible"): "UPDATE {t} SET apl = apl * 10",
    (
        "insee_population_ages",
        "insee_population_ages",
        "annee_du_millesime",
    ): "DELETE FROM {t} WHERE annee = (SELECT max(annee) FROM {t})",
    (
        "insee_population_ages",
        "insee_population_ages",
        "couverture_departements",
    ): "DELETE FROM {t} WHERE departement = '14'",
    ("insee_population_ages", "insee_population_ages", "departement_forme"): _cell("departement", "'Calvados'"),
    (
        "insee_population_ages",
        "insee_population_ages",
        "classes_completes",
    ): "DELETE FROM {t} WHERE tranche_age = '65 à 69 ans'",
    ("insee_population_ages", "insee_population_ages", "nombres_positifs"): _cell("population", "-1"),
    ("insee_population_ages", "insee_population_ages", "hommes_et_femmes"): _cell("population", "population + 1"),
    ("insee_population_ages", "insee_population_ages", "total_des_classes"): _cell("population", "population + 1"),
    ("insee_omphale", "insee_omphale", "horizon"): "DELETE FROM {t} WHERE annee > 2040",
    ("insee_omphale", "insee_omphale", "couverture_departements"): "DELETE FROM {t} WHERE zone IN ('Calvados', 'Eure')",
    ("insee_omphale", "insee_omphale", "sexes_connus"): _cell("sexe", "'Ensemble'"),
    ("insee_omphale", "insee_omphale", "age_forme"): _cell("age", "'Total'"),
    ("insee_omphale", "insee_omphale", "nombres_positifs"): _cell("population", "-1"),
    ("cnam_medecin_traitant", "cnam_medecin_traitant", "annee_du_millesime"): "UPDATE {t} SET annee = 1999",
    (
        "cnam_medecin_traitant",
        "cnam_medecin_traitant",
        "couverture_departements",
    ): "DELETE FROM {t} WHERE departement IN ('14', '27')",
    ("cnam_medecin_traitant", "cnam_medecin_traitant", "territoires_forme"): _cell("departement", "'Calvados'"),
    ("cnam_medecin_traitant", "cnam_medecin_traitant", "taux_en_pourcent"): _cell("taux", "101"),
    (
        "cnam_medecin_traitant",
        "cnam_medecin_traitant",
        "une_france",
    ): "DELETE FROM {t} WHERE region = '14'; INSERT INTO {t} SELECT * FROM {t} WHERE region = '99'",
    ("cnam_ald", "cnam_ald", "annee_du_millesime"): _YEAR,
    ("cnam_ald", "cnam_ald", "une_pathologie"): _cell("top", "'DIA_IND_IND'"),
    ("cnam_ald", "cnam_ald", "couverture_departements"): "DELETE FROM {t} WHERE departement IN ('14', '27')",
    ("cnam_ald", "cnam_ald", "territoires_forme"): _cell("departement", "'Calvados'"),
    ("cnam_ald", "cnam_ald", "parts_du_total"): _cell("patients", "population + 1"),
    ("cnam_ald", "cnam_ald", "seuil_de_diffusion"): _cell("patients", "3"),
    ("cnam_ald", "cnam_ald", "ensemble_present"): "UPDATE {t} SET sexe = '9 - tous'",
    ("ght", "ght", "annee_du_millesime"): _YEAR,
    ("ght", "ght", "codes_forme"): _cell("code_ght", "'NOR-01'"),
    ("ght", "ght", "un_seul_ght"): "UPDATE {t} SET finess_ej = (SELECT min(finess_ej) FROM {t})",
    ("ght", "ght", "region_annoncee"): _cell("finess_ej", "'720000025'"),
    ("ght", "ght", "liste_de_la_region"): "UPDATE {t} SET finess_ej = '35' || substr(finess_ej, 3)",
    ("ght", "ght", "nom_unique"): _cell("nom_ght", "'Autre'"),
    ("insee_cog", "communes", "couverture_departements"): "DELETE FROM {t} WHERE departement = '14'",
    ("insee_cog", "communes", "couverture_regions"): "DELETE FROM {t} WHERE region = '06'",
    ("insee_cog", "communes", "codes_forme"): _cell("commune", "'1001'"),
    ("insee_cog", "communes", "zonages_renseignes"): _cell("epci", "NULL"),
    ("insee_cog", "communes", "departement_dans_une_region"): _cell("region", "'28'"),
    ("insee_cog", "communes", "communes_comptees"): "DELETE FROM {t} WHERE _rang % 100 = 7",
    ("insee_cog", "libelles", "niveaux_presents"): "DELETE FROM {t} WHERE niveau = 'ZE2020'",
    ("insee_cog", "libelles", "niveaux_complets"): "DELETE FROM {t} WHERE niveau = 'BV2022' AND code > '8'",
    ("insee_cog", "libelles", "libelle_renseigne"): _cell("libelle", "NULL"),
    ("insee_cog", "libelles", "communes_par_departement"): (
        "UPDATE {t} SET nb_communes = nb_communes + 1 WHERE niveau = 'DEP' AND code = '14'"
    ),
    ("insee_population_communes", "insee_population_communes", "annee_du_millesime"): (
        "DELETE FROM {t} WHERE annee2 = 21"
    ),
    ("insee_population_communes", "insee_population_communes", "couverture_departements"): (
        "DELETE FROM {t} WHERE departement = '14'"
    ),
    ("insee_population_communes", "insee_population_communes", "ordre_de_grandeur"): (
        "UPDATE {t} SET population = population * 2 WHERE annee2 = 21"
    ),
    ("insee_population_communes", "insee_population_communes", "commune_forme"): _cell("commune", "'1001'"),
    ("insee_population_communes", "insee_population_communes", "nombres_positifs"): _cell("population", "-1"),
    ("insee_population_communes", "insee_population_communes", "cases_vides"): (
        "UPDATE {t} SET population = NULL WHERE annee2 = 21"
    ),
    ("insee_population_departements", "insee_population_departements", "annee_du_millesime"): (
        "DELETE FROM {t} WHERE annee = 2022"
    ),
    ("insee_population_departements", "insee_population_departements", "couverture_departements"): (
        "DELETE FROM {t} WHERE annee = 2015 AND departement = '14'"
    ),
    ("insee_population_departements", "insee_population_departements", "annees_completes"): (
        "DELETE FROM {t} WHERE annee = 1980"
    ),
    ("insee_population_departements", "insee_population_departements", "departement_forme"): (
        _cell("departement", "'France'")
    ),
    ("insee_population_departements", "insee_population_departements", "nombres_positifs"): _cell("population", "NULL"),
    ("insee_population_departements", "insee_population_departements", "classes_connues"): (
        _cell("tranche_age", "'65 ans et plus'")
    ),
    ("insee_population_departements", "insee_population_departements", "hommes_et_femmes"): (
        _cell("population", "population + 1")
    ),
    ("insee_population_departements", "insee_population_departements", "total_des_classes"): (
        _cell("population", "population + 1")
    ),
    ("insee_population_departements", "insee_population_departements", "total_france"): (
        "UPDATE {t} SET population = population + 1 WHERE departement = '14' AND annee = 2020"
    ),
    ("laposte_codes_postaux", "laposte_codes_postaux", "couverture_departements"): (
        "DELETE FROM {t} WHERE commune LIKE '14%' OR commune LIKE '98%'"
    ),
    ("laposte_codes_postaux", "laposte_codes_postaux", "codes_forme"): _cell("code_postal", "'1000'"),
    ("laposte_codes_postaux", "laposte_codes_postaux", "departements_accordes"): (
        "UPDATE {t} SET code_postal = '99000' WHERE commune LIKE '14%'"
    ),
    ("parcoursup", "formations", "annee_du_millesime"): _cell("session", "1999"),
    ("parcoursup", "formations", "region_annoncee"): _cell("region_etab_aff", "'Bretagne'"),
    ("parcoursup", "formations", "couverture_regions"): "UPDATE {t} SET perimetre = NULL",
    ("parcoursup", "formations", "ifsi_presents"): "UPDATE {t} SET fili = 'Institut de formation'",
    ("parcoursup", "formations", "codes_forme"): _cell("cod_uai", "'IFSI'"),
    ("parcoursup", "formations", "departement_forme"): _cell("dep", "'Calvados'"),
    ("parcoursup", "formations", "nombres_positifs"): _cell("capa_fin", "-1"),
    ("parcoursup", "formations", "parts_du_total"): _cell("acc_tot_f", "acc_tot + 1"),
    ("parcoursup", "formations", "taux_en_pourcent"): _cell("taux_acces_ens", "101"),
    ("parcoursup", "formations", "capacite_plausible"): _cell("capa_fin", "1"),
    ("parcoursup", "localisations", "couverture_regions"): "DELETE FROM {t} WHERE region_libelle = 'Normandie'",
    ("parcoursup", "localisations", "uai_forme"): _cell("cod_uai", "'T171435T'"),
    ("parcoursup", "localisations", "coordonnees_forme"): _cell("coordonnees", "'Caen'"),
    ("sae", "id", "annee_du_millesime"): _YEAR,
    ("sae", "id", "couverture_departements"): "DELETE FROM {t} WHERE departement = '14'",
    ("sae", "id", "couverture_regions"): "DELETE FROM {t} WHERE region = '06'",
    ("sae", "id", "finess_forme"): _cell("finess_ej", "'Source : DREES'"),
    ("sae", "id", "departement_forme"): _cell("departement", "'ZZ'"),
    ("sae", "id", "region_forme"): _cell("region", "'Normandie'"),
    ("sae", "id", "commune_forme"): _cell("commune", "'1001'"),
    ("sae", "id", "commune_dans_departement"): _cell("commune", "'99999'"),
    ("sae", "id", "secteur_connu"): _cell("secteur", "'4'"),
    ("sae", "id", "raison_sociale_renseignee"): _cell("raison_sociale", "NULL"),
    ("sae", "sygen", "annee_du_millesime"): _YEAR,
    ("sae", "sygen", "couverture_departements"): _region(),
    ("sae", "sygen", "synthese_complete"): "DELETE FROM {t} WHERE _rang % 50 = 7",
    ("sae", "sygen", "finess_forme"): _cell("finess", "'14000010'"),
    ("sae", "sygen", "etablissement_identifie"): _cell("finess", "'140000000'"),
    ("sae", "sygen", "nombres_positifs"): _cell("LIT_MED", "-1"),
    ("sae", "sygen", "total_medical"): _cell("EFFLIB_TOT", "999"),
    ("sae", "sygen", "total_non_medical_etp"): _cell("ETP_DIR", "999"),
    ("sae", "sygen", "total_non_medical_effectif"): _cell("EFF_SOINS", "99999"),
    ("sae", "sygen", "dont_dans_son_groupe"): _cell("ETP_DTSOC", "999"),
    ("sae", "sygen", "infirmiers_trop_rares"): (
        "UPDATE {t} SET ETP_INFSANSSPE = 0, ETP_INFAVECSPE = 0 WHERE LIT_MCO >= 20 AND ETP_TOT_PNM > 100"
    ),
    ("sae", "sygen", "effectif_saisi"): "UPDATE {t} SET EFF_TOT_PNM = 0",
    ("sae", "q20", "annee_du_millesime"): _YEAR,
    ("sae", "q20", "couverture_departements"): _region(),
    ("sae", "q20", "bordereau_complet"): "DELETE FROM {t} WHERE finess LIKE '%7'",
    ("sae", "q20", "codes_forme"): _cell("perso", "'TOTAL'"),
    ("sae", "q20", "nombres_positifs"): _cell("EFFSAL", "-1"),
    ("sae", "q20", "statuts_positifs"): _cell("ETP_PU", "-0.01"),
    ("sae", "q20", "hommes_et_femmes"): _cell("ETPSALF", "999"),
    ("sae", "q20", "total_des_specialites"): (
        "UPDATE {t} SET EFFSAL = coalesce(EFFSAL, 0) + 1 "
        "WHERE perso = 'M9999' AND finess = (SELECT min(finess) FROM {t})"
    ),
    ("sae", "q20", "totaux_en_masse"): "UPDATE {t} SET ETPSAL = ETPSAL + 1 WHERE perso = 'M9999'",
    ("sae", "q21", "annee_du_millesime"): _YEAR,
    ("sae", "q21", "couverture_departements"): _region(),
    ("sae", "q21", "bordereau_complet"): "DELETE FROM {t} WHERE finess LIKE '%7'",
    ("sae", "q21", "codes_forme"): _cell("disci", "'2900'"),
    ("sae", "q21", "nombres_positifs"): _cell("ETP_SAL", "-1"),
    ("sae", "q21", "disciplines_additives"): _cell("ETP_SAL", "coalesce(ETP_SAL, 0) + 1"),
    ("sae", "q22", "annee_du_millesime"): _YEAR,
    ("sae", "q22", "couverture_departements"): _region(),
    ("sae", "q22", "bordereau_complet"): "DELETE FROM {t} WHERE finess LIKE '%2%'",
    ("sae", "q22", "finess_forme"): _cell("finess", "'14'"),
    ("sae", "q22", "nombres_positifs"): _cell("INT", "-1"),
    ("sae", "q22", "ordre_de_grandeur"): "UPDATE {t} SET INT = DOCJU, DOCJU = INT",
    ("sae", "q24", "annee_du_millesime"): _YEAR,
    ("sae", "q24", "couverture_departements"): _region(),
    ("sae", "q24", "bordereau_complet"): "DELETE FROM {t} WHERE finess LIKE '%7'",
    ("sae", "q24", "codes_forme"): _cell("disci", "'2900'"),
    ("sae", "q24", "nombres_positifs"): _cell("ETPPNM", "-1"),
    ("sae", "q24", "total_des_fonctions"): _cell("ETPPNM", "coalesce(ETPPNM, 0) + 1"),
    ("sae", "q24", "disciplines_additives"): (
        "UPDATE {t} SET ETPPNM = ETPPNM + 1 WHERE disci = '9999' AND finess = (SELECT min(finess) FROM {t})"
    ),
    ("sae", "q24", "totaux_en_masse"): "UPDATE {t} SET ETPPNM = ETPPNM + 1 WHERE disci = '9999'",
    ("sae", "ght", "couverture_regions"): "DELETE FROM {t} WHERE code_ght LIKE '28%'",
    ("sae", "ght", "code_forme"): _cell("code_ght", "'NOR-01'"),
    ("sae", "ght", "nombres_positifs"): _cell("EFFSAL_TOT", "-1"),
    ("sae", "ght", "totaux"): _cell("ETP_TOT_PNM", "99999"),
    ("sae", "ght", "ght_dans_le_total"): "UPDATE {t} SET EFFSAL_TOT = EFFSAL_TOT * 10",
    ("cnracl", "cnracl", "annee_du_millesime"): _YEAR,
    ("cnracl", "cnracl", "age_ou_classe"): _cell("classe_age", "'60-64'"),
    ("cnracl", "cnracl", "classe_forme"): _cell("classe_age", "'soixante ans'"),
    ("cnracl", "cnracl", "age_plausible"): _cell("age_liquidation", "162"),
    ("cnracl", "cnracl", "departement_forme"): _cell("departement", "'Calvados'"),
    ("cnracl", "cnracl", "nombres_positifs"): _cell("n_liquidations", "-1"),
    ("cnracl", "cnracl", "cumul_parmi_liquidations"): "UPDATE {t} SET n_cumul = n_liquidations + 1",
    ("dispositifs", "dispositifs", "annee_du_millesime"): _YEAR,
    ("dispositifs", "dispositifs", "code_forme"): _cell("code", "'Calvados'"),
    ("dispositifs", "dispositifs", "nombres_positifs"): _cell("montant", "-1"),
    ("dispositifs", "dispositifs", "dates_ordonnees"): _cell("date_fin", "DATE '1999-01-01'"),
    ("dispositifs", "dispositifs", "montant_plausible"): (
        "UPDATE {t} SET montant = 1000000 * beneficiaires WHERE nature = 'personnes'"
    ),
    ("dispositifs", "dispositifs", "petits_effectifs"): (
        "UPDATE {t} SET niveau = 'commune', nature = 'personnes', beneficiaires = 2, montant = 100"
    ),
    ("formations_capacites", "formations_capacites", "annee_du_millesime"): _YEAR,
    ("formations_capacites", "formations_capacites", "region_forme"): _cell("region", "'Normandie'"),
    ("formations_capacites", "formations_capacites", "capacite_plausible"): _cell("capacite", "30000"),
    ("formations_capacites", "formations_capacites", "une_region_par_universite"): _cell("region", "'00'"),
    ("formations_sanitaires", "instituts", "annee_du_millesime"): _YEAR,
    ("formations_sanitaires", "instituts", "uai_forme"): _cell("uai", "'140001'"),
    ("formations_sanitaires", "instituts", "commune_forme"): _cell("commune", "'Caen'"),
    ("formations_sanitaires", "instituts", "nombres_positifs"): _cell("entrants", "-1"),
    ("formations_sanitaires", "instituts", "apprentis_parmi_les_presents"): _cell("apprentis", "9999"),
    ("formations_sanitaires", "instituts", "entrants_et_places"): _cell("entrants", "2 * places_autorisees"),
    ("formations_sanitaires", "instituts", "un_nom_par_institut"): (
        "INSERT INTO {t} SELECT * REPLACE ('AUTRE' AS institut) FROM {t} LIMIT 1"
    ),
    ("formations_sanitaires", "promotions", "annee_du_millesime"): _cell("annee_entree", "annee + 1"),
    ("formations_sanitaires", "promotions", "uai_forme"): _cell("uai", "'140001'"),
    ("formations_sanitaires", "promotions", "nombres_positifs"): _cell("en_formation", "-1"),
    ("formations_sanitaires", "promotions", "diplomes_parmi_les_entrants"): _cell("diplomes", "entrants + 1"),
    ("formations_sanitaires", "promotions", "promotion_equilibree"): _cell("interruptions", "interruptions + 1"),
    ("internat_postes", "internat_postes", "annee_du_millesime"): _YEAR,
    ("internat_postes", "internat_postes", "nombres_positifs"): _cell("postes", "-1"),
    ("internat_postes", "internat_postes", "parts_du_total"): _cell("postes_cesp", "postes + 1"),
    ("internat_postes", "internat_postes", "total_national"): _cell("postes", "postes + 1"),
    ("internat_postes", "internat_postes", "specialites_nombreuses"): (
        "DELETE FROM {t} WHERE specialite <> 'medecine_generale'"
    ),
    ("mpom", "mpom", "annee_du_millesime"): _cell("periode_debut", "2016"),
    ("mpom", "mpom", "periode_de_cinq_ans"): _cell("periode_fin", "2031"),
    ("mpom", "mpom", "region_forme"): _cell("region", "'Normandie'"),
    ("mpom", "mpom", "nombres_positifs"): _cell("seuil_min", "-1"),
    ("mpom", "mpom", "seuils_encadrent"): _cell("objectif", "2 * seuil_max"),
    ("mpom", "mpom", "total_national"): _cell("objectif", "objectif + 1"),
    ("tvs", "tvs", "couverture_departements"): "DELETE FROM {t} WHERE left(commune, 2) IN ('14', '76')",
    ("tvs", "tvs", "commune_forme"): _cell("commune", "'1001'"),
    ("tvs", "tvs", "un_nom_par_territoire"): "UPDATE {t} SET tvs = '28001'",
    ("zonage_arretes", "zonage_arretes", "periodes_disjointes"): (
        "UPDATE {t} SET valide_au = NULL WHERE profession = 'medecin'"
    ),
    ("zonage_arretes", "zonage_arretes", "arretes_du_millesime"): _cell("date_arrete", "DATE '2099-01-01'"),
    ("zonage_arretes", "zonage_arretes", "dates_ordonnees"): _cell("valide_au", "valide_du - 1"),
    ("zonage_arretes", "zonage_arretes", "zone_de_la_profession"): _cell("zone", "'TSD'"),
    ("zonage_arretes", "zonage_arretes", "code_forme"): ("UPDATE {t} SET code = '1001' WHERE niveau = 'commune'"),
    ("zonage_medecins", "zonage_medecins", "couverture_departements"): "DELETE FROM {t} WHERE code_postal LIKE '14%'",
    ("zonage_medecins", "zonage_medecins", "code_postal_forme"): _cell("code_postal", "'140'"),
    ("zonage_medecins", "zonage_medecins", "zone_connue"): _cell("zone", "NULL"),
    ("zonage_medecins", "zonage_medecins", "quatre_zones"): "DELETE FROM {t} WHERE zone = '4_ZAR'",
    ("zonage_medecins", "zonage_medecins", "resultats_disponibles"): (
        "UPDATE {t} SET zone = 'N/A - résultat non disponible' WHERE zone = '2_ZAC'"
    ),
}
