"""A built warehouse of which rows change, in memory, and the tables that come from them, made again.

A warehouse is opened once for the cases of a file: each is a transaction, given back at its end. What comes out as it
was has not moved, and nothing that reads it alone is made again.

Loaded by `pytest_plugins` in conftest.py.
"""

import contextlib
import functools
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest
from fixtures_entrepots import Warehouse

from pipelines import indicators
from pipelines.checks import runner
from pipelines.database import macros
from pipelines.edition import gaps, marts, models

CALCULATED = {f"{indicators.SCHEMA}.{table}" for c in indicators.ALL for table in c.makes}
ASIDE = ("staging.quarantaine", gaps.TABLE, gaps.WEIGHTS)  # what says which lines and cells were set aside
TOLD = ("core.cellules_ecartees", "core.lignes_ecartees")  # … and what marts read of it


@functools.cache
def made_of(staged: str) -> tuple[models.Model, ...]:
    """The tables of core, atlas and fiches that come from a staged one; without those that a calculation enters."""
    found: list[models.Model] = []
    reached = {staged}
    for model in models.load_all():
        lines = models.lineage(model.name)
        if model.schema in ("core", "atlas", "fiches") and lines & reached and not lines & CALCULATED:
            found.append(model)
            reached.add(model.name)
    return tuple(found) if any(m.schema != "core" for m in found) else ()


@functools.cache
def reads() -> dict[str, set[str]]:
    """The tables that the query of each one names."""
    with duckdb.connect() as connection:
        return {m.name: models.dependencies(connection, m.query, m.name) for m in models.load_all()}


class Remade:
    """The warehouse in memory, as views of the whole one (`entier`)."""

    def __init__(self, warehouse: Warehouse) -> None:
        self.connection = duckdb.connect()
        self.connection.execute(f"ATTACH '{warehouse.settings.database}' AS entier (READ_ONLY)")
        self.connection.execute("SET threads = 1")  # each process of the tests has a core
        macros.make(self.connection)
        there = self.connection.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'entier' UNION ALL "
            "SELECT schema_name, view_name FROM duckdb_views() WHERE database_name = 'entier' AND NOT internal"
        ).fetchall()
        for schema, name in there:
            self.connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
            self.connection.execute(f"CREATE VIEW {schema}.{name} AS FROM entier.{schema}.{name}")
        self.staged = ""
        self.moved: list[models.Model] = []
        self.whole = functools.cache(lambda name: self.content(f"entier.{name}"))
        self.checked = functools.cache(self.rules_of)

    @contextlib.contextmanager
    def case(self, staged: str) -> Iterator[duckdb.DuckDBPyConnection]:
        """One case: the rows of a staged table, and what is said of those set aside, may be changed."""
        self.staged, self.moved = f"staging.{staged}", []
        self.connection.begin()
        try:
            for name in (self.staged, *ASIDE):
                self.own(name, f"FROM entier.{name}")
            yield self.connection
        finally:
            self.connection.rollback()

    def own(self, name: str, query: str) -> None:
        """Puts a table in the place of a view."""
        self.connection.execute(f"DROP VIEW {name}")
        self.connection.execute(f"CREATE TABLE {name} AS {query}")

    def content(self, name: str) -> tuple[Any, ...]:
        """What a table holds, in two numbers."""
        found: tuple[Any, ...] = self.connection.execute(f"SELECT count(*), sum(hash(t)) FROM {name} AS t").fetchall()[
            0
        ]
        return found

    def make(self) -> list[models.Model]:
        """Makes again what comes from the changed rows, in order; returns the tables of it that have moved."""
        again = {*TOLD, *(model.name for model in made_of(self.staged))}
        changed = {self.staged, *ASIDE}
        for model in models.load_all():
            if model.name in again and reads()[model.name] & changed:
                self.own(model.name, model.query)
                if self.content(model.name) != self.whole(model.name):
                    changed.add(model.name)
                    self.moved += [model] if model in made_of(self.staged) else []
        return self.moved

    def rules_of(self, name: str) -> dict[str, str]:
        """The critical rules of a table, each a query that must find no row."""
        (model,) = (model for model in models.load_all() if model.name == name)
        return {
            rule["meta"]["controle"]: query
            for rule in marts.batches(self.connection, [model])[name][1]
            if rule["severity"] == "critical" and (query := runner.failing(rule, name))
        }

    def stopped(self) -> dict[str, str]:
        """The critical rules that fail on what was made again: those that read a table that has moved."""
        moved = [model.name for model in self.moved]
        return {
            f"{model.name}, {rule}": query
            for model in made_of(self.staged)
            for rule, query in self.checked(model.name).items()
            if any(other in query for other in moved)
            and self.connection.execute(f"SELECT count(*) FROM ({query})").fetchall() != [(0,)]
        }


@pytest.fixture(scope="module")
def remade(sample: Warehouse) -> Iterator[Remade]:
    """The sample warehouse in memory, that each case changes and gives back."""
    made = Remade(sample)
    with made.connection:
        yield made
