"""DuckDB, as this house uses it: literals, how files are written, and tables made side by side."""

import contextlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import duckdb

MEMORY = "1GB"
AT_ONCE = 4  # tables made or written at once, and processes that check them
# DuckDB would try every compression on every column: thrice the time, for a file a tenth smaller.
COMPRESSION = "SET force_compression = 'dictionary'"


def literal(value: str) -> str:
    """A SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def workers() -> int:
    """How many tables are made, written or checked at once on this machine."""
    return min(len(os.sched_getaffinity(0)), AT_ONCE)


@contextlib.contextmanager
def side_by_side(connection: duckdb.DuckDBPyConnection) -> Iterator[ThreadPoolExecutor]:
    """A thread for each core, and one of DuckDB's for each query: tables are made together, none is parted.

    DuckDB works outside the interpreter's lock. Most tables are small: parting one costs more than it brings.
    """
    connection.execute("SET threads = 1")
    with ThreadPoolExecutor(workers()) as pool:
        yield pool
    connection.execute("RESET threads")
