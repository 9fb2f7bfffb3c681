"""The threat model: each threat has a guard that is there and a test that exists; and the tests that it lacked."""

import ast
import re
from pathlib import Path

import duckdb
import openpyxl
import pyarrow.parquet as pq
import pytest
from fixtures_entrepots import EDITION, ROOT, environment, rows

from pipelines import steps
from pipelines.arrival import outcomes
from pipelines.connectors import mirror
from pipelines.publish import xlsx
from pipelines.publish.xlsx import Front, Sheet

PAGE = ROOT / "docs" / "menaces.md"
ROW = re.compile(r"^\| (?!menace \|)([^|-][^|]*) \| (.+) \| (.+) \|$", re.MULTILINE)
THREATS = ROW.findall(PAGE.read_text(encoding="utf-8"))
NASTY = "l'un\"); DROP TABLE core.etablissements; --"
FORMULA = '=HYPERLINK("http://ailleurs.example","lire")'


def test_the_page_has_a_threat_a_line() -> None:
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    headings = [line for line in lines if line == "| menace | garde | essai |"]
    assert len(headings) == 6
    assert len(THREATS) == len(lines) - len(headings)
    assert len(THREATS) > 25


@pytest.mark.parametrize(("threat", "guard", "tests"), THREATS, ids=[t[0][:50] for t in THREATS])
def test_a_threat_has_a_guard_and_a_test_that_exist(threat: str, guard: str, tests: str) -> None:
    places = re.findall(r"`([\w./-]+\.\w+|\.env\.example)`", guard)
    assert places, threat
    assert [place for place in places if not (ROOT / place).is_file()] == []
    named = re.findall(r"`(tests/\w+\.py)::(\w+)`", tests)
    assert named, threat
    assert len(named) == tests.count("::")
    for file, name in named:
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, (file, name)


def test_sql_in_an_extract_is_text(tmp_path: Path, sample_extracts: Path) -> None:
    """In a cell, in the heading of a column that nobody reads, in the names of the folders."""
    root = tmp_path / f"extraits {NASTY}"
    source = next((sample_extracts / "ght" / "2023").glob("*.csv"))
    header, *lines = source.read_text(encoding="utf-8").splitlines()
    told = NASTY.replace('"', '""')
    cells = [line.split(",") for line in lines]
    text = [",".join([f'"{header}"' for header in [*header.split(","), told]])]
    text += [",".join([*line[:5], f'"{told}"', f'"{told}"']) for line in cells]
    (root / "ght" / "2023").mkdir(parents=True)
    (root / mirror.FICTIF).touch()  # what is real must be whole
    (root / "ght" / "2023" / source.name).write_text("\n".join(text) + "\n", encoding="utf-8")
    with environment(tmp_path / f"entrepot {NASTY}", root) as now:
        steps.ingest("ght", 2023)
        staged = pq.read_table(outcomes.folder(now, "ght", 2023, 1) / "ght.parquet")
        assert set(staged.column("etablissements").to_pylist()) == {NASTY}
        steps.lock(EDITION)
        target = steps.build(EDITION)
    with duckdb.connect(target, read_only=True) as made:
        assert rows(made, "SELECT count(*) FROM core.etablissements") == [(0,)]  # empty, and there
        assert (NASTY,) in rows(made, "SELECT DISTINCT etablissements FROM staging.ght")


def test_a_formula_in_a_workbook_is_text(tmp_path: Path) -> None:
    front = Front(FORMULA, EDITION, False, [(FORMULA, FORMULA)], [(FORMULA, FORMULA)])
    xlsx.write(tmp_path / "a.xlsx", front, [Sheet("a", FORMULA, [], [], [FORMULA])])
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    cells = [cell for page in book for row in page.iter_rows() for cell in row if cell.value is not None]
    assert FORMULA in {cell.value for cell in cells}
    assert {cell.data_type for cell in cells if str(cell.value).startswith("=")} == {"s"}
    assert [cell.coordinate for cell in cells if cell.hyperlink and "ailleurs" in str(cell.hyperlink.target)] == []
