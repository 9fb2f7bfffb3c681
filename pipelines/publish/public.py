"""The public file: the marts that a region's release may show, in one DuckDB file that all else is published from.

What descends from a source marked `restreint` is held back, or published as `disclosure` protects it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipelines import catalogue, disclosure, warehouse
from pipelines.errors import BuildError, Place
from pipelines.warehouse import Model

NAME = "atlas_public.duckdb"
FICTIF_COLUMN = "donnees_fictives"
FICTIF = "DONNÉES FICTIVES"

# What of a table concerns a region; a model names its rule under « Publication : ».
# A table that only serves others is « interne »: it stays in the warehouse.
INTERNAL = "interne"

# France and the regions stay everywhere: a reader compares with them. A GHT keeps its sites outside.
RULES = {
    "nationale": "true",
    "region": "region = $region OR {region_ght}",
    "regions": "list_contains(string_split(regions, ' '), $region) OR niveau IN ('france', 'region')",
    "territoire": "niveau IN ('france', 'region') OR EXISTS (FROM reference.territoires AS t "
    "WHERE t.niveau = m.niveau AND t.code = m.code AND list_contains(string_split(t.regions, ' '), $region))",
    "institut": "niveau IN ('france', 'region') OR (region = $region "
    "AND niveau IN ('institut', 'subdivision', 'etablissement')) OR EXISTS (FROM reference.territoires AS t "
    "WHERE t.niveau = m.niveau AND t.code = m.code AND list_contains(string_split(t.regions, ' '), $region))",
    "departement": "departement IN (SELECT code FROM reference.territoires "
    "WHERE niveau = 'departement' AND regions = $region)",
    "commune": "commune IN (SELECT commune FROM reference.communes WHERE region = $region)",
    "etablissement": "EXISTS (FROM fiches.etablissements AS e WHERE e.millesime = m.millesime "
    "AND e.finess = m.finess AND (e.region = $region OR e.region_ght = $region))",
    "entite": "EXISTS (FROM core.entites_juridiques AS j WHERE j.millesime = m.millesime "
    "AND j.finess_ej = m.finess_ej AND (j.region = $region OR j.region_ght = $region))",
    "ght": "substr(code_ght, 1, 2) = $region",
    "fiche": "niveau = 'es' AND EXISTS (FROM fiches.etablissements AS e WHERE e.millesime = m.millesime "
    "AND e.finess = m.code AND (e.region = $region OR e.region_ght = $region)) "
    "OR niveau = 'ej' AND EXISTS (FROM core.entites_juridiques AS j WHERE j.millesime = m.millesime "
    "AND j.finess_ej = m.code AND (j.region = $region OR j.region_ght = $region)) "
    "OR niveau = 'ght' AND substr(m.code, 1, 2) = $region",
}

# Marts outside `qualite` of which each line comes from the one source that it names.
BY_SOURCE = frozenset({"atlas.indicateurs"})


@dataclass(frozen=True)
class Written:
    """One published table."""

    model: Model
    rows: int
    columns: list[tuple[str, str]]


def rows(
    connection: duckdb.DuckDBPyConnection, query: str, parameters: Sequence[Any] | Mapping[str, Any] = ()
) -> list[dict[str, Any]]:
    """The lines of a query, each {column: value}: what pages and sheets are made of."""
    cursor = connection.execute(query, parameters or None)
    names = [d[0] for d in cursor.description or []]
    return [dict(zip(names, line, strict=True)) for line in cursor.fetchall()]


def restricted() -> frozenset[str]:
    """The sources whose own lines enter no release."""
    return frozenset(source.id for source in catalogue.load_all() if source.restreint)


def descending() -> dict[str, list[str]]:
    """The tables that descend from restricted sources, each with those.

    A table whose lines are each of one source, in `qualite` or BY_SOURCE, is released without theirs (`openly`).
    """
    return {
        model.name: sources
        for model in warehouse.models()
        if (sources := sorted(warehouse.sources_of(model.name) & restricted()))
        and not ((model.schema == "qualite" or model.name in BY_SOURCE) and "source" in model.grain)
    }


def held_back() -> dict[str, list[str]]:
    """Those of them that enter no release: nobody has declared how they add up, so they can't be protected."""
    return {name: sources for name, sources in descending().items() if name not in disclosure.structures.load()}


def published() -> list[Model]:
    """The tables that a release holds, in the order in which they are built."""
    held = held_back()
    return [model for model in warehouse.models() if model.publication != INTERNAL and model.name not in held]


def openly(columns: Iterable[str]) -> str:
    """SQL condition on a table sorted by source: no line is about a restricted source or what descends from one."""
    names = set(columns)
    conditions = []
    for column, hidden in (("source", restricted()), ("objet", frozenset(descending()))):
        if column in names and hidden:
            listed = ", ".join(f"'{name}'" for name in sorted(hidden))
            conditions.append(f"coalesce({column}, '') NOT IN ({listed})")
    return " AND ".join(conditions) or "true"


def select(model: Model, columns: list[tuple[str, str]], *, fictif: bool) -> str:
    """SQL of the rows of a table that a region's release holds, in total order. Parameter: `region`."""
    if model.publication not in RULES:
        raise BuildError(
            f"« Publication : {model.publication} » n'est pas une règle connue.",
            where=Place(file=f"sql/{model.schema}/{model.table}.sql"),
            expected="l'une de : " + ", ".join([*RULES, INTERNAL]),
        )
    names = [name for name, _ in columns]
    rule = RULES[model.publication].replace(
        "{region_ght}", "region_ght = $region" if "region_ght" in names else "false"
    )
    if model.schema == "qualite" or model.name in BY_SOURCE:
        rule = f"({rule}) AND {openly(names)}"
    order = ", ".join(f'"{k}"' for k in [*model.grain, *[n for n in names if n not in model.grain]])
    said = f", '{FICTIF}' AS {FICTIF_COLUMN}" if fictif else ""
    return f"SELECT m.*{said} FROM {model.name} AS m WHERE {rule} ORDER BY {order}"


def write(
    database: Path, region: str, target: Path, *, fictif: bool, previous: Sequence[Path] = ()
) -> tuple[list[Written], list[disclosure.Report]]:
    """Writes the tables of a region's release from a warehouse into a new DuckDB file, with their words.

    Rows are totally ordered. Those tables that are held back are left out; those that are protected are so in memory,
    before anything is written, and the file is then attacked with the `previous` public files in hand.
    Raises DisclosureError where it gives away what is secret.
    """
    with duckdb.connect(config={"memory_limit": warehouse.MEMORY}) as connection:
        connection.execute(f"ATTACH {warehouse.literal(str(database))} AS entrepot (READ_ONLY)")
        kept = "STORAGE_VERSION 'v1.0.0', RECOVERY_MODE no_wal_writes"
        connection.execute(f"ATTACH {warehouse.literal(str(target))} AS publie ({kept})")
        connection.execute("ATTACH ':memory:' AS brut")
        connection.execute("USE entrepot")
        connection.execute(warehouse.COMPRESSION)
        for schema in warehouse.SCHEMAS:
            connection.execute(f"CREATE SCHEMA brut.{schema}")
        protected = {name for name in disclosure.structures.load() if name in descending()}
        for model in (m for m in published() if m.name in protected):
            _fill(connection, model, "brut", region, fictif=fictif)
        reports = disclosure.protect(connection, "brut", previous)
        for schema in warehouse.SCHEMAS:
            connection.execute(f"CREATE SCHEMA publie.{schema}")
        with warehouse.side_by_side(connection) as pool:
            tasks = [
                pool.submit(_write_one, connection.cursor(), m, region, fictif=fictif, protected=m.name in protected)
                for m in published()
            ]
        written = [task.result() for task in tasks]
        connection.execute("CHECKPOINT publie")
        disclosure.check(disclosure.audit(connection, "publie", previous))
    return written, reports


def _write_one(
    connection: duckdb.DuckDBPyConnection, model: Model, region: str, *, fictif: bool, protected: bool
) -> Written:
    """Writes one table into the public file, as it was protected or as the region's release holds it."""
    with connection:
        connection.execute("USE entrepot")
        columns = warehouse.described(connection, model)
        connection.begin()
        if protected:
            order = ", ".join(f'"{n}"' for n in [*model.grain, *[n for n, _ in columns if n not in model.grain]])
            connection.execute(f"CREATE TABLE publie.{model.name} AS FROM brut.{model.name} ORDER BY {order}")
        else:
            _fill(connection, model, "publie", region, fictif=fictif)
        warehouse.comment(connection, model, columns, database="publie")
        connection.commit()
        rows = connection.execute(f"SELECT count(*) FROM publie.{model.name}").fetchall()[0][0]
    return Written(model, rows, columns)


def _fill(connection: duckdb.DuckDBPyConnection, model: Model, database: str, region: str, *, fictif: bool) -> None:
    query = select(model, warehouse.described(connection, model), fictif=fictif)
    needed = {"region": region} if "$region" in query else {}
    connection.execute(f"CREATE TABLE {database}.{model.name} AS {query}", needed)
