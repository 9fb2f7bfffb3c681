"""What releases have shown of the protected tables, and whose answers these were: kept apart, never published.

A set is one DuckDB file, `<n>.duckdb`: the protected tables of the whole country as they may be shown, and the lines of
the warehouse that they sum. All regions are published from the same set, so that no two of them differ; a release
says in its manifest from which one it comes. Those who made an earlier set are known when the next one is protected,
even where their own extracts have been replaced since. What waits to be approved (releases/drafts.py) counts as shown:
whichever is approved first, no two of them tell what neither does. A set that only a rejected draft had is forgotten.
"""

import hashlib
import json
import uuid
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipelines import catalogue
from pipelines.database import duck
from pipelines.disclosure import record
from pipelines.disclosure.answers import Shown
from pipelines.disclosure.record import Trial
from pipelines.disclosure.structures import Structure
from pipelines.edition.models import Model
from pipelines.errors import BuildError

SUFFIX, PENDING = ".duckdb", ".en-cours-"
REPORT = "rapport"  # what was hidden of each table, when the set was made
TRIALS = "epreuves"  # and the attacks that it withstood
# How tables are protected, by number: one more where a set made so far could tell what a new one would not. No release
# is made from such a set any more; what it showed stays known.
METHOD = 2
Told = tuple[str, int, int, int, int]

Declared = Iterable[tuple[Model, Structure]]


@dataclass(frozen=True)
class Set:
    """A set: its file, and the name under which a connection has it."""

    file: Path
    name: str

    def keep(self) -> int:
        """The number of the set; a new one is given the next, and what it shows is known from then on."""
        if self.file.suffix:
            return int(self.file.stem)
        folder = self.file.parent
        number = 1 + max((int(p.stem) for p in folder.glob(f"[0-9]*{SUFFIX}")), default=0)
        self.file.chmod(0o400)
        self.file.rename(path(folder, number))
        return number

    def shown(self, model: Model) -> Shown:
        """A table of the set, and the lines that it sums."""
        return Shown(f"{self.name}.{model.name}", f"FROM {self.name}.{model.schema}.{model.table}__contributions")

    def told(self, connection: duckdb.DuckDBPyConnection) -> list[Told]:
        """What was hidden to make it; nothing is known of one made before that was kept."""
        return self._lines(connection, REPORT)

    def tried(self, connection: duckdb.DuckDBPyConnection) -> list[Trial]:
        """The attacks that it withstood, as the audit that let it pass counted them."""
        return [Trial(*line) for line in self._lines(connection, TRIALS)]

    def _lines(self, connection: duckdb.DuckDBPyConnection, table: str) -> list[Any]:
        kept = "SELECT 1 FROM duckdb_tables() WHERE database_name = ? AND table_name = ?"
        if not connection.execute(kept, [self.name, table]).fetchall():
            return []
        return connection.execute(f"FROM {self.name}.{table} ORDER BY ALL").fetchall()

    def choices(self, model: Model) -> str:
        """Query of who chose what in a table of the set."""
        return f"FROM {self.name}.{model.schema}.{model.table}__choix"


def sweep(folder: Path) -> None:
    """Removes the sets of which no release was made, be it for a failure, or because its content was there already."""
    for left in folder.glob(f"{PENDING}*"):
        left.unlink()


def forget(folder: Path, number: int) -> None:
    """Removes a set that nobody was shown: only a draft was made from it, and it was not approved."""
    path(folder, number).unlink(missing_ok=True)


def path(folder: Path, number: int) -> Path:
    """The file of a set."""
    return folder / f"{number}{SUFFIX}"


def attach(connection: duckdb.DuckDBPyConnection, folder: Path) -> list[Set]:
    """All sets kept in a folder, oldest first, attached read-only. Raises BuildError where one can't be read."""
    found = []
    for file in sorted(folder.glob(f"[0-9]*{SUFFIX}"), key=lambda p: int(p.stem)):
        made = Set(file, f"publie_{file.stem}")
        try:
            connection.execute(f"ATTACH {duck.literal(str(file))} AS {made.name} (READ_ONLY)")
        except duckdb.Error as error:
            raise BuildError(
                f"Ce que les publications antérieures ont montré ne se lit pas : {error}",
                expected=f"dans {folder}, chaque fichier tel qu'il fut écrit : ce qu'il dit est connu des lecteurs",
                todo=f"rétablir {file.name} d'une sauvegarde",
            ) from error
        found.append(made)
    return found


def same(connection: duckdb.DuckDBPyConnection, sets: list[Set], content: str) -> Set | None:
    """The latest of the sets that was made of that content; None where there is none."""
    for made in reversed(sets):
        if connection.execute(f"SELECT contenu FROM {made.name}.ensemble").fetchall() == [(content,)]:
            return made
    return None


def content(connection: duckdb.DuckDBPyConnection, database: str, declared: Declared) -> str:
    """SHA-256 of all that protection reads: its method, tables with nothing hidden yet, lines that they sum, rules."""
    said: list[Any] = [
        METHOD,
        *([s.id, s.confidentialite.model_dump()] for s in catalogue.load_all() if s.confidentialite is not None),
    ]
    for model, structure in declared:
        said.append([model.name, structure.model_dump()])
        queries = [f"SELECT * FROM {database}.{model.name}", structure.contributions, structure.choix]
        for query in filter(None, queries):
            lines = f"SELECT string_agg(l, '\n' ORDER BY l) FROM (SELECT t::VARCHAR AS l FROM ({query}) AS t)"
            said.append(connection.execute(f"SELECT sha256(coalesce(({lines}), ''))").fetchall()[0][0])
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def write(
    connection: duckdb.DuckDBPyConnection,
    database: str,
    declared: Declared,
    content: str,
    folder: Path,
    told: Iterable[Told],
    tried: Iterable[Trial],
) -> Set:
    """Writes the protected tables of `database` as a set, which is kept once a draft is made from it (`Set.keep`).

    `told` is what was hidden of each, `tried` the attacks that they withstood.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    sweep(folder)
    file = folder / f"{PENDING}{uuid.uuid4().hex}"
    connection.execute(f"ATTACH {duck.literal(str(file))} AS ensemble (STORAGE_VERSION 'v1.0.0')")
    connection.execute("CREATE TABLE ensemble.ensemble AS SELECT $1::VARCHAR AS contenu", [content])
    counts = ", ".join(f"{name} INTEGER" for name in ("lignes", "sensibles", "autres", "retirees"))
    connection.execute(f"CREATE TABLE ensemble.{REPORT} (table_publiee VARCHAR, {counts})")
    for line in told:
        connection.execute(f"INSERT INTO ensemble.{REPORT} VALUES (?, ?, ?, ?, ?)", line)
    columns = ", ".join(f"{name} {kind}" for name, kind in record.COLUMNS.items())
    connection.execute(f"CREATE TABLE ensemble.{TRIALS} ({columns})")
    for trial in tried:
        connection.execute(f"INSERT INTO ensemble.{TRIALS} VALUES (?, ?, ?, ?, ?, ?, ?)", astuple(trial))
    for model, structure in declared:
        made = f"ensemble.{model.name}"
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS ensemble.{model.schema}")
        connection.execute(f"CREATE TABLE {made} AS FROM {database}.{model.name}")
        if structure.contributions:
            connection.execute(f"CREATE TABLE {made}__contributions AS {structure.contributions}")
        if structure.choix:
            connection.execute(f"CREATE TABLE {made}__choix AS {structure.choix}")
    connection.execute("CHECKPOINT ensemble")
    connection.execute("DETACH ensemble")
    return Set(file, database)
