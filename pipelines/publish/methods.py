"""How the tables of a release are made, as hashes: what a later release compares its own with.

A step is a query, a calculation, a register of definitions, or a suite of checks; comments and layout are no part of
it. The reading of a vintage is what it left in staging.
"""

import ast
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipelines import indicators
from pipelines.arrival import outcomes
from pipelines.catalogue import registers
from pipelines.checks import built, derived, rules
from pipelines.database import macros
from pipelines.edition import models
from pipelines.edition.lockfile import Lock
from pipelines.publish import public
from pipelines.runtime import fingerprints
from pipelines.settings import Settings

# Beside the registers, what we write ourselves of all that an edition records; the rest is about its vintages.
WRITTEN = ("questions", "sources")
SUITE = "contrôles de "


@dataclass(frozen=True)
class Methods:
    """The hash of each step, by the table that it makes; and of what each pinned vintage left in staging."""

    etapes: dict[str, str]
    lectures: dict[str, str]


def of(connection: duckdb.DuckDBPyConnection, settings: Settings, lock: Lock) -> Methods:
    """How the warehouse of a connection was made, from a lock."""
    steps: dict[str, str] = {}
    for model in (*models.load_all(), *models.views()):
        rule = public.RULES.get(model.publication, model.publication)
        steps[model.name] = _hash([_query(connection, model.query), macros.called(model.query), rule])
    code = [_code(path) for path in fingerprints.files(indicators.__name__)]
    for calculation in indicators.ALL:
        queries = [_query(connection, query) for _, query in sorted(calculation.reads.items())]
        for table in calculation.makes:
            steps[f"{indicators.SCHEMA}.{table}"] = _hash([code, queries, calculation.makes[table]])
    for name in (*registers.records(), *WRITTEN):
        lines = f"SELECT t::VARCHAR FROM staging.{name} AS t ORDER BY ALL"
        steps[f"staging.{name}"] = _hash(connection.execute(lines).fetchall())
    checks = [_code(Path(rules.__file__)), _code(Path(derived.__file__)), _code(Path(built.__file__))]
    for path in sorted(rules.SUITES.glob("*/*.yml")):
        suite = rules.suite_text(path.parent.name, path.stem)
        steps[SUITE + path.stem] = _hash([checks, suite, macros.called(suite)])
    readings: dict[str, str] = {}
    for pin in lock.pins:
        outcome = outcomes.load(settings, pin.source, pin.millesime, pin.revision)
        if outcome is not None:
            readings[f"{pin.source} {pin.millesime} r{pin.revision}"] = _hash(sorted(outcome.sha256.items()))
    return Methods(steps, readings)


def changed(before: Methods, now: Methods) -> Methods:
    """What differs: the steps that are new, gone or other, and the readings of the same bytes that are other.

    Nothing is known of a release that did not keep its steps.
    """
    if not before.etapes:
        return Methods({}, {})
    steps = {k for k in {*before.etapes, *now.etapes} if before.etapes.get(k) != now.etapes.get(k)}
    both = before.lectures.keys() & now.lectures.keys()
    readings = {k for k in both if before.lectures[k] != now.lectures[k]}
    return Methods(dict.fromkeys(sorted(steps), ""), dict.fromkeys(sorted(readings), ""))


def behind(changes: Methods, table: str) -> list[str]:
    """Those of the changes that a table rests on, in words."""
    steps = sorted(changes.etapes.keys() & models.lineage(table))
    sources = models.sources_of(table)
    return [*steps, *(f"lecture de {k}" for k in changes.lectures if k.partition(" ")[0] in sources)]


def _hash(said: Any) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


def _query(connection: duckdb.DuckDBPyConnection, query: str) -> Any:
    """A query as DuckDB understands it: neither its comments nor where its words stand."""

    def bare(node: Any) -> Any:
        if isinstance(node, dict):
            return {k: bare(v) for k, v in node.items() if k != "query_location"}
        return [bare(v) for v in node] if isinstance(node, list) else node

    parsed = connection.execute("SELECT json_serialize_sql(?::VARCHAR)", [query]).fetchall()[0][0]
    return bare(json.loads(parsed))


def _code(path: Path) -> str:
    """What a module does: neither its comments nor its docstrings."""
    tree = ast.parse(path.read_bytes())
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    return ast.dump(tree)
