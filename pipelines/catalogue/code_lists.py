"""The codes that a column may hold, as its catalogue entry declares them (`listes`).

Written out in the entry, or the rows of a table of sql/reference/ that reads nothing: the warehouse,
the checks and the templates then share one list.
"""

import functools
from pathlib import Path

from pipelines.catalogue import Source
from pipelines.errors import AtlasError, Place
from pipelines.settings import ROOT

REFERENCE = ROOT / "sql" / "reference"


def file_of(name: str) -> Path:
    """The SQL file of a list that is a table of sql/reference/."""
    return REFERENCE / f"{name}.sql"


def files(source: Source) -> list[Path]:
    """The SQL files of all lists of a source: what its checks depend on beside its entry."""
    names = {kind for table in source.tables.values() for kind in table.listes.values() if isinstance(kind, str)}
    return [file_of(name) for name in sorted(names)]


@functools.cache
def reference(name: str) -> dict[str, str]:
    """Code -> label of a table of sql/reference/: its first column, and `libelle`.

    Raises AtlasError where there is no such table, or where it reads another one.
    """
    import duckdb  # here, so that the catalogue stays light for those who only list sources

    path = file_of(name)
    try:
        with duckdb.connect() as connection:
            relation = connection.sql(path.read_text(encoding="utf-8").strip().rstrip(";"))
            rows = relation.project(f'"{relation.columns[0]}", libelle').fetchall()
    except (OSError, duckdb.Error) as error:
        raise AtlasError(
            f"La liste « {name} » ne se lit pas : {error}",
            where=Place(file=f"sql/reference/{name}.sql"),
            expected="une table de sql/reference/ écrite en toutes lettres, avec un code puis un `libelle`",
            todo="corriger son nom sous `listes` dans l'entrée du catalogue, ou le fichier SQL",
        ) from error
    return {str(code): str(label) for code, label in rows}


def of_table(source: Source, table: str) -> dict[str, dict[str, str]]:
    """Column -> its codes and their labels, for the columns of a table that have a list."""
    return {
        column: reference(kind) if isinstance(kind, str) else kind
        for column, kind in source.tables[table].listes.items()
    }
