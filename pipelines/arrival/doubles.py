"""The same part of a table in two files: reading both would count it twice."""

import re
import unicodedata
from pathlib import Path

import duckdb

from pipelines.arrival.landing import Landed
from pipelines.catalogue import Source
from pipelines.catalogue.layouts import pattern
from pipelines.checks import repeats
from pipelines.database.duck import literal, quoted
from pipelines.errors import Place, RefusedError

ONE, TWICE = "un seul fichier", "deux fois dans un même tableau"


def refuse_names(landed: Landed, source: Source, table: str, files: list[Path]) -> None:
    """Refuses two files whose names say that they are the same part of a table, under one word or two.

    Raises RefusedError.
    """
    rule = pattern(source.layout(table, landed.millesime).file, landed.millesime)
    seen: dict[tuple[str, ...], str] = {}
    for path in files:
        match = rule.fullmatch(path.name)
        groups = match.groupdict() if match else {}
        part = tuple(_meant(source, table, name, text or "") for name, text in groups.items())
        if part in seen:
            raise _twice(
                landed, table, seen[part], path.name, f"Deux fichiers se disent la même partie de la table « {table} »"
            )
        seen[part] = path.name


def _meant(source: Source, table: str, column: str, text: str) -> str:
    """What a part of a file's name means: where synonyms are known, one of them stands for all."""
    same = source.tables[table].synonymes.get(column)
    if same is None:
        return text.casefold()
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    said = " ".join(re.findall("[a-z0-9]+", plain))
    return same.get(said, said)


def refuse_contents(
    connection: duckdb.DuckDBPyConnection, landed: Landed, source: Source, table: str, staged: Path
) -> None:
    """Refuses two files of other names that hold the same lines, and two sheets. Raises RefusedError.

    A sheet is no other for what its name says, but where that is a year: one may repeat another, and is told
    (checks/repeats.py). Few lines, or lines without a number, may be the same by chance.
    """
    said = source.cells(table, landed.millesime)
    if pair := _alike(connection, staged, "regexp_replace(_fichier, '\\[.*$', '')", said, "true"):
        raise _twice(
            landed, table, *pair, f"Deux fichiers ont le même contenu, et seraient comptés {TWICE} (« {table} »)"
        )
    if source.layout(table, landed.millesime).reader != "workbook":
        return
    dated = [c.name for c in source.of_table(table) if c.unit == "année" and c.name not in said]
    numbers = [quoted(c.name) for c in source.of_table(table) if c.is_number and c.name in said]
    some = " OR ".join(f"{name} <> 0" for name in numbers) or "true"
    if pair := _alike(connection, staged, "_fichier", [*said, *dated], f"count(*) FILTER ({some}) >= {repeats.FEW}"):
        told = f"Deux feuilles ont le même contenu, et seraient comptées {TWICE} (« {table} »)"
        raise _twice(landed, table, *pair, told, "une seule feuille")


def _alike(
    connection: duckdb.DuckDBPyConnection, staged: Path, part: str, cells: list[str], having: str
) -> tuple[str, str] | None:
    """Two parts of a staged table, as SQL tells them apart, whose lines have the same cells."""
    found = connection.execute(
        f"WITH parties AS (SELECT {part} AS partie, count(*) AS lignes, "
        f"sum(hash({', '.join(map(quoted, cells))})::HUGEINT) AS contenu "
        f"FROM read_parquet({literal(str(staged))}) GROUP BY partie HAVING {having}) "
        "SELECT min(partie), max(partie) FROM parties GROUP BY lignes, contenu HAVING count(*) > 1 ORDER BY 1"
    ).fetchone()
    return (found[0], found[1]) if found else None


def _twice(landed: Landed, table: str, first: str, second: str, said: str, one: str = ONE) -> RefusedError:
    return RefusedError(
        f"{said} : « {first} » et « {second} ».",
        where=Place(source=landed.source, millesime=landed.millesime, table=table, file=second),
        expected=f"{one} par table, ou par partie de table que son nom distingue",
        todo="ne laisser dans le classeur que celle que le producteur a publiée"
        if one != ONE
        else "ne laisser dans le dossier que celui que le producteur a publié",
    )
