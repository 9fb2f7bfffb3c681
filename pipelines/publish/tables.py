"""The tables of a release: what the public file holds, as CSV and Parquet."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines import warehouse
from pipelines.publish.public import FICTIF, FICTIF_COLUMN, Written
from pipelines.warehouse import Model


def file_name(model: Model, *, fictif: bool) -> str:
    """Name of a table's files, without extension; a fictitious one says so."""
    return ("FICTIF-" if fictif else "") + model.name


def write(connection: duckdb.DuckDBPyConnection, written: list[Written], folder: Path, *, fictif: bool) -> None:
    """Writes the tables of the public file as CSV (RFC 4180, UTF-8) and Parquet (typed, described) into a folder."""
    (folder / "csv").mkdir(parents=True)
    (folder / "parquet").mkdir()
    for model in (w.model for w in written):
        table: pa.Table = connection.execute(f"FROM {model.name}").to_arrow_table()
        name = file_name(model, fictif=fictif)
        pq.write_table(
            _with_words(table, model, fictif=fictif),
            folder / "parquet" / f"{name}.parquet",
            compression="zstd",
        )
        _copy(connection, model.name, folder / "csv" / f"{name}.csv")


def _copy(connection: duckdb.DuckDBPyConnection, table: str, target: Path) -> None:
    path = str(target).replace("'", "''")
    connection.execute(f"COPY (FROM {table}) TO '{path}' (FORMAT csv, HEADER true)")


def _with_words(table: pa.Table, model: Model, *, fictif: bool) -> pa.Table:
    """Puts the table's and the columns' words into the Parquet metadata."""
    fields = []
    for field in table.schema:
        if field.name == FICTIF_COLUMN:
            fields.append(field)
            continue
        words = warehouse.column_words(model, field.name)
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


def dictionary(written: list[Written], folder: Path, *, fictif: bool) -> None:
    """Writes the data dictionary: a line per column of every table."""
    rows = [
        {
            "table": w.model.name,
            "titre": w.model.title,
            "colonne": name,
            "type": kind,
            "unite": (words := warehouse.column_words(w.model, name)).unit,
            "description": words.description,
            "cle": "oui" if name in w.model.grain else "",
            "source": w.model.source,
            **({FICTIF_COLUMN: FICTIF} if fictif else {}),
        }
        for w in written
        for name, kind in w.columns
    ]
    table = pa.Table.from_pylist(rows)
    with duckdb.connect() as connection:
        connection.register("dictionnaire", table)
        name = ("FICTIF-" if fictif else "") + "dictionnaire"
        _copy(connection, "dictionnaire", folder / f"{name}.csv")
