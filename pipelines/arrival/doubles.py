"""The same part of a table in two files: reading both would count it twice."""

import re
import unicodedata
from pathlib import Path

import duckdb

from pipelines.arrival.landing import Landed
from pipelines.catalogue import Source
from pipelines.catalogue.layouts import pattern
from pipelines.duck import literal, quoted
from pipelines.errors import Place, RefusedError


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
            raise _twice(landed, table, seen[part], path.name, "se disent la même partie")
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
    """Refuses two files of other names that hold the same lines. Raises RefusedError."""
    cells = ", ".join(map(quoted, source.cells(table, landed.millesime)))
    found = connection.execute(
        f"WITH fichiers AS (SELECT regexp_replace(_fichier, '\\[.*$', '') AS fichier, count(*) AS lignes, "
        f"sum(hash({cells})::HUGEINT) AS contenu FROM read_parquet({literal(str(staged))}) GROUP BY ALL) "
        "SELECT min(fichier), max(fichier) FROM fichiers GROUP BY lignes, contenu HAVING count(*) > 1 ORDER BY 1"
    ).fetchone()
    if found is not None:
        first, second = found
        raise _twice(
            landed, table, first, second, "ont le même contenu, et seraient comptés deux fois dans un même tableau"
        )


def _twice(landed: Landed, table: str, first: str, second: str, how: str) -> RefusedError:
    said = f"{how} de la table « {table} »" if how.endswith("partie") else f"{how} (« {table} »)"
    return RefusedError(
        f"Deux fichiers {said} : « {first} » et « {second} ».",
        where=Place(source=landed.source, millesime=landed.millesime, table=table, file=second),
        expected="un seul fichier par table, ou par partie de table que son nom distingue",
        todo="ne laisser dans le dossier que celui que le producteur a publié",
    )
