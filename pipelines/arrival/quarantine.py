"""What the checks set aside of a staged table: a line that fails a rule, or the cell that makes it fail.

A rule that fails on one number, whatever the others are, costs the line that number and nothing else. One that fails
on several together is told, and costs nothing: which of them is wrong isn't known; but parts larger than their whole
(`parts` of the rule) tell nothing of it, and go. A line goes where what tells it is wrong: its key, its codes, another
line of the same key.
"""

import json
import re
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.arrival import typed
from pipelines.arrival.aside import CALCULATION, WHOLE
from pipelines.catalogue import Source
from pipelines.checks.controls import Control, shortened, undated
from pipelines.database.duck import literal, quoted

# Cells looked at one by one to find those that make their line fail; with more, the file is not what it says.
MOST = 200_000
LINES, CELLS = "lignes_ecartees_", "cellules_ecartees_"  # controls that tell of them, before a rule or a column
FEW = 3  # lines of a small table, a tenth of it at most, that may be set aside whatever their share
PLACES = 8  # lines named in a warning

Row = dict[str, Any]


def of_rules(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    table: str,
    rules: list[dict[str, Any]],
    controls: list[Control],
) -> list[Row]:
    """The lines and the cells that failed a rule marked `quarantaine`, each with the rules' reasons and its `_rang`."""
    found: dict[tuple[int, str], Row] = {}
    for rule, control in zip(rules, controls, strict=True):
        if control.reussi or not rule.get("meta", {}).get("quarantaine"):
            continue
        looked = _looked_at(source, table, rule)
        ranks = [
            r for (r,) in connection.execute(f"SELECT _rang FROM ({_query(rule, f'controle.{table}')})").fetchall()
        ]
        for rank, column in _faulty(connection, source, table, rule, ranks):
            row = found.setdefault((rank, column), {"_rang": rank, "colonne": column, "raisons": [], "douteuses": []})
            row.setdefault("controle", control.controle)
            row["raisons"].append(undated(control.motif))
            row["douteuses"] += looked
    gone = {rank for rank, column in found if column == WHOLE}
    kept = [row for (rank, column), row in found.items() if column == WHOLE or rank not in gone]
    return _told(connection, source, table, kept)


def _query(rule: dict[str, Any], batch: str) -> str:
    return str(rule["kwargs"]["unexpected_rows_query"]).rstrip("; \n").format(batch=batch)


def _looked_at(source: Source, table: str, rule: dict[str, Any]) -> list[str]:
    """The columns of a table that a rule names: of a line that it sets aside, they may be what is wrong."""
    query = str(rule["kwargs"]["unexpected_rows_query"])
    return [c.name for c in source.of_table(table) if re.search(rf"\b{c.name}\b", query)]


def _faulty(
    connection: duckdb.DuckDBPyConnection, source: Source, table: str, rule: dict[str, Any], ranks: list[int]
) -> list[tuple[int, str]]:
    """Of the rows that fail a rule, the column at fault, or WHOLE; nothing where only several together are."""
    if (cell := rule["meta"].get("cellule")) is not None:
        return [(rank, cell) for rank in ranks]
    if parts := rule["meta"].get("parts"):
        return _filled(connection, table, ranks, parts)
    query, entry = str(rule["kwargs"]["unexpected_rows_query"]), source.tables[table]
    numbers = {
        c.name: c.sql
        for c in source.of_table(table)
        if c.is_number and not entry.goes_with(c.name, number=True)
        if re.search(rf"\b{c.name}\b", query)
    }
    # A rule that looks at other rows is about lines; and with none of our numbers in it, so is any.
    if not numbers or query.count("{batch}") > 1 or len(ranks) * len(numbers) > MOST:
        return [(rank, WHOLE) for rank in ranks]
    connection.register("_rangs", pa.table({"_rang": pa.array(ranks, pa.int64())}))
    connection.register("_colonnes", pa.table({"_colonne": pa.array(numbers, pa.string())}))
    none = ", ".join(f"NULL::{kind} AS {quoted(name)}" for name, kind in numbers.items())
    one = ", ".join(
        f"CASE WHEN _colonne = {literal(name)} THEN {quoted(name)} END AS {quoted(name)}" for name in numbers
    )
    mine = f"controle.{table} SEMI JOIN _rangs USING (_rang)"
    without = _query(rule, f"(SELECT * REPLACE ({none}) FROM {mine})")
    alone = _query(rule, f"(SELECT * REPLACE ({one}) FROM (FROM {mine}) CROSS JOIN _colonnes)")
    lines = {rank for (rank,) in connection.execute(f"SELECT _rang FROM ({without})").fetchall()}
    cells = connection.execute(f"SELECT _rang, _colonne FROM ({alone})").fetchall()
    connection.unregister("_rangs")
    connection.unregister("_colonnes")
    return [*((rank, WHOLE) for rank in lines), *((rank, column) for rank, column in cells if rank not in lines)]


def _filled(
    connection: duckdb.DuckDBPyConnection, table: str, ranks: list[int], columns: list[str]
) -> list[tuple[int, str]]:
    """The cells of some columns, in those rows, that hold something."""
    connection.register("_rangs", pa.table({"_rang": pa.array(ranks, pa.int64())}))
    cells = connection.execute(
        f"SELECT _rang, _colonne FROM (UNPIVOT (SELECT _rang, {', '.join(map(quoted, columns))} FROM controle.{table} "
        f"SEMI JOIN _rangs USING (_rang)) ON {', '.join(map(quoted, columns))} INTO NAME _colonne VALUE _valeur)"
    ).fetchall()
    connection.unregister("_rangs")
    return cells


def _told(connection: duckdb.DuckDBPyConnection, source: Source, table: str, rows: list[Row]) -> list[Row]:
    """The rows as the quarantine keeps them: their place, their reason, and of an open source what they say."""
    if not rows:
        return []
    connection.register("_rangs", pa.table({"_rang": pa.array(sorted({r["_rang"] for r in rows}), pa.int64())}))
    said = {
        rank: (file, line, json.loads(content))
        for rank, file, line, content in connection.execute(
            f"SELECT _rang, _fichier, _ligne, to_json(b)::VARCHAR "
            f"FROM controle.{table} AS b SEMI JOIN _rangs USING (_rang)"
        ).fetchall()
    }
    connection.unregister("_rangs")
    key = source.tables[table].key
    told = []
    for row in sorted(rows, key=lambda r: (r["_rang"], r["colonne"])):
        file, line, content = said[row["_rang"]]
        column, reason = row["colonne"], " ; ".join(dict.fromkeys(row["raisons"]))
        cells = {
            name: value
            for name, value in content.items()
            if not name.startswith("_") and (column == WHOLE or name in key or name == column)
        }
        value = "" if source.personal else f" « {'' if content.get(column) is None else content[column]} »"
        told.append(
            {
                "table": table,
                "fichier": file,
                "ligne": line,
                "controle": row["controle"],
                "motif": reason if column == WHOLE else f"colonne {column} :{value} ; {reason}",
                "contenu": None if source.personal else json.dumps(cells, ensure_ascii=False),
                "colonne": column,
                "douteuses": " ".join(dict.fromkeys(row["douteuses"])) if column == WHOLE else "",
                "_rang": row["_rang"],
            }
        )
    return told


def take_out(connection: duckdb.DuckDBPyConnection, staged: Path, rows: Iterable[Row]) -> None:
    """Writes a staged table again, without these lines and with these cells empty."""
    kept = staged.with_suffix(".garde.parquet")
    by_column: dict[str, list[int]] = {}
    for row in rows:
        by_column.setdefault(row["colonne"], []).append(row["_rang"])
    lines = by_column.pop(WHOLE, [])
    names = {
        name for (name, *_) in connection.execute(f"DESCRIBE FROM read_parquet({literal(str(staged))})").fetchall()
    }
    emptied = []
    for column, ranks in by_column.items():
        name, status = quoted(column), f"{column}_statut"
        here = f"file_row_number IN ({', '.join(map(str, ranks))})"
        emptied.append(f"CASE WHEN {here} THEN NULL ELSE {name} END AS {name}")
        if status in names:  # of an empty cell, the status says so already
            emptied.append(
                f"CASE WHEN {here} AND {name} IS NOT NULL THEN {literal(typed.UNREAD)} ELSE {quoted(status)} END "
                f"AS {quoted(status)}"
            )
    replaced = f"REPLACE ({', '.join(emptied)})" if emptied else ""
    connection.register("ecartees", pa.table({"_rang": pa.array(lines, pa.int64())}))
    connection.execute(
        f"COPY (SELECT * EXCLUDE (file_row_number) {replaced} "
        f"FROM read_parquet({literal(str(staged))}, file_row_number = true) "
        "WHERE file_row_number NOT IN (SELECT _rang FROM ecartees) ORDER BY file_row_number) "
        f"TO {literal(str(kept))} (FORMAT parquet, COMPRESSION zstd)"
    )
    connection.unregister("ecartees")
    kept.replace(staged)


# --- told -----------------------------------------------------------------------------------------


def spared(source: Source, rows: int) -> int:
    """How many lines of a table, or cells of a column, may be set aside without a refusal, of so many lines.

    A share, by the entry; of a small table, a few: what is right of it stays, and what it says is partial.
    """
    return max(int(source.quarantine_share_max * rows), min(FEW, rows // 10))


def controls_of(source: Source, table: str, rows: int, aside: list[Row]) -> list[Control]:
    """What was set aside of a table of so many lines, as controls: its lines that reading refused, and each column.

    A contract is corrected by who fills it: an error of calculation refuses it.
    """
    objet, most = source.staged_name(table), spared(source, rows)
    found = []
    read = sorted((r for r in aside if r["colonne"] == WHOLE and "_rang" not in r), key=lambda r: str(r["controle"]))
    for name, mine in groupby(read, key=lambda r: str(r["controle"])):
        lines = [*mine]
        found.append(
            Control(
                objet,
                f"{LINES}{name}",
                "critique" if source.contrat and name == CALCULATION else "avertissement",
                False,
                f"{len(lines)} ligne(s) sur {rows} : {where(lines)}",
                f"{shortened(str(lines[0]['motif']), 240)} ; la ligne n'entre pas dans l'atlas",
                len(lines),
            )
        )
    cells = sorted((r for r in aside if r["colonne"] != WHOLE), key=lambda r: str(r["colonne"]))
    for name, mine in groupby(cells, key=lambda r: str(r["colonne"])):
        lines = [*mine]
        wrong = source.contrat and any(r["controle"] == CALCULATION for r in lines)
        found.append(
            Control(
                objet,
                f"{CELLS}{name}",
                "critique" if wrong or len(lines) > most else "avertissement",
                False,
                f"{len(lines)} cellule(s) sur {rows} lignes : {where(lines)}",
                f"{shortened(str(lines[0]['motif']), 240)} ; la cellule reste vide, sa ligne est gardée",
                len(lines),
            )
        )
    return found


def where(rows: list[Row]) -> str:
    """The files and the lines of what was set aside, the first of them where they are many."""
    named = []
    for file, mine in groupby(sorted(rows, key=lambda r: (str(r["fichier"]), r["ligne"])), key=lambda r: r["fichier"]):
        lines = [*dict.fromkeys(r["ligne"] for r in mine)]
        shown = ", ".join(map(str, lines[:PLACES])) + (" …" if len(lines) > PLACES else "")
        named.append(f"{file}, ligne{'s' if len(lines) > 1 else ''} {shown}")
    return " ; ".join(named[:PLACES]) + (" …" if len(named) > PLACES else "")
