"""The SQLAlchemy dialect through which Great Expectations queries DuckDB.

duckdb-engine's own dialect rolls back after each query, which drops DuckDB's pending result: GX then
fails with "list index out of range". Checks only read, so begin, commit and rollback do nothing here.
"""

from typing import Any

import duckdb
from duckdb_engine import ConnectionWrapper, Dialect
from sqlalchemy.dialects import registry
from sqlalchemy.types import NullType

NAME = "atlasduckdb"

# GX leaves connections open after a validation, and an open file can't be replaced or reopened
# otherwise: they are kept here, and closed when the checks of that file are done.
_OPEN: dict[str, list[Any]] = {}


class ReadOnlyDuckDB(Dialect):  # type: ignore[misc]
    """duckdb-engine without transactions, for read-only connections."""

    name = "duckdb"
    supports_statement_cache = False

    def connect(self, *arguments: Any, **settings: Any) -> Any:
        """Opens a connection, and remembers it for `close`."""
        database = str(settings.get("database", ""))
        if database.startswith(":memory:"):
            # Another configuration than the owner's would be refused: duckdb-engine adds a user agent.
            connection = ConnectionWrapper(duckdb.connect(database))
        else:
            connection = super().connect(*arguments, **settings)
        _OPEN.setdefault(database, []).append(connection)
        return connection

    def get_columns(
        self, connection: Any, table_name: str, schema: str | None = None, **settings: Any
    ) -> list[dict[str, Any]]:
        """The names of a table's columns; the emulated pg_catalog takes fifty times as long to say them."""
        rows = connection.exec_driver_sql(
            "SELECT column_name FROM duckdb_columns() WHERE table_name = ? AND schema_name = ? ORDER BY column_index",
            (table_name, schema or "main"),
        )
        return [{"name": name, "type": NullType(), "nullable": True, "default": None} for (name,) in rows]

    def get_pk_constraint(
        self, connection: Any, table_name: str, schema: str | None = None, **settings: Any
    ) -> dict[str, Any]:
        """No table here declares a primary key: keys are checked by rules."""
        return {"constrained_columns": [], "name": None}

    def do_begin(self, dbapi_connection: Any) -> None:
        """Nothing to begin."""

    def do_commit(self, dbapi_connection: Any) -> None:
        """Nothing to commit."""

    def do_rollback(self, dbapi_connection: Any) -> None:
        """Nothing to roll back; a rollback would close the pending result."""


def register() -> None:
    """Makes `atlasduckdb:///file` a URL that SQLAlchemy knows."""
    registry.register(NAME, __name__, "ReadOnlyDuckDB")


def close(database: str) -> None:
    """Closes all connections that checks opened on a database."""
    for connection in _OPEN.pop(database, []):
        connection.close()
