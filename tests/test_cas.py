"""Cases made by hand: what a model of sql/ gives of a few lines whose result was worked out apart.

`cas/<schema>.<table>.yml` lists them: `cas` says what is shown, `tables` what the model reads, `attendu` what it gives.
A table is written as people write one, cells between bars: an empty cell is a missing value, `''` an empty text. Where
all lines say the same of a column, its heading does: `sexe=ensemble`. A table that isn't given is empty, a column
that isn't given is missing. Of the result, the columns of `attendu` are compared, and every line; where `lignes` says
which, those lines alone.
"""

from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from pipelines import indicators
from pipelines.database import macros
from pipelines.edition import models

CASES = Path(__file__).with_name("cas")
MODELS = {model.name: model for model in models.load_all()}
CALCULATED = {f"{indicators.SCHEMA}.{table}": made for c in indicators.ALL for table, made in c.makes.items()}


def cases() -> list[Any]:
    """Each case, under the name of its model and its rank in the file."""
    return [
        pytest.param(path.stem, case, id=f"{path.stem}-{rank}")
        for path in sorted(CASES.glob("*.yml"))
        for rank, case in enumerate(yaml.safe_load(path.read_text(encoding="utf-8")), 1)
    ]


def cells(text: str) -> tuple[list[str], list[list[str | None]]]:
    """The columns of a written table, and its lines."""
    heading, *lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    own = [name for name in heading if "=" not in name]
    same = dict(name.split("=", 1) for name in heading if "=" in name)
    assert all(len(line) == len(own) for line in lines), (heading, lines)
    said = [[*line, *same.values()] for line in lines]
    return [*own, *same], [[None if cell == "" else "" if cell == "''" else cell for cell in line] for line in said]


def fill(connection: duckdb.DuckDBPyConnection, table: str, text: str) -> list[str]:
    """Adds the lines of a written table to a table, each cell read as its column's type; returns the columns."""
    columns, lines = cells(text)
    names = ", ".join(f'"{name}"' for name in columns)
    if lines:
        connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})", lines)
    return columns


@pytest.fixture(scope="module")
def empty_tables(sample_db: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """What makes each table that a model may read, without a line: columns and types are those of the warehouse."""
    found: dict[str, list[str]] = {
        name: [f'"{column}" {kind}' for column, kind in made.items()] for name, made in CALCULATED.items()
    }
    for schema, table, column, kind in sample_db.execute(
        "SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns() "
        "WHERE NOT internal ORDER BY schema_name, table_name, column_index"
    ).fetchall():
        if schema != indicators.SCHEMA:
            found.setdefault(f"{schema}.{table}", []).append(f'"{column}" {kind}')
    return {name: f"CREATE TABLE {name} ({', '.join(columns)})" for name, columns in found.items()}


@pytest.mark.lent
@pytest.mark.parametrize(("name", "case"), cases())
def test_the_model_gives_what_was_worked_out(name: str, case: dict[str, Any], empty_tables: dict[str, str]) -> None:
    model = MODELS[name]
    with duckdb.connect() as connection:
        macros.make(connection)
        read = models.dependencies(connection, model.query, name) & empty_tables.keys()
        assert case["tables"].keys() <= read, f"{name} doesn't read {sorted(case['tables'].keys() - read)}"
        for schema in sorted({table.split(".")[0] for table in read}):
            connection.execute(f"CREATE SCHEMA {schema}")
        for table in sorted(read):
            connection.execute(empty_tables[table])
            if table in case["tables"]:
                fill(connection, table, case["tables"][table])
        connection.execute(f"CREATE TABLE given AS {model.query}")
        connection.execute("CREATE TABLE expected AS FROM given LIMIT 0")
        columns = ", ".join(f'"{c}"' for c in fill(connection, "expected", case["attendu"]))
        kept = case.get("lignes", "true")
        given = connection.execute(f"SELECT {columns} FROM given WHERE {kept} ORDER BY ALL").fetchall()
        expected = connection.execute(f"SELECT {columns} FROM expected ORDER BY ALL").fetchall()
    assert given == expected, case["cas"]


def test_a_written_table_tells_missing_from_empty() -> None:
    columns, lines = cells("a | b | c=x\n1 | \n2 | ''\n")
    assert (columns, lines) == (["a", "b", "c"], [["1", None, "x"], ["2", "", "x"]])
