"""The worked examples of docs/exemples.md: what the page quotes, recomputed on the real extracts and in the marts."""

import csv
import json
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from fixtures_entrepots import ROOT, Warehouse
from python_calamine import CalamineWorkbook

PAGE = (ROOT / "docs" / "exemples.md").read_text(encoding="utf-8")
SECTIONS = re.split(r"^## (?=\d+\. )", PAGE, flags=re.MULTILINE)


def cells(section: str, heading: str) -> list[list[str]]:
    """Rows of the Markdown table whose header begins with `heading`."""
    table = re.search(rf"^\| {heading} \|.*\n\|[-|:]+\|\n((?:\|.*\n?)+)", section, re.MULTILINE)
    if table is None:
        return []
    return [[c.strip().strip("`") for c in line.strip().strip("|").split("|")] for line in table[1].splitlines()]


def block(section: str, kind: str) -> str | None:
    """The fenced block whose first line says what it runs on."""
    found = re.search(rf"^```\w+\n(?:--|#) {kind}\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    return found[1] if found else None


def expected(section: str) -> list[tuple[Decimal, Decimal]]:
    """Values of « Résultat : », each with half a unit of its last decimal."""
    said = re.search(r"\*\*Résultat : (.+?)\*\*", section)
    values = [Decimal(re.sub(r"\s", "", v).replace(",", ".")) for v in said[1].split(" ; ")] if said else []
    return [(v, Decimal(5).scaleb(int(v.as_tuple().exponent) - 1)) for v in values]


def text(value: Any) -> str:
    """A cell as the page quotes it: whole numbers of a workbook without decimals."""
    return str(int(value)) if isinstance(value, float) and value == int(value) else str(value).strip()


def lines(path: Path, sheet: str) -> list[list[str]]:
    """Cells of an extract, line by line; the first line of the file is the first of the list."""
    if path.suffix in (".xlsx", ".xls"):
        rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        return [[text(c) for c in row] for row in rows]
    raw = path.read_bytes()
    try:
        content = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        content = raw.decode("cp1252", errors="replace")
    if path.suffix == ".json":
        records = json.loads(content)
        return [list(records[0]), *([text(v) for v in r.values()] for r in records)]
    first = content.split("\n", 1)[0]
    return [[text(c) for c in row] for row in csv.reader(content.splitlines(), delimiter=max(";,", key=first.count))]


def load(db: duckdb.DuckDBPyConnection, name: str, path: Path, sheet: str, header: int) -> None:
    """One extract as a table of text, `ligne` being the line in the file."""
    found = lines(path, sheet)
    names = [n or f"c{rank}" for rank, n in enumerate(found[header - 1], 1)]
    names = [n if names.index(n) == rank else f"{n}_{rank + 1}" for rank, n in enumerate(names)]
    records = [
        {"ligne": number, **dict(zip(names, row, strict=False))}
        for number, row in enumerate(found[header:], header + 1)
        if any(row)
    ]
    schema = pa.schema([("ligne", pa.int32()), *((n, pa.string()) for n in names)])
    db.register("a_charger", pa.Table.from_pylist(records, schema))
    db.execute(f"CREATE TABLE {name} AS FROM a_charger")
    db.unregister("a_charger")


@pytest.fixture(scope="module")
def extracts(mirror_root: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The extracts that the page names, one table each."""
    with duckdb.connect() as db:
        db.execute("CREATE MACRO nombre(t) AS regexp_replace(t, '[^0-9.-]', '', 'g')::DECIMAL(24, 10)")
        for name, file, sheet, header in cells(PAGE, "Nom"):
            load(db, name, mirror_root / file, sheet, int(header))
        yield db


def test_the_page_has_ten_examples() -> None:
    assert [s.split(".")[0] for s in SECTIONS[1:]] == [str(n) for n in range(1, 11)]
    for section in SECTIONS[1:]:
        assert cells(section, "Extrait"), section[:40]
        assert block(section, "sur les extraits"), section[:40]
        assert block(section, "sur le mart"), section[:40]
        assert expected(section), section[:40]


@pytest.mark.lent
@pytest.mark.parametrize("section", SECTIONS[1:], ids=lambda s: s.split("\n")[0][:30])
def test_quoted_cells_are_those_of_the_extract(section: str, extracts: duckdb.DuckDBPyConnection) -> None:
    for name, line, column, cell in cells(section, "Extrait"):
        found = extracts.execute(f'SELECT "{column}" FROM {name} WHERE ligne = ?', [int(line)]).fetchall()
        assert [re.sub(r"\s", " ", c) for (c,) in found] == [cell], (name, line, column)


def computed(section: str, extracts: duckdb.DuckDBPyConnection) -> list[Any]:
    """What the page's own computation gives on the extracts: one row of SQL, or `resultat` of Python."""
    code = block(section, "sur les extraits") or ""
    if "```python" in section:
        scope: dict[str, Any] = {"extraits": extracts}
        exec(code, scope)  # noqa: S102 - code of our own page
        return list(scope["resultat"])
    return list(extracts.execute(code).fetchall()[0])


@pytest.mark.parametrize("section", SECTIONS[1:], ids=lambda s: s.split("\n")[0][:30])
def test_by_hand_and_in_the_mart(section: str, extracts: duckdb.DuckDBPyConnection, mirror: Warehouse) -> None:
    wanted = expected(section)
    with mirror.connect() as db:
        made = db.execute(block(section, "sur le mart") or "").fetchall()
    assert len(made) == 1
    for given in (computed(section, extracts), made[0]):
        assert len(given) == len(wanted)
        for value, (said, half) in zip(given, wanted, strict=True):
            assert abs(Decimal(str(value)) - said) <= half * Decimal("1.001"), (section.split("\n")[0], value, said)
