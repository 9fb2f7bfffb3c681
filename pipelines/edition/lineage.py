"""Where a line of a mart comes from in the extracts: files and lines, for a message that sends somebody there."""

from collections.abc import Collection
from typing import Any

import duckdb

from pipelines import catalogue
from pipelines.database.duck import literal, quoted
from pipelines.edition import models

# How extracts name the place of a line, by its level: a column, and how it is read.
PLACES = {
    "departement": (
        ("departement", "code_departement({})"),
        ("territoire", "code_departement({})"),
        ("commune", "departement_commune({})"),
    ),
    "region": (("region", "code_region({})"),),
    "commune": (("commune", "code_commune({})"),),
    "es": (("finess", "{}"),),
    "ej": (("finess_ej", "{}"), ("repondant", "{}")),
    "esms": (("finess", "{}"), ("repondant", "{}")),
    "ght": (("code_ght", "{}"),),
    "institut": (("uai", "{}"),),
}
TIMES = ("millesime", "annee", "source")  # what says when, and of whom, and not which line
MOST = 40  # lines past which a line of a mart is a sum, that no line of an extract explains
SHOWN = 4


def lines(connection: duckdb.DuckDBPyConnection, table: str, row: dict[str, Any], sources: Collection[str]) -> str:
    """The lines of the extracts of sources that a line of a built table comes from, in words; empty where none is told.

    They are those that say the same of what both name: the codes of the line, its year, its place. Of persons nothing
    is looked for.
    """
    read = models.lineage(table)
    found = []
    mine = {str(row["source"])} & {*sources} if "source" in row else set()
    for source in catalogue.load_all():
        if source.personal or source.id not in (mine or sources):
            continue
        for name in source.tables:
            staged = f"staging.{source.staged_name(name)}"
            if staged in read and (told := _of_table(connection, staged, row)):
                found.append(f"{source.id} {told}")
    return " ; ".join(found)


def _of_table(connection: duckdb.DuckDBPyConnection, staged: str, row: dict[str, Any]) -> str:
    """The lines of one staged table, with its vintage."""
    columns = {n for (n,) in connection.execute(f"SELECT column_name FROM (DESCRIBE {staged})").fetchall()}
    tests = [
        (name, f"{quoted(name)}::VARCHAR = {literal(str(value))}")
        for name, value in row.items()
        if value is not None and name in columns and not isinstance(value, float) and name != "revision"
    ]
    for column, read in PLACES.get(str(row.get("niveau")), ()):
        if column in columns and row.get("code") is not None:
            tests.append((column, f"{read.format(f'{quoted(column)}::VARCHAR')} = {literal(str(row['code']))}"))
    kept: list[str] = []
    named = False
    for name, test in sorted(tests, key=lambda t: t[0] not in TIMES):
        where = " AND ".join([*kept, test])
        # What a producer writes otherwise than the marts finds nothing, and says nothing.
        if connection.execute(f"SELECT EXISTS (FROM {staged} WHERE {where})").fetchall() == [(True,)]:
            kept.append(test)
            named = named or name not in TIMES
    if not named:
        return ""
    places = connection.execute(
        f"SELECT millesime, _fichier, _ligne FROM {staged} WHERE {' AND '.join(kept)} ORDER BY ALL LIMIT {MOST + 1}"
    ).fetchall()
    if len(places) > MOST:
        return ""
    said = [f"{millesime}, {file}, ligne {line}" for millesime, file, line in places[:SHOWN]]
    return ", ".join(said) + (" …" if len(places) > SHOWN else "")
