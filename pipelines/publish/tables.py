"""The tables of a release: what the public file holds, as Parquet and as CSV, once for machines and once for people.

`csv/` is RFC 4180: UTF-8, commas, CRLF, values as they are. `csv-fr/` is what a French spreadsheet opens by itself:
byte order mark, semicolons, decimal comma, VRAI and FAUX. There, a text that a spreadsheet would run as a formula is
preceded by an apostrophe, as OWASP advises (numbers keep their minus sign, they can't carry a formula); and a view is
as people see it, with its words, its units, and the sign of each empty cell.

A table without a line is in the public file alone.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.database import duck
from pipelines.edition import models
from pipelines.edition.models import Model
from pipelines.publish.numbers import FORMULA, PARTIAL_COLUMN, partial, written
from pipelines.publish.public import FICTIF, FICTIF_COLUMN, WrittenTable
from pipelines.publish.views import Views

BOM = "\ufeff"

# Where a column names something that a table of reference lists: a foreign key, where all its values are there.
REFERENCES = {
    ("source",): "reference.sources",
    ("profession",): "reference.professions",
    ("variable",): "reference.variables_sae",
    ("commune",): "reference.communes",
    ("niveau", "code"): "reference.territoires",
    ("indicateur",): "reference.indicateurs",
    ("millesime", "finess"): "fiches.etablissements",
}


@dataclass(frozen=True)
class Keys:
    """What holds of a released table: columns of its grain that are never empty, and its foreign keys."""

    filled: frozenset[str]
    foreign: list[tuple[tuple[str, ...], str]]


def file_name(model: Model, *, fictif: bool) -> str:
    """Name of a table's files, without extension; a fictitious one says so."""
    return ("FICTIF-" if fictif else "") + model.name


def write(connection: duckdb.DuckDBPyConnection, tables: list[WrittenTable], folder: Path, *, fictif: bool) -> None:
    """Writes the tables of the public file into a folder: `parquet/` (typed, described), `csv/` and `csv-fr/`."""
    for kind in ("csv", "csv-fr", "parquet"):
        (folder / kind).mkdir(parents=True)
    filled = [table.model for table in tables if table.rows]
    with duck.side_by_side(connection) as pool:
        tasks = [pool.submit(_write_one, connection.cursor(), m, folder, fictif=fictif) for m in filled]
    for task in tasks:
        task.result()
    views = Views(connection)
    for model in filled:
        if model.schema == models.VIEWS:
            _seen(views, model, folder / "csv-fr" / f"{file_name(model, fictif=fictif)}.csv", fictif=fictif)


def _write_one(connection: duckdb.DuckDBPyConnection, model: Model, folder: Path, *, fictif: bool) -> None:
    name = file_name(model, fictif=fictif)
    with connection:
        table: pa.Table = connection.execute(f"FROM {model.name}").to_arrow_table()
        described = _with_words(table, model, fictif=fictif)
        pq.write_table(described, folder / "parquet" / f"{name}.parquet", compression="zstd")
        machines = folder / "csv" / f"{name}.csv"
        if model.schema == models.VIEWS:
            _copy(connection, f"FROM {model.name}", machines, ",")
        else:
            both(connection, model.name, machines, folder / "csv-fr" / f"{name}.csv")


def _seen(views: Views, model: Model, target: Path, *, fictif: bool) -> None:
    """Writes a view as people see it."""
    columns, rows = views.whole(views.view(model.table))
    said = {FICTIF_COLUMN: FICTIF} if fictif else {}
    marked = [partial(row, columns) for row in rows]
    told = [PARTIAL_COLUMN] if any(marked) else []
    with target.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow([*(column.heading for column in columns), *told, *said])
        writer.writerows(
            [*(written(row, column) for column in columns), *(mark for _ in told), *said.values()]
            for row, mark in zip(rows, marked, strict=True)
        )


def both(connection: duckdb.DuckDBPyConnection, table: str, machines: Path, people: Path) -> None:
    """Writes a table of a connection as CSV, for machines and for French spreadsheets."""
    columns = connection.execute(f"DESCRIBE {table}").fetchall()
    shown = [
        f'{_french(name, kind)} AS "{BOM if rank == 0 else ""}{name}"' for rank, (name, kind, *_) in enumerate(columns)
    ]
    _copy(connection, f"FROM {table}", machines, ",")
    _copy(connection, f"SELECT {', '.join(shown)} FROM {table}", people, ";")


def _french(name: str, kind: str) -> str:
    """SQL of a column's text in a French spreadsheet."""
    if kind == "VARCHAR":
        return f"""CASE WHEN regexp_matches("{name}", '{FORMULA}') THEN '''' || "{name}" ELSE "{name}" END"""
    if kind == "BOOLEAN":
        return f"""CASE "{name}" WHEN true THEN 'VRAI' WHEN false THEN 'FAUX' END"""
    if kind == "DATE":
        return f"""strftime("{name}", '%d/%m/%Y')"""
    return f"""replace("{name}"::VARCHAR, '.', ',')"""


def _copy(connection: duckdb.DuckDBPyConnection, query: str, target: Path, separator: str) -> None:
    path = duck.literal(str(target))
    connection.execute(
        f"COPY ({query}) TO {path} (FORMAT csv, HEADER true, DELIMITER '{separator}', NEW_LINE '\\r\\n')"
    )


def _with_words(table: pa.Table, model: Model, *, fictif: bool) -> pa.Table:
    """Puts the table's and the columns' words into the Parquet metadata."""
    fields = []
    for field in table.schema:
        if field.name == FICTIF_COLUMN:
            fields.append(field)
            continue
        words = models.column_words(model, field.name)
        fields.append(field.with_metadata({"description": words.description, "unite": words.unit}))
    metadata = {
        "titre": model.title,
        "source": model.source,
        "grain": ", ".join(model.grain),
        "note": model.notes,
    }
    if fictif:
        metadata["avertissement"] = FICTIF
    return table.cast(pa.schema(fields, metadata=metadata))


def keys(connection: duckdb.DuckDBPyConnection, tables: list[WrittenTable]) -> dict[str, Keys]:
    """What the public file itself holds of the keys of each table that has lines."""
    released = {table.model.name for table in tables if table.rows}
    return {table.model.name: _keys(connection, table, released) for table in tables if table.rows}


def _keys(connection: duckdb.DuckDBPyConnection, table: WrittenTable, released: set[str]) -> Keys:
    name, grain = table.model.name, table.model.grain
    tests = ", ".join(f'count(*) = count("{k}")' for k in grain)
    filled = connection.execute(f"SELECT {tests} FROM {name}").fetchall()[0]
    here = {column for column, _ in table.columns}
    foreign = []
    for columns, other in REFERENCES.items():
        if not set(columns) <= here or other == name or other not in released:
            continue
        joined = " AND ".join(f"o.{c} = t.{c}" for c in columns)
        asked = " OR ".join(f"t.{c} IS NOT NULL" for c in columns)
        orphans = f"SELECT 1 FROM {name} AS t WHERE ({asked}) AND NOT EXISTS (FROM {other} AS o WHERE {joined})"
        if not connection.execute(f"{orphans} LIMIT 1").fetchall():
            foreign.append((columns, other))
    return Keys(frozenset(k for k, full in zip(grain, filled, strict=True) if full), foreign)


def dictionary(tables: list[WrittenTable], folder: Path, *, fictif: bool) -> None:
    """Writes the data dictionary: a line per column of every table."""
    rows = [
        {
            "table": w.model.name,
            "titre": w.model.title,
            "colonne": name,
            "type": kind,
            "unite": (words := models.column_words(w.model, name)).unit,
            "description": words.description,
            "cle": "oui" if name in w.model.grain else "",
            "source": w.model.source,
            **({FICTIF_COLUMN: FICTIF} if fictif else {}),
        }
        for w in tables
        for name, kind in w.columns
    ]
    table = pa.Table.from_pylist(rows)
    with duckdb.connect() as connection:
        connection.register("dictionnaire", table)
        name = ("FICTIF-" if fictif else "") + "dictionnaire"
        both(connection, "dictionnaire", folder / f"{name}.csv", folder / f"{name}-fr.csv")
