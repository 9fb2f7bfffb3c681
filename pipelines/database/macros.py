"""The macros of sql/macros.sql: what models and suites say in the same words, of the forms of codes and names.

A database keeps those that are made in it, so that each file of sql/ runs there as it stands.
"""

import functools
import re

import duckdb

from pipelines.errors import BuildError, Place
from pipelines.settings import ROOT

FILE = ROOT / "sql" / "macros.sql"
STATEMENT = re.compile(r"^CREATE MACRO (\w+)\(.*?;$", re.MULTILINE | re.DOTALL)


@functools.cache
def statements() -> dict[str, str]:
    """What makes each macro, without comments, by its name and in the order of the file."""
    lines = [line.partition("-- ")[0].rstrip() for line in FILE.read_text(encoding="utf-8").splitlines()]
    return {found[1]: found[0] for found in STATEMENT.finditer("\n".join(filter(None, lines)))}


def called(text: str) -> dict[str, str]:
    """What makes the macros that a text calls, and those that these call; by name."""
    found: dict[str, str] = {}
    waiting = [text]
    while waiting:
        said = waiting.pop()
        new = {k: v for k, v in statements().items() if k not in found and re.search(rf"\b{k}\(", said)}
        found |= new
        waiting += new.values()
    return dict(sorted(found.items()))


def make(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes the macros in the database that a connection uses. Raises BuildError where one can't be made."""
    try:
        for statement in statements().values():
            connection.execute(statement.replace("CREATE MACRO", "CREATE OR REPLACE MACRO", 1))
    except duckdb.Error as error:
        raise BuildError(
            f"Une macro ne se fait pas : {error}",
            where=Place(file="sql/macros.sql"),
            expected="des CREATE MACRO, chacun fini par un point-virgule en bout de ligne",
            todo="corriger le fichier",
        ) from error
