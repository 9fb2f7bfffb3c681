"""The same edition made otherwise, in a process of its own: test_determinism.py runs this file.

Arguments: JSON with the pairs (source, millésime) in the order to ingest them, the number of threads of every
DuckDB connection, and the year that the clock shows. Folders, time zone and locale come from the environment.
"""

import datetime as dt
import importlib
import json
import pkgutil
import random
import sys
import time
from typing import Any, Self

import duckdb
from fixtures_entrepots import EDITION, REGION, build_edition, ingest_all

import pipelines
from pipelines import steps

ASKED: dict[str, Any] = json.loads(sys.argv[1])
connect, now = duckdb.connect, time.time()


class ClockOfAnotherYear(dt.datetime):
    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> Self:
        return super().now(tz).replace(year=ASKED["year"], day=28)


class Datetime:
    """The module `datetime`, with that clock."""

    datetime = ClockOfAnotherYear

    def __getattr__(self, name: str) -> Any:
        return getattr(dt, name)


def set_the_clock() -> None:
    """In every module of ours that asks the time; compiled libraries don't bear another `datetime`."""
    time.time = lambda: now + 200_000_000
    for found in pkgutil.walk_packages(pipelines.__path__, "pipelines."):
        module = importlib.import_module(found.name)
        for name, value in vars(module).copy().items():
            if value is dt and found.name not in ("pipelines.readers.workbook", "samples.writers"):
                setattr(module, name, Datetime())


def connect_with_threads(*arguments: Any, **settings: Any) -> duckdb.DuckDBPyConnection:
    connection = connect(*arguments, **settings)
    connection.execute(f"SET threads = {ASKED['threads']}")
    return connection


if __name__ == "__main__":
    set_the_clock()
    duckdb.connect = connect_with_threads
    random.seed(ASKED["year"])
    ingest_all([(source, millesime) for source, millesime in ASKED["pairs"]])
    build_edition()
    print(steps.publish(EDITION, REGION))
