"""Right files that were turned away, or read wrongly: each kind on a few fictitious lines.

The real files that showed them are in test_arrivees.py.
"""

import csv
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from fixtures_entrepots import environment

from pipelines import catalogue, steps
from pipelines.arrival import staging
from pipelines.catalogue import registers
from pipelines.errors import AtlasError, RefusedError
from pipelines.readers import Extract, blocks
from pipelines.settings import Settings
from samples import writers

# --- SAE: strays, blanks that another table fills, zeros lost, identities broken --------------------------


@pytest.fixture
def sae(sample_extracts: Path, tmp_path: Path) -> Iterator[tuple[Path, Settings]]:
    """The fictitious SAE of 2022 alone, which a test may change, and a warehouse for it."""
    root = tmp_path / "extraits"
    shutil.copytree(sample_extracts / "sae" / "2022", root / "sae" / "2022")
    (root / "FICTIF.txt").write_text("fictif\n", encoding="utf-8")
    with environment(tmp_path / "entrepot", root) as now:
        yield root / "sae" / "2022", now


Rows = list[dict[str, str]]


def change(path: Path, edit: Callable[[Rows], None]) -> None:
    """Reads a file of SAE, changes its records, and writes it back."""
    with path.open(encoding="cp1252", newline="") as handle:
        reader = csv.DictReader(handle, delimiter=";")
        rows, names = list(reader), list(reader.fieldnames or [])
    edit(rows)
    with path.open("w", encoding="cp1252", newline="") as handle:
        writer = csv.DictWriter(handle, names, delimiter=";", lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)


def query(now: Settings, table: str, said: str) -> list[tuple[Any, ...]]:
    (path,) = now.staging.glob(f"sae/2022/r*/{table}.parquet")
    with duckdb.connect() as connection:
        return connection.execute(said.format(f"'{path}'")).fetchall()


def test_a_departement_written_otherwise_costs_no_hospital(sae: tuple[Path, Settings]) -> None:
    folder, now = sae
    changed: dict[str, str] = {}

    def edit(rows: Rows) -> None:
        names = {name.lower(): name for name in rows[0]}
        for row, said in zip((rows[3], rows[40], rows[80]), ("061", "ZZ", ""), strict=True):
            changed[row[names["fi"]]] = row[names["dep"]] = said

    change(folder / "ID_2022r.csv", edit)
    told = steps.ingest("sae", 2022)
    assert told["ecartees"] == 0
    kept = query(now, "id", f"SELECT finess, coalesce(departement, '') FROM {{}} WHERE finess IN {tuple(changed)}")
    assert dict(kept) == changed


def test_a_stray_line_of_another_year_costs_no_other(sae: tuple[Path, Settings], caplog: Any) -> None:
    folder, now = sae
    seen = []

    def edit(rows: Rows) -> None:
        seen.extend([rows[5]["FI"], rows[9]["FI"]])
        blank = dict.fromkeys(rows[5], "")
        rows.insert(5, {**blank, "BOR": "SYGEN", "AN": "2018", "FI": seen[0], "FI_EJ": rows[5]["FI_EJ"]})
        rows.append({**blank, "BOR": "SYGEN", "AN": "&an.", "FI": seen[1]})

    change(folder / "SYGEN_2022r.csv", edit)
    told = steps.ingest("sae", 2022)
    assert told["ecartees"] == 2
    assert query(now, "sygen", f"SELECT finess, annee FROM {{}} WHERE finess IN {tuple(seen)} ORDER BY finess") == [
        (finess, 2022) for finess in sorted(seen)
    ]
    assert "autre_annee de sae_sygen" in caplog.text


def test_a_file_of_another_year_is_refused_for_that(sae: tuple[Path, Settings]) -> None:
    folder, _ = sae

    def edit(rows: Rows) -> None:
        for row in rows[::50]:
            row["AN"] = "2021"

    change(folder / "SYGEN_2022r.csv", edit)
    with pytest.raises(RefusedError, match="toutes les lignes sont de 2022"):
        steps.ingest("sae", 2022)


def test_an_entity_left_blank_is_the_one_of_the_identification(sae: tuple[Path, Settings], caplog: Any) -> None:
    folder, now = sae
    known: dict[str, str] = {}

    def edit(rows: Rows) -> None:
        for row in rows[::3]:
            known[row["FI"]], row["FI_EJ"] = row["FI_EJ"], ""

    change(folder / "SYGEN_2022r.csv", edit)
    assert steps.ingest("sae", 2022)["ecartees"] == 0
    found = dict(query(now, "sygen", "SELECT finess, finess_ej FROM {}"))
    assert {finess: found[finess] for finess in known} == known
    assert f"repare_finess_ej de sae_sygen ; observé : {len(known)} cellule(s)" in caplog.text


def test_an_entity_that_nobody_gives_is_no_guess(sae: tuple[Path, Settings]) -> None:
    """Two lines of the identification that say otherwise mend nothing: the line is set aside."""
    folder, now = sae
    lost = []

    def twice(rows: Rows) -> None:
        lost.append(rows[0]["fi"])
        rows.append({**rows[0], "fi_ej": rows[7]["fi_ej"]})

    def without(rows: Rows) -> None:
        for row in rows:
            if row["FI"] == lost[0]:
                row["FI_EJ"] = ""

    change(folder / "ID_2022r.csv", twice)
    change(folder / "SYGEN_2022r.csv", without)
    steps.ingest("sae", 2022)
    assert query(now, "sygen", f"SELECT 1 FROM {{}} WHERE finess = '{lost[0]}'") == []


def test_a_code_gets_its_zero_back(sae: tuple[Path, Settings], caplog: Any) -> None:
    folder, now = sae
    path = folder / "GHT_2022r.csv"
    text = path.read_text(encoding="cp1252")
    lost = re.findall(r"^[A-Z]+-\d+;(0\d{4});", text, re.MULTILINE)
    path.write_text(
        re.sub(r"^([A-Z]+-\d+;)0(\d{4};)", r"\1\2", text, flags=re.MULTILINE), encoding="cp1252", newline=""
    )
    steps.ingest("sae", 2022)
    assert lost
    assert [code for (code,) in query(now, "ght", "SELECT code_ght FROM {} ORDER BY _ligne LIMIT 4")] == lost
    assert query(now, "ght", "SELECT count(*) FROM {} WHERE length(code_ght) <> 5") == [(0,)]
    assert f"repare_code_ght de sae_ght ; observé : {len(lost)} cellule(s)" in caplog.text


def test_an_identity_of_the_producer_costs_nobody(sae: tuple[Path, Settings], caplog: Any) -> None:
    """A specialty left out of a sub-total: every line stays, and the gap is told."""
    folder, now = sae

    def edit(rows: Rows) -> None:
        for row in rows:
            if row["ETPSAL_SPEMED"] not in ("", "0"):
                row["ETPSAL_SPEMED"] = "0.01"

    change(folder / "SYGEN_2022r.csv", edit)
    told = steps.ingest("sae", 2022)
    assert told["ecartees"] == 0
    assert query(now, "sygen", "SELECT count(*) > 100 FROM {} WHERE ETPSAL_SPEMED = 0.01") == [(True,)]
    assert "total_medical de sae_sygen" in caplog.text


def test_a_map_of_dashes_says_so_itself(tmp_path: Path) -> None:
    """A year in which no column has a name is no fault of the file: the map is refused as it is read."""
    for suffix in (".yml", ".columns.csv"):
        shutil.copy(catalogue.FOLDER / f"sae{suffix}", tmp_path / f"sae{suffix}")
    path = tmp_path / "sae.columns.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    for row in rows:
        row["2023"] = catalogue.NOWHERE if row["table"] == "ght" else row["2023"]
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    with pytest.raises(AtlasError, match=r"table ght : la carte n'a que des « - » en \[2023\]"):
        catalogue.parse(tmp_path, "sae")


def test_a_pattern_of_a_map_may_have_bars() -> None:
    column = catalogue.Column(
        table="t", name="age", type="VARCHAR", unit="", description="", theirs={2022: "AGE|/(tr|t_)age/|<absente>"}
    )
    assert (column.headings(2022), column.may_lack(2022)) == (["AGE", "/(tr|t_)age/"], True)


# --- A header in the middle -----------------------------------------------------------------------------


def extract(names: list[str], *lines: list[str], above: int = 1) -> Extract:
    columns = [pa.chunked_array([pa.array(column, pa.string())]) for column in zip(*lines, strict=True)]
    numbers = pa.array(range(above + 1, above + 1 + len(lines)), pa.int64())
    return Extract("x.csv", names, columns, numbers, above)


def parts(given: Extract, header: list[list[str | None]]) -> list[tuple[list[str], list[list[str]], list[int]]]:
    return [
        (part.headings, [list(row) for row in zip(*(c.to_pylist() for c in part.columns), strict=True)], part.headers)
        for part in blocks.split(given, header)
    ]


def test_a_header_said_again_is_no_line() -> None:
    names = ["code", "nom", "2021"]
    given = extract(names, ["01", "Ain", "5"], names, ["02", "Aisne", "6"], names)
    assert parts(given, [list(names)]) == [(names, [["01", "Ain", "5"]], []), (names, [["02", "Aisne", "6"]], [3, 5])]


def test_columns_mean_what_the_second_header_says() -> None:
    """A column without a name keeps the one it had if it holds something, and has none if it is empty."""
    names = ["code", "0 à 4 ans", "90 à 94 ans", "95 ans et plus", "Total"]
    second = ["", "0 à 4 ans", "90 ans et plus", "", "Total"]
    given = extract(names, ["01", "7", "2", "1", "10"], second, ["971", "7", "3", "", "10"])
    assert parts(given, [list(names)]) == [
        (names, [["01", "7", "2", "1", "10"]], []),
        (["code", "0 à 4 ans", "90 ans et plus", "", "Total"], [["971", "7", "3", "", "10"]], [3]),
    ]


def test_two_lines_of_header_are_found_together() -> None:
    header: list[list[str | None]] = [
        ["Départements", "Ensemble", None, "Hommes"],
        [None, "0 à 4 ans", "Total", "Total"],
    ]
    names = blocks.headings(header)
    assert names == ["Départements", "Ensemble / 0 à 4 ans", "Ensemble / Total", "Hommes / Total"]
    lines = [["01", "7", "9", "4"], ["", "Ensemble", "", "Hommes"], ["", "0 à 4 ans", "Total", "Total"]]
    given = extract(names, *lines, ["971", "1", "2", "1"], above=2)
    assert parts(given, header) == [(names, [lines[0]], []), (names, [["971", "1", "2", "1"]], [5])]
    # The lower line alone is no header of two lines.
    alone = extract(names, lines[0], lines[2], ["971", "1", "2", "1"], above=2)
    assert len(parts(alone, header)) == 1


@pytest.mark.parametrize(
    "line",
    [
        ["code", "x", "y"],  # one name among values
        ["2021", "2022", "2021"],  # years are values as well as names
        ["", "", ""],
    ],
)
def test_a_line_of_data_is_no_header(line: list[str]) -> None:
    names = ["code", "2021", "2022"]
    assert len(parts(extract(names, ["01", "5", "6"], line), [list(names)])) == 1


# --- Names and places of the producers ------------------------------------------------------------------


def stage(source: str, table: str, millesime: int, path: Path, names: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        made, aside = staging.stage(connection, catalogue.load(source), table, millesime, [path], path.parent)
        assert aside == []
        return connection.execute(f"FROM (SELECT {names} FROM '{made.path}') ORDER BY ALL").fetchall()


@pytest.mark.parametrize(
    ("age", "year"), [("TRAGE", "POP_2030"), ("AGE", "2030"), ("Tranche d'âge", "pop 2030"), ("âge révolu", "Pop_2030")]
)
def test_omphale_by_any_of_its_names(tmp_path: Path, age: str, year: str) -> None:
    path = tmp_path / "donnees_det_Central.xlsx"
    lines: list[list[writers.Cell]] = [
        ["Projections"],
        [],
        [],
        [],
        [],
        ["ZONE", "SEXE", age, year],
        ["Calvados", 1, "[95;+]", 12.5],
    ]
    writers.xlsx(path, [("Population", lines)])
    assert stage("insee_omphale", "insee_omphale", 2022, path, "zone, sexe, age, annee, population::DOUBLE") == [
        ("Calvados", "1", "[95;+]", 2030, 12.5)
    ]


@pytest.mark.parametrize(("name", "millesime", "basin"), [("22", 2022, "BV2012"), ("2023", 2023, "BV2022")])
def test_the_cog_under_the_names_of_its_producer(tmp_path: Path, name: str, millesime: int, basin: str) -> None:
    header = [
        "CODGEO",
        "LIBGEO",
        "DEP",
        "REG",
        "EPCI",
        "NATURE_EPCI",
        "ARR",
        "CV",
        "ZE2020",
        "UU2020",
        "AAV2020",
        basin,
    ]
    line = ["14118", "Caen", "14", "28", "200065597", "CU", "142", "1499", "2804", "14701", "040", "14118"]
    title = [["Liste des communes"], ["France"], [], ["@Insee"], ["Code géographique"]]
    folder = tmp_path / "extraits" / "insee_cog" / str(millesime)
    folder.mkdir(parents=True)
    book = tmp_path / f"table-appartenance-geo-communes-{name}.xlsx"
    writers.xlsx(book, [("COM", [*title, header, line]), ("Zones_supra_communales", [*title, ["NIVGEO"]])])
    archive = folder / f"table-appartenance-geo-communes-{name}.zip"
    with zipfile.ZipFile(archive, "w") as target:
        target.write(book, book.name)
    with environment(tmp_path / "entrepot", tmp_path / "extraits"):
        assert steps.vintages("insee_cog") == [millesime]
        assert steps.fetch("insee_cog", millesime)
    found = stage("insee_cog", "communes", millesime, book, "commune, canton, zone_emploi, bassin_vie, _ligne")
    assert found == [("14118", "1499", "2804", "14118", 7)]


# --- Bounds ---------------------------------------------------------------------------------------------


def test_only_what_holds_by_construction_stops_an_edition() -> None:
    """A plausible bound warns: what a producer publishes may be rare and true."""
    stopping = {name for name, one in registers.indicators().items() if one.bornes.severite == "critical"}
    apl = registers.indicators()["apl"].bornes
    assert (apl.severite, float(apl.max or 0)) == ("warning", 1000.0)
    for name in stopping:
        bounds = registers.indicators()[name].bornes
        assert (bounds.min, bounds.max) in ((Decimal(0), Decimal(1)), (Decimal(0), Decimal(100))), name
