"""For each rule of expectations/marts/, SQL that breaks a good mart in the way the rule guards against.

`{t}` is a copy of the mart; statements are separated by `;`. The rules that every mart has (unique and
filled at its grain) are broken by the test itself.
"""


def _set(column: str, value: str, where: str = "rowid = 0") -> str:
    return f"UPDATE {{t}} SET {column} = {value} WHERE {where}"


_NOTHING = "DELETE FROM {t}"
_ONE_LESS = "DELETE FROM {t} WHERE rowid = 0"
_PLACE = _set("code", "'ZZZ'", "niveau = 'departement' AND code = '14'")
_STATUS = _set("statut", "'deviné'")
_SILENT = _set("valeur", "NULL", "rowid = (SELECT min(rowid) FROM {t} WHERE valeur IS NOT NULL)")
_NEGATIVE = _set("valeur", "-1")
_DONT = _set("dont", "NOT dont")
_DETAIL = _set("valeur", "valeur + 1", "rowid = (SELECT min(rowid) FROM {t} WHERE ligne = 'détail' AND valeur > 0)")
_MORE = _set("valeur", "valeur + 1", "niveau = 'region' AND code = '28'")

MARTS: dict[str, dict[str, str]] = {
    "atlas.remplacement": {
        "vide_avec_motif": "UPDATE {t} SET motif = 'sans raison', valeur = 1, statut = 'calculé'",
        "rapport_recalcule": "UPDATE {t} SET valeur = 1, entrants = 500, departs_annuels = 100",
    },
    "reference.seuils": {
        "seuils_utiles": _set("valeur", "0"),
        "seuils_presents": _ONE_LESS,
    },
    "qualite.alertes": {
        "natures_connues": _set("nature", "'bruit'"),
        "severites_connues": _set("severite", "'grave'"),
        "hors_des_bornes": _set("bas", "apres - 1", "apres IS NOT NULL") + "; UPDATE {t} SET haut = apres + 1",
        "petits_nombres_tus": "UPDATE {t} SET nature = 'baisse d''un cinquième', avant = 3, apres = 1",
        "explique_abaisse": "UPDATE {t} SET severite = 'forte', explication = 'connue'",
        "avant_puis_apres": _set("annee_avant", "annee + 1"),
        "lisible": "INSERT INTO {t} SELECT a.* REPLACE ('forte' AS severite) FROM {t} AS a, range(400) LIMIT 40000",
    },
    "reference.appartenances": {
        "communes_situees": "DELETE FROM {t} WHERE niveau = 'departement' AND rowid % 7 = 0",
        "territoires_connus": _PLACE,
    },
    "core.annees_population": {
        "annee_connue": _set("annee_population", "1800"),
        "la_plus_proche": "UPDATE {t} SET annee_population = (SELECT min(annee_population) FROM {t})",
    },
    "reference.ruptures": {
        "source_connue": _set("source", "'inconnue'"),
        "profession_connue": _set("profession", "'astronaute'"),
    },
    "reference.professions_rpps": {
        "codes_de_latlas": _set("code_ans", "'99'", "profession = 'medecin'"),
        "professions_de_latlas": "DELETE FROM {t} WHERE profession = 'medecin'",
    },
    "reference.specialites_rpps": {
        "un_intitule_par_groupe": _set("groupe_libelle", "groupe_libelle || savoir_faire", "true"),
        "medecine_generale": _set("specialite_groupe", "'cardiologie'", "savoir_faire = 'SM26'"),
        "codes_groupes": _NOTHING,
    },
    "core.rpps_activites": {
        "toutes_les_lignes": _ONE_LESS,
        "empreintes": _set("personne", "'10001234567'"),
        "motifs_connus": _set("exclusion", "'sans raison'"),
        "professions_connues": _set("profession", "'autre'"),
    },
    "core.rpps_personnes": {
        "une_fois_chacune": _ONE_LESS,
        "sites_et_modes": _set("sites", "activites + 1"),
        "lieux_connus": "UPDATE {t} SET departement = NULL",
    },
    "atlas.effectifs_rpps": {
        "non_vide": _NOTHING,
        "deux_comptes": _set("effectif", "effectif + 1", "niveau = 'france' AND methode = 'prorata'"),
        "sommes": _set("effectif", "effectif + 1", "specialite_groupe = 'ensemble' AND mode_exercice = 'ensemble'"),
        "entiers": _set("effectif", "effectif + 0.5", "methode = 'personne'"),
        "territoires_connus": _set("code", "'ZZZ'", "niveau = 'departement'"),
        "total_national": _set("effectif", "effectif + 1", "niveau = 'france' AND methode = 'personne'"),
    },
    "atlas.mouvements_rpps": {
        "bilan": _set("presents", "presents + 1"),
        "flux_bornes": _set("entrees", "presents + 1"),
        "meme_cle": "UPDATE {t} SET presents = 500, presents_avant = 500, entrees = 500",
        "sorties_plausibles": "UPDATE {t} SET presents_avant = 2000, sorties = 1000, statut = 'calculé'",
        "france_close": _set("arrivees", "1", "niveau = 'france'"),
    },
    "atlas.mesures": {
        "rapport_possible": _set("denominateur", "0"),
        "part_dans_son_total": _set("numerateur", "denominateur + 1", "intervalle = 'Wilson'"),
        "methode_connue": _set("intervalle", "'Wald'"),
        "indicateur_defini": _set("indicateur", "'age_du_capitaine'"),
    },
    "atlas.indicateurs": {
        "territoires_connus": _PLACE,
        "bornes_presentes": _set("bas", "NULL", "intervalle IS NOT NULL"),
        "valeur_dans_l_intervalle": _set("valeur", "haut + 1", "haut IS NOT NULL"),
        "bornes_d_une_part": _set("haut", "1.5", "intervalle = 'Wilson'"),
        "petits_nombres_non_compares": "UPDATE {t} SET petit_nombre = true, face_a_france = 'plus haut'",
        "comparaison_connue": _set("face_a_region", "'pareil'"),
    },
    "atlas.departs_attendus": {
        "territoires_connus": _PLACE,
        "departs_parmi_presents": _set("departs", "effectif + 1"),
        "central_dans_l_intervalle": _set("bas", "NULL", "scenario = 'central'"),
        "dix_ans_apres_cinq": _set("departs", "0", "horizon = 10"),
        "sans_infirmiers": _set("profession", "'infirmier'"),
    },
    "atlas.projections": {
        "territoires_connus": _PLACE,
        "projection_dans_l_intervalle": _set("haut", "effectif - 1", "haut IS NOT NULL"),
        "une_methode_retenue": _set("retenue", "true", "true"),
        "sans_infirmiers": _set("profession", "'infirmier'"),
    },
    "qualite.projections_epreuve": {
        "medianes_coherentes": "UPDATE {t} SET erreur_mediane = 0.1, erreur_mediane_absolue = 0",
        "erreur_plausible": _set("erreur_mediane_absolue", "0.5"),
    },
    "reference.tension_composition": {
        "sens_et_poids": _set("sens", "0"),
        "poids_du_groupe": _set("poids", "poids + 1"),
        "cinq_dimensions": "DELETE FROM {t} WHERE groupe = 'medecin' AND dimension = 'flux'",
    },
    "atlas.tension_entrees": {
        "ecarte_avec_motif": _set("motif", "'sans raison'", "retenu"),
        "indicateur_declare": _set("indicateur", "'age_du_capitaine'"),
    },
    "atlas.tension": {
        "territoires_connus": _PLACE,
        "moyennes_ordonnees": _set("score_geometrique", "120", "score IS NOT NULL"),
        "vide_avec_motif": _set("motif", "NULL", "score IS NULL"),
        "rang_dans_l_intervalle": _set("rang_bas", "rang + 1", "rang IS NOT NULL"),
        "poids_suffisant": _set("poids_present", "0.5", "score IS NOT NULL"),
    },
    "atlas.tension_dimensions": {
        "territoires_connus": _PLACE,
        "contributions_sommables": _set("contribution", "contribution + 1", "groupe = 'medecin'"),
    },
    "atlas.tension_indicateurs": {
        "territoires_connus": _PLACE,
        "rang_borne": _set("rang_centile", "101", "rang_centile IS NOT NULL"),
        "ecarte_non_classe": _set("motif", "'sans raison'", "rang_centile IS NOT NULL"),
    },
    "reference.questions": {
        "non_vide": _NOTHING,
        "mots_donnes": _set("unite", "''", "type = 'entier'"),
        "type_connu": _set("type", "'texte'"),
    },
    "core.enquete_attendus": {
        "non_vide": _NOTHING,
        "poids_positif": _set("poids", "0"),
        "territoire_renseigne": _set("region", "NULL"),
        "sae_proche": _set("millesime_sae", "annee - 3"),
    },
    "core.enquete_reponses": {
        "non_vide": "DELETE FROM {t} WHERE enquete = 'enquete_internes'",
        "questions_connues": _set("question", "'age_du_capitaine'"),
        "vide_explique": _SILENT,
        "annee_et_millesime": _set("millesime", "2022"),
        "finess_connus": _set("departement", "NULL"),
    },
    "atlas.ressources_humaines": {
        "non_vide": _NOTHING,
        "taux_recalcule": _set("valeur", "valeur + 0.1"),
        "vide_explique": _SILENT,
        "couverture_bornee": _set("couverture", "1.5"),
        "entites_et_region": "DELETE FROM {t} WHERE niveau = 'ej' AND indicateur = 'taux_vacance' AND numerateur > 0",
        "territoires_connus": _PLACE,
        "taux_plausibles": "UPDATE {t} SET valeur = 0.9 WHERE niveau = 'region'",
    },
    "atlas.enquetes": {
        "non_vide": "DELETE FROM {t} WHERE enquete = 'enquete_rh'",
        "vide_explique": _SILENT,
        "petits_nombres_caches": "UPDATE {t} SET valeur = 3, statut = 'calculé' WHERE question = 'projet'",
        "secret_pas_seul": (
            "UPDATE {t} SET valeur = 10, statut = 'calculé' WHERE question = 'projet'; "
            "UPDATE {t} SET valeur = NULL, statut = 'secret' WHERE question = 'projet' AND modalite = 'region'"
        ),
        "reponses_bornees": _set("reponses", "repondants + 1"),
        "territoires_connus": _PLACE,
    },
    "qualite.enquetes_repondants": {
        "etat_connu": _set("etat", "'en retard'"),
        "attendus_presents": _ONE_LESS,
        "silence_sans_reponse": _set("etat", "'sans réponse'", "reponses > 0"),
        "hors_champ": "UPDATE {t} SET etat = 'hors champ', attendu = false WHERE rowid = 0",
    },
    "qualite.reponses_enquetes": {
        "non_vide": _NOTHING,
        "etats_et_total": _set("repondants", "repondants + 1"),
        "taux_recalcule": _set("taux_reponse", "0.123"),
        "categories_et_total": _set("attendus", "attendus + 1", "categorie = 'ensemble'"),
        "reponses_suffisantes": "UPDATE {t} SET couverture = 0.3",
    },
    "qualite.evolutions_enquetes": {
        "au_dela_du_seuil": _set("valeur", "valeur_precedente + 1"),
        "peu_nombreuses": "INSERT INTO {t} SELECT e.* FROM {t} AS e, range(200)",
    },
    "reference.communes": {
        "geographie_presente": _NOTHING,
        "codes_forme": _set("commune", "'1001'"),
        "un_seul_millesime": _set("millesime", "2023"),
        "couverture_nationale": "DELETE FROM {t} WHERE departement = '14'",
        "bassins_renseignes": "UPDATE {t} SET bassin_bmo = NULL",
    },
    "reference.territoires": {
        "non_vide": _NOTHING,
        "niveaux_connus": _set("niveau", "'canton'"),
        "libelle_renseigne": _set("libelle", "NULL"),
        "une_france": "DELETE FROM {t} WHERE niveau = 'region' AND code = '28'",
        "regions_renseignees": "UPDATE {t} SET regions = NULL WHERE niveau = 'departement'",
    },
    "reference.contours": {
        "non_vide": _NOTHING,
        "departements_dessines": "DELETE FROM {t} WHERE code = '14'",
        "arrondissements_reconnus": "UPDATE {t} SET code = code_publie WHERE niveau = 'arrondissement'; " + _ONE_LESS,
        "geometrie_presente": _set("geometry", "NULL"),
    },
    "reference.edition": {
        "une_edition": "INSERT INTO {t} SELECT * REPLACE (2024 AS edition) FROM {t}",
        "verrou_date": _set("uv_lock", "''"),
    },
    "reference.millesimes": {
        "statut_connu": _STATUS,
        "une_reference": "UPDATE {t} SET reference = true WHERE source = 'sae'",
        "refus_motive": _set("statut", "'refusé'"),
        "pas_du_futur": _set("age", "-1"),
        "un_seul_monde": _set("fictif", "NOT fictif"),
        "lignes_presentes": _set("lignes", "0"),
        "taille_stable": "UPDATE {t} SET lignes = lignes * 2 WHERE source = 'sae' AND millesime = 2023",
    },
    "reference.sources": {
        "sources_decrites": _set("licence", "NULL"),
        "toutes_les_sources": "DELETE FROM {t} WHERE source = 'sae'",
        "licence_verifiee": _set("licence", "'non vérifiée'"),
    },
    "reference.professions": {
        "libelle_renseigne": _set("libelle", "NULL"),
        "codes_uniques": "UPDATE {t} SET code_ans = '10' WHERE code_ans = '40'",
    },
    "reference.professions_publiees": {
        "chaque_source": "DELETE FROM {t} WHERE source = 'drees_demographie'",
        "professions_connues": _set("profession", "'rebouteux'"),
        "intitules_reconnus": _set("profession", "NULL", "source LIKE 'drees%'"),
        "totaux_par_profession": "UPDATE {t} SET specialite = 'total' WHERE profession = 'infirmier'",
    },
    "reference.specialites": {
        "non_vide": _NOTHING,
        "groupe_connu": _set("groupe", "NULL"),
        "total_present": "DELETE FROM {t} WHERE specialite = 'M9999'",
    },
    "reference.variables_sae": {
        "dont_et_ligne": _DONT,
        "variables_completes": _ONE_LESS,
        "un_total_par_mesure": "UPDATE {t} SET ligne = 'total' WHERE variable = 'ETP_AID'",
        "lues_dans_la_sae": _set("variable", "'ETP_NOUVELLE'"),
    },
    "reference.familles_professionnelles": {
        "domaine_connu": _set("domaine", "'autre'"),
        "deux_nomenclatures": "DELETE FROM {t} WHERE nomenclature = 'FAP 2009'",
        "fap_2021_lue": "DELETE FROM {t} WHERE nomenclature = 'FAP 2021'",
        "libelle_renseigne": _set("libelle", "NULL"),
    },
    "reference.indicateurs": {
        "lectures_existantes": _set("colonne", "'absente'"),
        "sources_connues": _set("sources", "'inconnue'"),
    },
    "reference.chiffres_publies": {
        "chiffre_source": _set("publication", "NULL"),
        "source_connue": _set("source", "'inconnue'"),
    },
    "core.decoupages": {
        "non_vide": _NOTHING,
        "niveaux_connus": _set("niveau", "'canton'"),
        "tout_le_pays": "UPDATE {t} SET communes = communes + 1 WHERE niveau = 'departement' AND code = '14'",
        "libelle_renseigne": _set("libelle", "NULL"),
        "region_unique": "UPDATE {t} SET regions = '28 32' WHERE niveau = 'departement' AND code = '76'",
    },
    "core.communes_publiees": {
        "non_vide": _NOTHING,
        "communes_de_ledition": _set("commune", "'99999'"),
        "departement_garde": _set("departement", "NULL"),
        "arrondissements_municipaux": (
            "INSERT INTO {t} SELECT (75100 + i)::VARCHAR, '75056', '75' FROM range(30, 40) AS r (i)"
        ),
    },
    "core.population_communes": {
        "non_vide": _NOTHING,
        "nombres_positifs": _set("population", "-1"),
        "communes_de_ledition": _set("commune", "'99999'"),
        "communes_suivies": "DELETE FROM {t} WHERE departement < '20'",
    },
    "core.population_departements": {
        "non_vide": _NOTHING,
        "nombres_positifs": _set("population", "-1"),
        "hommes_et_femmes": _set("population", "population + 1"),
        "classes_et_total": _set("population", "population + 1"),
    },
    "core.population": {
        "non_vide": _NOTHING,
        "nombres_positifs": _set("population", "-1"),
        "territoires_connus": _PLACE,
        "regions_et_france": "UPDATE {t} SET population = population + 1 WHERE niveau = 'region' AND code = '28'",
    },
    "core.demographie": {
        "chaque_source": "DELETE FROM {t} WHERE source = 'cnam_demographie'",
        "nombres_positifs": _set("effectif", "-1"),
        "territoires_connus": _PLACE,
        "territoires_situes": "UPDATE {t} SET niveau = NULL WHERE code LIKE '1%'",
        "dates_de_situation": _set("date_reference", "NULL"),
        "departements_complets": "DELETE FROM {t} WHERE code = '14'",
    },
    "core.etablissements": {
        "non_vide": _NOTHING,
        "territoire_connu": _set("departement", "'ZZ'"),
        "etablissements_situes": "UPDATE {t} SET region = NULL WHERE departement LIKE '1%'",
        "entite_juridique": _set("finess_ej", "NULL"),
        "region_de_la_commune": _set("departement", "'99'"),
    },
    "core.entites_juridiques": {
        "non_vide": _NOTHING,
        "sites_comptes": _set("sites", "sites + 1"),
        "site_principal": _set("site_principal", "NULL"),
    },
    "core.ght_membres": {
        "non_vide": _NOTHING,
        "code_forme": _set("code_ght", "'99101'"),
        "appartenance_passee": _set("annee_appartenance", "2030"),
        "entites_dans_la_sae": _set("finess_ej", "'999999999'"),
        "appartenance_connue": _set("appartenance", "'supposée'"),
    },
    "core.finess_situations": {
        "non_vide": _NOTHING,
        "territoire_connu": _set("departement", "'ZZ'"),
        "etablissements_situes": "UPDATE {t} SET region = NULL WHERE departement LIKE '1%'",
        "fermes_de_finess_plus": "UPDATE {t} SET ouvert = false",
    },
    "core.finess_etablissements": {
        "non_vide": _NOTHING,
        "periodes_disjointes": "UPDATE {t} SET valide_au = NULL",
        "periode_ordonnee": _set("valide_au", "DATE '1999-01-01'"),
        "derniere_situation": "DELETE FROM {t} WHERE rowid = (SELECT min(rowid) FROM {t} WHERE valide_au IS NULL)",
    },
    "core.ght_codes": {
        "code_unique": "UPDATE {t} SET code_ght = '28101'",
        "code_forme": _set("code_ght", "'GHT01'"),
        "reconnus": "UPDATE {t} SET code_ght = NULL",
    },
    "core.finess_ght": {
        "non_vide": _NOTHING,
        "role_connu": _set("role", "'chef'"),
        "periodes_disjointes": "INSERT INTO {t} SELECT * REPLACE (valide_du + 1 AS valide_du) FROM {t}",
        "membres_identifies": _set("finess_ej", "NULL"),
    },
    "qualite.ecarts_finess": {
        "constat_connu": _set("constat", "'autre'"),
        "ecart_reel": "UPDATE {t} SET apres = avant",
        "absences_rares": "UPDATE {t} SET constat = 'absent de FINESS+'",
    },
    "qualite.continuite_finess": {
        "non_vide": _NOTHING,
        "nombres_recoupes": "UPDATE {t} SET etablissements = etablissements + 1",
        "peu_a_expliquer": "UPDATE {t} SET motif = 'à expliquer', part = 3",
    },
    "reference.categories_finess": {
        "non_vide": _NOTHING,
        "code_forme": _set("categorie", "'CHU'"),
        "libelles_presents": "UPDATE {t} SET libelle = NULL",
    },
    "core.sae_questionnaires": {
        "non_vide": _NOTHING,
        "bordereaux_connus": _set("bordereau", "'Q99'"),
        "reponses_suffisantes": "DELETE FROM {t} WHERE bordereau = 'Q24' AND finess LIKE '%2%'",
    },
    "core.sae_personnels": {
        "non_vide": _NOTHING,
        "nombres_positifs": _NEGATIVE,
        "vide_explique": _SILENT,
        "statut_connu": _STATUS,
        "zero_implicite_nul": "UPDATE {t} SET valeur = 1 WHERE statut = 'zéro implicite'",
        "sauts_annuels": "UPDATE {t} SET valeur = valeur * 10 WHERE millesime = 2023 AND variable = 'ETP_TOT_PNM'",
    },
    "core.sae_recalculs": {
        "non_vide": _NOTHING,
        "ecart_calcule": _set("ecart", "ecart + 1"),
        "medical_exact": "UPDATE {t} SET ecart = 1 WHERE bordereau = 'Q20'",
        "non_medical_exact": "UPDATE {t} SET ecart = 1 WHERE bordereau = 'Q24'",
    },
    "core.sae_ght_publies": {
        "variables_connues": _set("variable", "'ETP_NOUVELLE'"),
        "nombres_positifs": _NEGATIVE,
    },
    "core.bmo_projets": {
        "non_vide": _NOTHING,
        "secret_garde": "UPDATE {t} SET met = 0 WHERE met IS NULL",
        "nombres_positifs": _set("met", "-1"),
        "regions_situees": _set("region", "NULL"),
    },
    "core.dares_metiers": {
        "non_vide": _NOTHING,
        "regions_reconnues": _set("niveau", "NULL"),
        "postes_a_pourvoir": _set("postes_a_pourvoir", "postes_a_pourvoir + 1"),
    },
    "core.dares_tensions": {
        "non_vide": _NOTHING,
        "territoires_reconnus": _set("code", "NULL"),
        "notes_de_1_a_5": _set("main_oeuvre", "6"),
        "note_vide_expliquee": "UPDATE {t} SET tension_categorie = NULL",
        "tension_imputee_dite": _set("tension_statut", "'publié'", "tension_statut = 'imputé'"),
    },
    "core.formations": {
        "parts_du_total": _set("acc_tot_f", "acc_tot + 1"),
        "formations_situees": _set("region", "NULL"),
        "communes_reconnues": "UPDATE {t} SET commune = NULL; " + _set("ville", "'Caen'"),
        "diplome_renseigne": _set("diplome", "NULL"),
    },
    "core.zonage": {
        "non_vide": _NOTHING,
        "zones_connues": _set("zone", "'5_NOUVELLE'"),
        "communes_de_ledition": _set("commune", "'99999'"),
        "zone_unique": _set("zones", "2"),
    },
    "core.zonage_rattachements": {
        "non_vide": _NOTHING,
        "lignes_rattachees": "UPDATE {t} SET commune = NULL WHERE code_postal LIKE '1%'",
        "rattachement_explique": _set("rattachement", "NULL", "commune IS NOT NULL"),
    },
    "reference.diplomes": {
        "deux_secteurs": "DELETE FROM {t} WHERE secteur = 'social'",
        "niveau_connu": _set("niveau_certification", "9"),
        "professions_connues": _set("profession", "'rebouteux'"),
    },
    "reference.internat_subdivisions": {
        "libelle_renseigne": _set("libelle", "NULL"),
        "regions_connues": _set("region", "'99'"),
    },
    "reference.internat_specialites": {
        "toutes_les_specialites": _ONE_LESS,
        "discipline_connue": _set("discipline", "'occulte'"),
    },
    "core.departs_caisses": {
        "non_vide": _NOTHING,
        "vide_explique": _set("liquidations", "NULL", "liquidations_statut = 'publié'"),
        "cumul_parmi_liquidations": "UPDATE {t} SET cumul = liquidations + 1",
        "departements_reconnus": "UPDATE {t} SET departement = NULL",
        "professions_connues": _set("profession", "'rebouteux'"),
    },
    "core.formations_instituts": {
        "non_vide": _NOTHING,
        "diplomes_connus": _set("diplome", "'rebouteux'"),
        "instituts_situes": "UPDATE {t} SET commune = NULL",
        "apprentis_parmi_les_presents": _set("apprentis", "presents + 1"),
    },
    "core.formations_promotions": {
        "promotion_equilibree": _set("interruptions", "interruptions + 1"),
        "instituts_connus": _set("uai", "'0000000A'"),
    },
    "core.internat": {
        "non_vide": _NOTHING,
        "codes_connus": _set("subdivision", "'cherbourg'"),
        "parts_du_total": _set("postes_cesp", "postes + 1"),
    },
    "core.mpom": {
        "non_vide": _NOTHING,
        "regions_reconnues": _set("region", "NULL"),
        "seuils_encadrent": _set("objectif", "2 * seuil_max"),
        "professions_connues": _set("profession", "'rebouteux'"),
    },
    "core.formations_capacites": {
        "non_vide": _NOTHING,
        "regions_reconnues": _set("region", "NULL"),
        "vide_explique": _set("capacite", "NULL"),
        "professions_connues": _set("profession", "'rebouteux'"),
    },
    "core.dispositifs": {
        "non_vide": _NOTHING,
        "territoires_reconnus": "UPDATE {t} SET region = NULL",
        "vide_explique": _set("beneficiaires", "NULL"),
    },
    "core.zonage_arretes": {
        "non_vide": _NOTHING,
        "communes_reconnues": _set("commune", "NULL"),
        "une_zone_a_la_fois": "UPDATE {t} SET valide_au = NULL WHERE profession = 'medecin'",
        "zones_connues": _set("zone", "'5_NOUVELLE'"),
    },
    "atlas.cessations": {
        "non_vide": _NOTHING,
        "territoires_connus": _PLACE,
        "cumul_parmi_liquidations": "UPDATE {t} SET cumul = liquidations + 1",
        "age_recalcule": _set("age_moyen", "age_moyen + 1", "niveau = 'france'"),
        "partiel_dit": "UPDATE {t} SET statut = 'calculé' WHERE statut = 'partiel'",
        "vide_explique": _set("liquidations", "NULL"),
    },
    "atlas.formations_regionales": {
        "entrants_par_place": "UPDATE {t} SET entrants_par_place = entrants_par_place + 0.1",
        "non_vide": _NOTHING,
        "territoires_connus": _PLACE,
        "nombres_positifs": _set("presents", "-1"),
        "instituts_et_region": _set("places_autorisees", "places_autorisees + 1", "niveau = 'institut'"),
        "promotion_close": _set("valeur", "NULL", "promotion_statut = 'close'"),
        "part_recalculee": _set("valeur", "valeur + 0.1", "niveau = 'region'"),
    },
    "atlas.internat": {
        "non_vide": _NOTHING,
        "territoires_connus": _set("code", "'ZZZ'", "niveau = 'region'"),
        "ensemble_et_specialites": _set("postes", "postes + 1", "specialite = 'ensemble'"),
        "subdivisions_et_france": _set("postes", "postes + 1", "niveau = 'france'"),
        "rupture_dite": "UPDATE {t} SET rupture = NULL",
        "partiel_dit": _set("subdivisions", "1", "niveau = 'france'"),
    },
    "atlas.objectifs_formation": {
        "non_vide": _NOTHING,
        "territoires_connus": _set("code", "'ZZZ'", "niveau = 'region'"),
        "professions_connues": _set("profession", "'rebouteux'"),
        "annee_dans_la_periode": _set("annee", "2016"),
        "cumul_entier": _set("capacite_cumulee", "0"),
        "regions_et_france": _set("objectif", "objectif + 1", "niveau = 'region' AND annee = 2021"),
        "partiel_dit": _set("objectif", "NULL"),
    },
    "atlas.dispositifs": {
        "non_vide": _NOTHING,
        "territoires_connus": _PLACE,
        "nombres_positifs": _set("montant", "-1"),
        "region_et_declare": _set("montant", "montant + 1", "niveau = 'region'"),
        "vide_explique": _set("beneficiaires", "NULL"),
    },
    "fiches.etablissements": {
        "non_vide": _NOTHING,
        "un_par_site": _ONE_LESS,
        "ght_du_public": "UPDATE {t} SET code_ght = '28101' WHERE statut_regroupe = '2'",
        "lits_et_total": _set("LIT_MCO", "9999"),
        "nombres_positifs": _set("LIT_MCO", "-1"),
    },
    "fiches.es_personnels": {
        "non_vide": _NOTHING,
        "vide_explique": _SILENT,
        "dont_et_ligne": _DONT,
        "details_et_total": _DETAIL,
        "statut_connu": _STATUS,
        "etablissements_connus": _set("finess", "'999999999'"),
        "total_national": "UPDATE {t} SET valeur = valeur + 1 WHERE variable = 'ETP_TOT_PNM'",
    },
    "fiches.ej_personnels": {
        "non_vide": _NOTHING,
        "vide_explique": _SILENT,
        "dont_et_ligne": _DONT,
        "details_et_total": _DETAIL,
        "statut_connu": _STATUS,
        "partiel_dit": "UPDATE {t} SET statut = 'calculé' WHERE statut = 'partiel'",
        "somme_des_sites": _ONE_LESS.replace("rowid = 0", "variable = 'ETP_TOT_PNM' AND sites = 1"),
    },
    "reference.categories_sae": {
        "categories_connues": "DELETE FROM {t} WHERE categorie_regroupee = 'PUB2'",
        "statuts_connus": _set("statut_libelle", "'mixte'"),
    },
    "fiches.medecins": {
        "non_vide": _NOTHING,
        "parts_de_leffectif": _set("femmes", "effectif + 1"),
        "parts_recalculees": _set("part_femmes", "0", "rowid = (SELECT min(rowid) FROM {t} WHERE femmes > 0)"),
        "somme_des_sites": _set("effectif", "effectif + 1", "niveau = 'ej'"),
    },
    "core.sae_medecins": {
        "non_vide": _NOTHING,
        "parts_de_leffectif": _set("femmes", "effectif + 1"),
        "effectif_de_sygen": _set("effectif", "effectif + 1", "true"),
    },
    "fiches.pairs": {
        "non_vide": _NOTHING,
        "quantiles_ordonnes": _set("decile_1", "decile_9 + 1", "true"),
        "assez_de_pairs": _set("effectif_pairs", "4", "mediane IS NOT NULL"),
        "vide_explique": _set("motif", "NULL", "true"),
        "rapport_recalcule": _set("valeur", "valeur + 1", "ordre > 2"),
        "mediane_au_milieu": _set("mediane", "decile_9 + 1", "true"),
    },
    "fiches.evolutions": {
        "non_vide": _NOTHING,
        "difference_exacte": _set("evolution", "evolution + 1", "evolution IS NOT NULL"),
        "vide_explique": _set("motif", "NULL", "true"),
        "valeurs_des_fiches": _set("valeur", "valeur + 1", "niveau = 'es'"),
    },
    "fiches.ght_membres": {
        "exclusion_motivee": "UPDATE {t} SET retenu = false",
        "sites_connus": _set("finess", "'999999999'"),
        "un_seul_ght": "INSERT INTO {t} SELECT * REPLACE ('28199' AS code_ght) FROM {t} LIMIT 1",
    },
    "fiches.ght_personnels": {
        "non_vide": _NOTHING,
        "vide_explique": _SILENT,
        "dont_et_ligne": _DONT,
        "details_et_total": _DETAIL.replace("ligne =", "statut = 'calculé' AND ligne ="),
        "statut_connu": _STATUS,
        "egal_au_publie": "UPDATE {t} SET valeur = valeur + 1 WHERE statut = 'calculé'",
    },
    "atlas.effectifs": {
        "chaque_source": "DELETE FROM {t} WHERE source = 'cnam_demographie'",
        "territoires_connus": _PLACE,
        "statut_connu": _STATUS,
        "sexe_connu": _set("sexe", "'F'"),
        "regions_et_france": "DELETE FROM {t} WHERE niveau = 'region' AND code = '11'",
        "sans_doublon": "UPDATE {t} SET specialite = 'ensemble'",
        "vide_explique": "UPDATE {t} SET effectif = 0 WHERE statut = 'secret'",
    },
    "atlas.ages_moyens": {
        "chaque_source": "DELETE FROM {t} WHERE source = 'drees_infirmiers'",
        "territoires_connus": _PLACE,
        "vide_explique": _SILENT,
    },
    "atlas.densites": {
        "chaque_source": "DELETE FROM {t} WHERE source = 'cnam_demographie'",
        "territoires_connus": _PLACE,
        "densite_recalculee": _set("valeur", "valeur + 1", "niveau = 'region'"),
        "sans_population_dit": _set("valeur", "NULL", "niveau = 'region'"),
        "denominateur_proche": _set("annee_population", "1990"),
    },
    "atlas.ages": {
        "chaque_source": "DELETE FROM {t} WHERE source = 'drees_demographie'",
        "territoires_connus": _PLACE,
        "nombres_positifs": _set("effectif", "-1"),
        "parts_et_tout": _ONE_LESS,
        "vide_explique": "UPDATE {t} SET effectif = NULL WHERE statut = 'publié'",
        "bornes_lues": _set("age_min", "NULL"),
    },
    "atlas.departs": {
        "chaque_source": "DELETE FROM {t} WHERE source = 'dares_metiers_2030'",
        "territoires_connus": _PLACE,
        "statut_connu": _STATUS,
        "ages_emboites": "UPDATE {t} SET valeur = valeur * 10 WHERE indicateur = 'effectif_60_plus'",
        "vide_explique": "UPDATE {t} SET valeur = NULL WHERE statut = 'calculé'",
        "onze_ans": "UPDATE {t} SET valeur = valeur * 11 / 12 WHERE indicateur = 'departs_annuels'",
    },
    "core.apl": {
        "non_vide": _NOTHING,
        "nombres_positifs": _set("apl", "-1"),
        "professions_connues": _set("profession", "'rebouteux'"),
        "departements_complets": "DELETE FROM {t} WHERE departement = '14'",
    },
    "atlas.apl": {
        "non_vide": _NOTHING,
        "territoires_connus": _PLACE,
        "ponderee": _set("valeur", "valeur + 1", "niveau = 'france'"),
        "seuil_des_generalistes": "UPDATE {t} SET part_sous_2_5 = 0 WHERE profession = 'sage_femme'",
        "vide_explique": _SILENT,
    },
    "core.population_ages": {
        "non_vide": _NOTHING,
        "bornes_lues": _set("age_min", "NULL"),
        "hommes_et_femmes": _set("population", "population + 1"),
        "classes_completes": _ONE_LESS,
    },
    "core.population_projetee": {
        "non_vide": _NOTHING,
        "nombres_positifs": _set("population", "-1"),
        "departements_complets": "DELETE FROM {t} WHERE departement IN ('14', '27')",
    },
    "core.cnam_ald": {
        "non_vide": _NOTHING,
        "territoires_connus": _PLACE,
        "secret_garde": "UPDATE {t} SET patients = 0 WHERE statut = 'secret'",
        "parts_du_total": _set("patients", "population + 1"),
    },
    "core.cnam_medecin_traitant": {
        "non_vide": _NOTHING,
        "territoires_connus": _PLACE,
        "taux_en_pourcent": _set("taux", "101"),
        "vide_explique": _set("taux", "NULL"),
    },
    "atlas.besoins": {
        "chaque_source": "DELETE FROM {t} WHERE source = 'cnam_ald'",
        "territoires_connus": _PLACE,
        "projection_dite": "UPDATE {t} SET statut = 'calculé' WHERE statut = 'projeté'",
        "vide_explique": _SILENT,
        "ages_emboites": "UPDATE {t} SET valeur = valeur * 10 WHERE indicateur = 'population_75_plus'",
    },
    "atlas.formations": {
        "non_vide": _NOTHING,
        "nombres_positifs": _set("candidats", "-1"),
        "territoires_connus": _PLACE,
        "instituts_et_france": _set("places_offertes", "places_offertes + 1", "niveau = 'institut'"),
        "femmes_parmi_les_admis": _set("admises", "admis + 1"),
    },
    "atlas.recrutement": {
        "chaque_source": "DELETE FROM {t} WHERE source = 'bmo'",
        "territoires_connus": _PLACE,
        "couverture_de_0_a_1": _set("couverture", "NULL", "source = 'bmo'"),
        "vide_explique": _SILENT,
        "partiel_dit": "UPDATE {t} SET statut = 'calculé' WHERE statut = 'partiel'",
        "parts_recalculees": "UPDATE {t} SET numerateur = numerateur + 1 WHERE indicateur = 'part_difficile'",
    },
    "atlas.acces": {
        "non_vide": _NOTHING,
        "territoires_connus": _PLACE,
        "zones_connues": _set("zone", "'5_NOUVELLE'"),
        "parts_et_tout": "DELETE FROM {t} WHERE niveau = 'france' AND zone = 'ZIP'",
        "nombres_positifs": _set("population", "-1"),
        "france_classee": (
            "UPDATE {t} SET zone = 'non classée', valeur = 0.5 "
            "WHERE niveau = 'france' AND zone = 'ZIP' AND profession = 'medecin'"
        ),
        "origine_dite": _set("origine", "'liste'", "communes_par_arrete > 0 OR profession <> 'medecin'"),
        "vide_explique": _SILENT,
    },
    "atlas.hospitaliers": {
        "non_vide": _NOTHING,
        "territoires_connus": _PLACE,
        "dont_et_ligne": _DONT,
        "vide_explique": _SILENT,
        "statut_connu": _STATUS,
        "niveaux_egaux": _MORE,
        "statuts_et_ensemble": _MORE + " AND statut_regroupe = 'ensemble'",
    },
    "qualite.controles": {
        "severite_connue": _set("severite", "'grave'"),
        "motif_donne": _set("motif", "''"),
        "aucun_critique_en_echec": _set("reussi", "false", "severite = 'critique' AND etape = 'source'"),
        "chaque_millesime_controle": "DELETE FROM {t} WHERE source = 'sae' AND millesime = 2022",
    },
    "qualite.quarantaine": {
        "motif_donne": _set("motif", "''"),
        "comptee_avec_les_millesimes": _ONE_LESS,
    },
    "qualite.rapprochements": {
        "resultat_connu": _set("resultat", "'à peu près'"),
        "sans_ecart": _set("resultat", "'écart'"),
        "explication_donnee": _set("resultat", "'écart expliqué'", "explication IS NULL"),
        "ecart_calcule": _set("ecart", "ecart + 1"),
    },
    "qualite.sae_ecarts": {
        "ecarts_non_nuls": _set("ecart", "0"),
        "etablissements_connus": _set("raison_sociale", "NULL"),
    },
    "qualite.territoires_inconnus": {
        "origine_donnee": _set("fichier", "NULL"),
        "peu_nombreux": _set("lignes", "1001"),
    },
    "qualite.avertissements": {
        "phrase_donnee": _set("avertissement", "NULL"),
        "references_anciennes": _NOTHING,
    },
}
