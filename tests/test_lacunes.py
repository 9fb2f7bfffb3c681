"""The lines set aside that come back without their numbers (pipelines/edition/gaps.py)."""

import json
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from pipelines import catalogue, macros
from pipelines.arrival.aside import QUARANTINE_SCHEMA
from pipelines.edition import gaps
from pipelines.edition.records import VINTAGE

BMO = {"annee": 2024, "fap": "V1X80", "bassin": "2802", "departement": "14", "region": "28", "famille": "S", "met": 7}


def came_back(
    source: str, table: str, lines: list[dict[str, Any]], kept: str, columns: str
) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """The lines of 2024 that come back, by some columns, and what is recorded of them."""
    told = [
        {
            "source": source,
            "millesime": 2024,
            "revision": 1,
            "table": table,
            "fichier": "f.csv",
            "ligne": rank,
            "controle": line.pop("_controle", "cle_unique"),
            "colonne": "",
            "douteuses": line.pop("_douteuses", ""),
            "contenu": json.dumps(line),
        }
        for rank, line in enumerate(lines, 2)
    ]
    entry = catalogue.load(source)
    with duckdb.connect() as connection:
        macros.make(connection)
        connection.execute(f"CREATE SCHEMA staging; {gaps.CREATE}")
        connection.register("dites", pa.Table.from_pylist(told, pa.schema([*VINTAGE, *QUARANTINE_SCHEMA])))
        connection.execute("CREATE TABLE staging.quarantaine AS FROM dites")
        mine = gaps.lines(entry, table, 2024, 1)
        gaps.record(connection, entry, table, 2024, 1, mine=mine, kept=kept)
        shown = connection.execute(
            f"SELECT {columns} FROM ({gaps.select(entry, table, 2024, mine, kept)}) ORDER BY ALL"
        )
        weights = f"SELECT mesure, part::DOUBLE FROM {gaps.WEIGHTS} ORDER BY ALL"
        return shown.fetchall(), connection.execute(weights).fetchall()


def test_what_contradicts_itself_is_one_line_without_its_number() -> None:
    lines = [{**BMO}, {**BMO, "met": 3, "famille": "C"}]
    kept = "(SELECT 'V1X80' AS fap, '2801' AS bassin, '14' AS departement, 93 AS met, 1 AS xmet, 1 AS smet)"
    found, weights = came_back("bmo", "projets", lines, kept, "fap, bassin, annee, famille, met, met_statut, _ligne")
    assert found == [("V1X80", "2802", 2024, None, None, "nd", 2)]
    assert weights == [("met", 0.07)]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param({**BMO, "bassin": "2801"}, id="its key stands among what stayed"),
        pytest.param({**BMO, "fap": None}, id="its key isn't read"),
        pytest.param({**BMO, "annee": 1999}, id="it is of another year"),
        pytest.param({**BMO, "_controle": "ligne_repetee"}, id="another line says it"),
        pytest.param({**BMO, "_controle": "ligne_de_total"}, id="it adds up others"),
    ],
)
def test_what_is_not_missing_does_not_come_back(line: dict[str, Any]) -> None:
    kept = "(SELECT 'V1X80' AS fap, '2801' AS bassin, '14' AS departement, 93 AS met, 1 AS xmet, 1 AS smet)"
    assert came_back("bmo", "projets", [line], kept, "*")[0] == []


def test_what_the_rule_at_fault_looks_at_is_doubtful() -> None:
    line = {"code_postal": "14000", "commune_libelle": "Caen", "zone": "9_AUTRE", "_controle": "zone_connue"}
    kept = "(SELECT '61000' AS code_postal, 'Alençon' AS commune_libelle, '3_HZ' AS zone)"
    assert came_back("zonage_medecins", "zonage_medecins", [line], kept, "commune_libelle, zone")[0] == [("Caen", None)]
    doubtful = {**BMO, "_douteuses": "famille region"}
    kept = "(SELECT '' AS fap, '' AS bassin, '' AS departement, 1 AS met, 1 AS xmet, 1 AS smet)"
    assert came_back("bmo", "projets", [doubtful], kept, "famille, region, departement")[0] == [(None, None, "14")]


def test_a_survey_and_a_directory_of_persons_bring_no_line_back() -> None:
    assert gaps.lines(catalogue.load("enquete_rh"), "enquete_rh", 2024, 1) == ""
    assert gaps.lines(catalogue.load("rpps"), "activites", 2024, 1) == ""
