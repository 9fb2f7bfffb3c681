"""Zonings, ages of private practitioners, social professions, schools, private employees, facilities: the marts against
the extracts, read another way."""

import csv
import statistics
from collections import Counter
from pathlib import Path

import duckdb
import pytest
from fixtures_entrepots import none, one, rows

from samples import contrats, demographie, equipements, formations, geographie, insertion, social

ZONES = {"1_Tres_sous_dotee": "TSD", "1b_Sous_dense": "SDE", "2_Sous_dotee": "SD", "5b_Non_prioritaire": "NP"}


def read(path: Path, sep: str = ";") -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle, delimiter=sep))


@pytest.fixture(scope="module")
def zoned(sample_extracts: Path) -> list[dict[str, str]]:
    (path,) = (sample_extracts / "zonage_professions").rglob("*zonages-com.csv")
    return read(path, ",")


def test_a_commune_has_the_zone_of_its_newest_decree(
    sample_db: duckdb.DuckDBPyConnection, zoned: list[dict[str, str]]
) -> None:
    # Nobody deposited anything for midwives: the national file alone speaks.
    expected = {
        r["com_code"]: ZONES[r["zsf_niveau"]] for r in zoned if r["niveau"] == "COM" and r["zsf_niveau"] in ZONES
    }
    found = dict(
        rows(sample_db, "SELECT code, zone FROM atlas.acces WHERE profession = 'sage_femme' AND niveau = 'commune'")
    )
    assert expected
    assert {code: found[code] for code in expected} == expected
    # Normandy's deposits on nurses are newer than the file's decrees; elsewhere the file is alone.
    fichier = (
        "SELECT sum(communes_fichier), sum(communes) FROM atlas.acces WHERE profession = 'infirmier' AND niveau = "
    )
    assert one(sample_db, fichier + "'region' AND code = '28'") == 0
    nowhere, communes = rows(sample_db, fichier + "'region' AND code = '53'")[0]
    assert nowhere == communes > 0


def test_doctors_that_no_decree_classes_keep_the_list(sample_db: duckdb.DuckDBPyConnection) -> None:
    of_ain = (
        "SELECT DISTINCT origine FROM atlas.acces WHERE profession = 'medecin' AND niveau = 'departement' AND code = "
    )
    assert rows(sample_db, of_ain + "'01'") == [("liste",)]
    none(
        sample_db,
        "SELECT 1 FROM atlas.acces WHERE profession <> 'medecin' AND origine NOT IN ('arrêté', 'sans arrêté')",
    )


def test_the_index_reads_the_zoning_of_each_profession(sample_db: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        sample_db,
        "SELECT DISTINCT groupe FROM atlas.tension_entrees "
        "WHERE dimension = 'accès' AND retenu AND situation = 'édition'",
    )
    assert {"infirmier", "sage_femme", "masseur_kinesitherapeute", "chirurgien_dentiste"} <= {g for (g,) in found}


def test_private_practitioners_of_sixty_are_those_of_the_extract(
    sample_db: duckdb.DuckDBPyConnection, sample_extracts: Path
) -> None:
    folder = sample_extracts / "cnam_demographie" / str(demographie.CNAM_CSV)
    counted: Counter[tuple[str, bool]] = Counter()
    for line in read(folder / "ages_departement.csv", ","):
        if line["profession_sante"] == "Infirmiers" and line["departement"] != "999":
            old = any(age in line["libelle_classe_age"] for age in ("de 60", "de 65", "70 ans"))
            counted[line["departement"], old] += int(line["effectif"])
    found = rows(
        sample_db,
        "SELECT code, numerateur, denominateur FROM atlas.departs WHERE source = 'cnam_demographie' "
        "AND profession = 'infirmier' AND indicateur = 'part_60_plus' AND niveau = 'departement'",
    )
    assert len(found) == 101
    for code, old, total in found:
        assert (old, total) == (counted[code, True], counted[code, True] + counted[code, False])


def test_employees_of_a_sector_are_those_of_its_activities(
    sample_db: duckdb.DuckDBPyConnection, sample_extracts: Path
) -> None:
    (path,) = (sample_extracts / "urssaf_effectifs" / str(social.SALARIES)).iterdir()
    column = f"effectifs_salaries_{social.SALARIES}"
    home = [r for r in read(path) if r["code_ape"] == "8810A" and r["code_departement"] == "14"]
    expected = sum(int(r[column]) for r in home if r[column])
    found = one(
        sample_db,
        "SELECT effectif FROM atlas.salaries_prives WHERE secteur_ape = 'domicile' AND niveau = 'departement' "
        f"AND code = '14' AND annee = {social.SALARIES}",
    )
    assert found == expected > 0


def test_who_lives_where_there_is_no_pharmacy(sample_db: duckdb.DuckDBPyConnection, sample_extracts: Path) -> None:
    (path,) = (sample_extracts / "insee_bpe" / str(equipements.ANNEE)).iterdir()
    have = {r["GEO"] for r in read(path) if r["FACILITY_TYPE"] == "D307" and r["GEO_OBJECT"] == "COM"}
    assert one(
        sample_db,
        "SELECT population_sans FROM atlas.equipements WHERE equipement = 'D307' AND niveau = 'region' AND code = '28'",
    ) == one(
        sample_db,
        "SELECT sum(population) FROM core.population_communes WHERE region = '28' "
        f"AND annee = (SELECT max(annee_population) FROM atlas.equipements) AND commune NOT IN {tuple(sorted(have))}",
    )


def test_social_professions_and_schools_have_their_codes(sample_db: duckdb.DuckDBPyConnection) -> None:
    known = (
        "SELECT count(DISTINCT profession) FROM atlas.tensions_sociales JOIN reference.professions USING (profession)"
    )
    assert one(sample_db, known) == len(social.PROFESSIONS)
    assert one(sample_db, "SELECT count(DISTINCT diplome) FROM atlas.formations_ecoles") == len(formations.FORMATIONS)
    none(sample_db, "SELECT 1 FROM core.tensions_sociales WHERE code IS NULL OR part_difficile > 1")
    corse = "SELECT DISTINCT part_interruptions_statut FROM atlas.formations_ecoles WHERE code = "
    assert rows(sample_db, corse + "'94'") == [("nd",)]


@pytest.mark.parametrize(
    ("said", "profession"),
    [
        ("Aides à domicile et auxiliaires de vie", "aide_domicile"),
        ("Auxiliaire de vie sociale", "aide_domicile"),
        ("Techniciennes de l'intervention sociale et familiale (TISF)", "technicien_intervention_sociale"),
        ("Accompagnants éducatifs et sociaux, aides médico-psychologiques", "accompagnant_educatif_social"),
        ("Éducatrices spécialisées", "educateur_specialise"),
        ("Éducateurs techniques spécialisés", "educateur_technique_specialise"),
        ("Éducateurs de jeunes enfants", "educateur_jeunes_enfants"),
        ("Moniteurs-éducateurs", "moniteur_educateur"),
        ("Assistantes de service social", "assistant_service_social"),
        ("Assistants familiaux", "assistant_familial"),
        ("Assistantes maternelles", "assistant_maternel"),
        ("Aides-soignantes", None),
    ],
)
def test_a_social_profession_is_known_by_its_words(
    sample_db: duckdb.DuckDBPyConnection, said: str, profession: str | None
) -> None:
    assert sample_db.execute("SELECT profession_sociale(?)", [said]).fetchall() == [(profession,)]


def test_zones_are_read_as_the_file_writes_them(sample_db: duckdb.DuckDBPyConnection) -> None:
    words = {*geographie.DOTATIONS, "1_ZIP", "2_ZAC", "3_HZ", "4_ZAR"}
    read_as = {w: sample_db.execute("SELECT zone_acces(?)", [w]).fetchall()[0][0] for w in words}
    assert None not in read_as.values()
    assert read_as["3_Intermediaire"] == read_as["3_intermediaire"] == "INT"
    assert sample_db.execute("SELECT zone_acces('NC'), zone_acces('N/A - résultat non disponible')").fetchall() == [
        (None, None)
    ]


def test_outcomes_of_a_training_are_those_of_its_schools(
    sample_db: duckdb.DuckDBPyConnection, sample_extracts: Path
) -> None:
    (path,) = (sample_extracts / "inserjeunes" / str(insertion.INSERJEUNES)).iterdir()
    rates = sorted(
        float(r["taux_emploi_6_mois"]) / 100
        for r in read(path)
        if r["region"] == "NORMANDIE" and "SOINS ET SERVICES" in r["libelle_formation"].upper()
        if r["taux_emploi_6_mois"]
    )
    found = rows(
        sample_db,
        "SELECT diffusees, taux_emploi_6, taux_emploi_6_bas, taux_emploi_6_haut, taux_emploi_6_statut "
        "FROM atlas.insertion WHERE formation = 'bac_pro_soins_services' AND niveau = 'region' AND code = '28'",
    )
    assert rates
    assert [(n, *map(float, told), how) for n, *told, how in found] == [
        (len(rates), pytest.approx(statistics.median(rates)), rates[0], rates[-1], "partiel")
    ]
    none(sample_db, "SELECT 1 FROM core.insertion WHERE region IS NULL")
    # Cooks and lawyers are no training of the atlas, and all masters together are none.
    none(sample_db, "SELECT 1 FROM core.insertion WHERE regexp_matches(formation_publiee, '(?i)cuisine|droit|tout')")


def test_job_seekers_for_an_offer_rank_the_trades(sample_db: duckdb.DuckDBPyConnection, sample_extracts: Path) -> None:
    (path,) = (sample_extracts / "france_travail" / str(contrats.MARCHE)).iterdir()
    lines = [r for r in read(path) if (r["rome"], r["niveau"], r["code"]) == ("J1501", "region", "28")]
    expected = sum(int(r["demandeurs"]) for r in lines) / 4 / sum(int(r["offres"]) for r in lines)
    query = (
        "SELECT valeur, rang, territoires_classes, champ FROM atlas.tension_professions WHERE indicateur = "
        "'demandeurs_par_offre' AND niveau = 'region' AND code = '28' AND profession = "
    )
    ((value, rank, ranked, scope),) = rows(sample_db, query + "'aide_soignant'")
    assert float(value) == pytest.approx(expected, abs=1e-3)
    assert (ranked, scope) == (13, None)
    assert 1 <= rank <= 13
    ((_, _, _, mixed),) = rows(sample_db, query + "'moniteur_educateur'")
    assert mixed == "éducateurs spécialisés et moniteurs-éducateurs"
    # Every profession of the table that France Travail follows has its line.
    none(
        sample_db,
        "SELECT code FROM reference.correspondances JOIN reference.professions USING (profession) WHERE nomenclature = "
        "'ROME' AND ordre IS NOT NULL AND profession NOT IN (SELECT profession FROM atlas.tension_mesures WHERE "
        "indicateur = 'demandeurs_par_offre')",
    )


def test_contracts_of_the_agency_reach_their_marts(sample_db: duckdb.DuckDBPyConnection) -> None:
    posts = "SELECT sum(postes) FROM atlas.postes_padhue WHERE specialite = 'ensemble' AND niveau = "
    assert one(sample_db, posts + "'region'") == one(sample_db, posts + "'france'") > 0
    unknown = "SELECT DISTINCT affectes_statut FROM atlas.postes_padhue WHERE specialite = 'Gériatrie'"
    assert rows(sample_db, unknown) == [("nd",)]
    # Brittany told two of its four départements.
    told = "SELECT DISTINCT signalements_statut FROM atlas.violences WHERE niveau = 'region' AND code = "
    assert (rows(sample_db, told + "'28'"), rows(sample_db, told + "'53'")) == ([("calculé",)], [("partiel",)])
    # Too few students answered.
    few = "SELECT DISTINCT statut FROM atlas.barometre_vss WHERE public = 'élèves paramédicaux'"
    assert rows(sample_db, few) == [("secret",)]
