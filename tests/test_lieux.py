"""Codes and names of places, as sources write them: the macros of sql/macros.sql, and the towns of Parcoursup."""

import csv

import duckdb
import pytest
from fixtures_entrepots import mirror_folder

from pipelines.database import macros

CASES = mirror_folder().parent / "cases"  # beside the real extracts


@pytest.fixture(scope="module")
def db() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    macros.make(connection)
    return connection


FORMS: dict[str, dict[str, str | None]] = {
    "code_commune": {
        "14118": "14118",
        "1004": "01004",
        "971102": "97102",
        "9D411": "97411",
        "9J613": "98613",
        "014118": "14118",
        "02A004": "2A004",
        "2a004": "2A004",
        "14118.0": "14118",
        " ": None,
    },
    "code_departement": {
        "14": "14",
        "014": "14",
        "061": "61",
        "1": "01",
        "02A": "2A",
        "2b": "2B",
        "9A": "971",
        "9F": "976",
        "971": "971",
        "14 - Calvados": "14",
        "2A-Corse-du-Sud": "2A",
        "14.0": "14",
        "20": None,
        "97": None,
        "99": None,
        "999": None,
        "00": None,
        "Calvados": None,
    },
    "code_region": {"1": "01", "28.0": "28", "028 - Normandie": "28", "06": "06", "Normandie": None},
    "departement_postal": {
        "14000": "14",
        "20090": "2A",
        "20167": "2A",
        "20200": "2B",
        "20600": "2B",
        "97110": "971",
        "97133": "977",
        "97150": "978",
        "98800": "988",
        "98000": None,
        "1000": None,
        "14 000": None,
        "F-14000": None,
        "14013 CEDEX": None,
    },
    "departement_commune": {
        "50602": "50",
        "9A127": "978",
        "97701": "977",
        "97501": "975",
        "2A004": "2A",
        "99999": None,
    },
    "forme_cle": {
        "014": "14",
        "14.0": "14",
        " 2a004 ": "2A004",
        "00": "0",
        "Atteintes  AUX Biens": "atteintes aux biens",
        "L’Université": "l universite",
        "14 - Calvados": "14 - calvados",
    },
    "forme_lieu": {
        "014": "14",
        "14 - Calvados": "14",
        "2A -Corse-du-Sud": "2A",
        "000": "000",
        "Saint-Lô": "saint-lo",
    },
    "cle_lieu": {
        "Caen Cedex": "CAEN",
        "CAEN CEDEX 5": "CAEN",
        "14033 CAEN CEDEX 9": "CAEN",
        "Paris  5e  Arrondissement": "PARIS",
        "PARIS 10": "PARIS",
        "Marseille 1er Arrondissement": "MARSEILLE",
        "St Lô": "ST LO",
        "SAINT-LO": "ST LO",
        "Sainte-Marie": "STE MARIE",
        "HAVRE (LE)": "LE HAVRE",
        "Haÿ-les-Roses (L’)": "L HAY LES ROSES",
        "Œting": "OETING",
        "L’Aigle": "L AIGLE",
        "Villefranche s/Saône": "VILLEFRANCHE SUR SAONE",
        "Provence-Alpes-Côte d’Azur": "PROVENCE ALPES COTE D AZUR",
        "Château-Chinon (Ville)": "CHATEAU CHINON VILLE",
    },
}


@pytest.mark.parametrize(
    ("macro", "published", "read"), [(m, p, r) for m, all_ in FORMS.items() for p, r in all_.items()]
)
def test_each_form_is_read(db: duckdb.DuckDBPyConnection, macro: str, published: str, read: str | None) -> None:
    assert db.execute(f"SELECT {macro}(?)", [published]).fetchall() == [(read,)]
    assert db.execute(f"SELECT {macro}(NULL::VARCHAR)").fetchall() == [(None,)]


def test_towns_as_parcoursup_and_others_write_them(mirror_db: duckdb.DuckDBPyConnection) -> None:
    path = CASES / "14-ville-de-parcoursup" / "in" / "villes.csv"
    if not path.is_file():
        pytest.skip("the folder of cases is absent")
    with path.open(encoding="utf-8", newline="") as handle:
        towns = [(r["departement"], r["ville"], r["attendu"][:5]) for r in csv.DictReader(handle, delimiter=";")]
    found = [
        (
            departement,
            town,
            mirror_db.execute(
                "SELECT max(commune) FROM core.noms_communes WHERE departement = ? AND cle = cle_lieu(?)",
                [departement, town],
            ).fetchall()[0][0],
        )
        for departement, town, _ in towns
    ]
    assert found == towns


def test_a_merged_commune_keeps_its_inhabitants(sample_db: duckdb.DuckDBPyConnection) -> None:
    """The fictitious 50008 is gone in 2024: the movements lead it to the commune that took it over."""
    assert sample_db.execute(
        "SELECT commune IS NOT NULL AND commune <> '50008' FROM core.communes_publiees WHERE commune_publiee = '50008'"
    ).fetchall() == [(True,)]
    read = sample_db.execute(
        "SELECT round(sum(population_totale))::INTEGER, round(sum(population_totale) FILTER (apl < 2.5))::INTEGER "
        "FROM staging.apl WHERE annee = 2023 AND commune LIKE '50%' AND profession ILIKE 'm_decins%'"
    ).fetchall()
    counted = sample_db.execute(
        "SELECT population, population_sous_2_5 FROM atlas.apl "
        "WHERE annee = 2023 AND niveau = 'departement' AND code = '50' AND profession = 'medecin'"
    ).fetchall()
    assert counted == read == [(481_749, 11_666)]


def test_a_merged_hospital_is_in_its_arrondissement(mirror_db: duckdb.DuckDBPyConnection) -> None:
    """Lyon Sud stands in Pierre-Bénite, which Oullins took over on 1 January 2024."""
    said = mirror_db.execute(
        "SELECT DISTINCT commune, arrondissement, zone_emploi FROM fiches.etablissements "
        "WHERE commune_publiee = '69152'"
    ).fetchall()
    assert said == [("69149", "691", "8421")]


def test_saint_martin_and_saint_barthelemy_are_nowhere_in_guadeloupe(mirror_db: duckdb.DuckDBPyConnection) -> None:
    sites = mirror_db.execute(
        "SELECT count(*) FROM fiches.etablissements WHERE collectivite IN ('977', '978') "
        "AND coalesce(departement, region) IS NULL AND millesime = 2023"
    ).fetchall()
    assert sites == [(7,)]
    counted = mirror_db.execute(
        "SELECT niveau, valeur FROM atlas.hospitaliers WHERE annee = 2023 AND variable = 'ETP_TOT_PNM' AND secteur = "
        "'ensemble' AND (niveau, code) IN (('departement', '971'), ('region', '01')) ORDER BY niveau"
    ).fetchall()
    assert [(level, float(value)) for level, value in counted] == [("departement", 7780.04), ("region", 7780.04)]
    projects = mirror_db.execute(
        "SELECT DISTINCT region FROM core.bmo_projets WHERE departement_publie = '978'"
    ).fetchall()
    assert projects == [(None,)]
