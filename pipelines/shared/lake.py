"""The lake that analysts of all machines query: DuckLake, its catalogue in PostgreSQL, its Parquet files in the store.

An edition that is put in place becomes one snapshot: who reads is never kept waiting and sees one edition, whole; the
ones before stay under their number (`AT (VERSION => …)`). What is staged, and describes persons, is not in it.
"""

import importlib.util
import os
import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qs, urlsplit

import duckdb
import sqlalchemy as sa

from pipelines import settings
from pipelines.errors import LaterError, UsageError

NAME, SCHEMA = "lac", "atlas_lac"  # as a connection has it; where its catalogue is, in PostgreSQL
EXTENSIONS = ("httpfs", "postgres_scanner", "ducklake")
APART = ("staging",)


class Snapshot(NamedTuple):
    """One state of the lake: its number, when it was made, of what."""

    numero: int
    quand: str
    contenu: str


def deposit(database: Path, edition: int) -> int:
    """Makes the marts of an edition the newest state of the lake; returns the number of the snapshot.

    Raises LaterError where PostgreSQL or the store doesn't answer: the lake is then what it was.
    """
    with connect() as lake:
        lake.execute(f"ATTACH {_quoted(str(database))} AS fait (READ_ONLY)")
        here, there = _tables(lake, "fait"), _tables(lake, NAME)
        try:
            lake.execute("BEGIN")
            for schema in sorted({schema for schema, _ in here}):
                lake.execute(f"CREATE SCHEMA IF NOT EXISTS {NAME}.{schema}")
            for schema, table in here:
                lake.execute(f"CREATE OR REPLACE TABLE {NAME}.{schema}.{table} AS FROM fait.{schema}.{table}")
            for schema, table in sorted(set(there) - set(here)):
                lake.execute(f"DROP TABLE {NAME}.{schema}.{table}")
            said = f"édition {edition}, construction {database.stem.rpartition('-')[2]}"
            lake.execute(f"CALL {NAME}.set_commit_message('atlas', {_quoted(said)})")
            lake.execute("COMMIT")
        except duckdb.Error as error:
            raise _unreachable(error) from error
        return snapshots(lake)[-1].numero


def extensions() -> list[str]:
    """The files of the extensions of DuckDB that a lake needs, in the order to load them. Raises UsageError."""
    return [_extension(name) for name in EXTENSIONS]


def snapshots(lake: duckdb.DuckDBPyConnection) -> list[Snapshot]:
    """The states of the lake that hold an edition, oldest first."""
    found = lake.execute(
        f"SELECT snapshot_id, strftime(snapshot_time, '%d/%m/%Y %H:%M'), commit_message FROM {NAME}.snapshots() "
        "WHERE commit_message IS NOT NULL ORDER BY snapshot_id"
    ).fetchall()
    return [Snapshot(*row) for row in found]


def connect(*, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """A session that has the lake. Raises LaterError where it doesn't answer, UsageError where there is none."""
    connection = duckdb.connect()
    try:
        for file in extensions():
            connection.execute(f"LOAD {_quoted(file)}")
        for statement in opening(read_only=read_only):
            connection.execute(statement)
    except duckdb.Error as error:
        connection.close()
        raise _unreachable(error) from error
    return connection


def opening(*, read_only: bool = True) -> list[str]:
    """What a session of DuckDB is told, once it has loaded the extensions, to have the lake. It may hold passwords."""
    base, address = settings.base(), urlsplit(settings.magasin())
    if not base or not address.scheme:
        raise UsageError(
            "Le lac n'a pas d'endroit : il lui faut ATLAS_MAGASIN pour ses fichiers, ATLAS_BASE pour son catalogue.",
            expected="les mêmes réglages que sur les autres machines",
            todo="les dire, ou vider ATLAS_LAC",
        )
    url = sa.make_url(base)
    said = {"host": url.host, "port": url.port, "user": url.username, "password": url.password, "dbname": url.database}
    catalogue = " ".join(f"{name}={value}" for name, value in said.items() if value is not None)
    options = [
        f"DATA_PATH {_quoted(_files())}",
        f"METADATA_SCHEMA '{SCHEMA}'",
        "DATA_INLINING_ROW_LIMIT 0",
        *(["READ_ONLY"] if read_only else []),
    ]
    attach = f"ATTACH {_quoted(f'ducklake:postgres:{catalogue}')} AS {NAME} ({', '.join(options)})"
    return [*_secret(address), attach]


def _secret(address: SplitResult) -> list[str]:
    """How DuckDB reaches an S3 server: the same address and the same account as the store."""
    if address.scheme != "s3":
        return []
    asked = {name: values[0] for name, values in parse_qs(address.query).items()}
    told = {
        "ENDPOINT": asked.get("endpoint_override", ""),
        "REGION": asked.get("region", ""),
        "KEY_ID": os.environ.get("AWS_ACCESS_KEY_ID", ""),
        "SECRET": os.environ.get("AWS_SECRET_ACCESS_KEY", ""),
        "USE_SSL": "false" if asked.get("scheme") == "http" else "",
        "URL_STYLE": "path" if "endpoint_override" in asked else "",
    }
    words = ", ".join(["TYPE s3", *(f"{name} {_quoted(value)}" for name, value in told.items() if value)])
    return [f"CREATE OR REPLACE SECRET magasin ({words})"]


def _files() -> str:
    """Where the lake keeps its files: beside what machines give each other."""
    address = urlsplit(settings.magasin())
    return f"{'s3://' + address.netloc if address.scheme == 's3' else ''}{address.path}/{NAME}/"


def _tables(lake: duckdb.DuckDBPyConnection, database: str) -> list[tuple[str, str]]:
    query = (
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = ? AND NOT internal "
        "AND schema_name NOT IN (SELECT unnest(?)) ORDER BY ALL"
    )
    return [(str(schema), str(table)) for schema, table in lake.execute(query, [database, list(APART)]).fetchall()]


def _extension(name: str) -> str:
    """The file of an extension, which its package carries: nothing is downloaded when the lake is opened."""
    package = importlib.util.find_spec(f"duckdb_extension_{name}")
    homes = package.submodule_search_locations or [] if package else []
    for file in (file for home in homes for file in Path(home).rglob(f"{name}.duckdb_extension")):
        return str(file)
    raise UsageError(
        f"L'extension de DuckDB « {name} » n'est pas installée.",
        expected="les bibliothèques de plusieurs machines",
        todo="uv sync --locked --no-dev --group machines",
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _unreachable(error: duckdb.Error) -> LaterError:
    # DuckDB repeats the address that it was given, and an address may hold a password.
    said = re.sub(r"(password=|SECRET ')[^\s']+", r"\1…", str(error)).strip().splitlines()[0]
    return LaterError(
        f"Le lac ne répond pas : {said}",
        expected="PostgreSQL (ATLAS_BASE) et le magasin (ATLAS_MAGASIN) joignables",
        todo="relancer plus tard : le lac est tel qu'il était, et l'entrepôt de l'édition est en place",
    )
