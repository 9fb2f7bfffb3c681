"""The public file: the marts that a region's release may show, in one DuckDB file that all else is published from.

What descends from a source marked `restreint` is held back, or published as `disclosure` protects it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipelines import catalogue, disclosure
from pipelines.checks import controls, runner
from pipelines.database import duck
from pipelines.disclosure import memory, record, structures
from pipelines.disclosure.record import Trial
from pipelines.edition import marts, models
from pipelines.edition.models import Model
from pipelines.errors import BuildError, Place

NAME = "atlas_public.duckdb"
FICTIF_COLUMN = "donnees_fictives"
FICTIF = "DONNÉES FICTIVES"

# What of a table concerns a region; a model names its rule under « Publication : ».
# A table that only serves others is « interne »: it stays in the warehouse.
INTERNAL = "interne"
SHOWN = "vue"

# France and the regions stay everywhere: a reader compares with them. A GHT keeps its sites outside.
RULES = {
    "nationale": "true",
    "region": "region = $region OR {region_ght}",
    "regions": "list_contains(string_split(regions, ' '), $region) OR niveau IN ('france', 'region')",
    "territoire": "niveau IN ('france', 'region') OR EXISTS (FROM reference.territoires AS t "
    "WHERE t.niveau = m.niveau AND t.code = m.code AND list_contains(string_split(t.regions, ' '), $region))",
    "esms": "niveau IN ('france', 'region') OR EXISTS (FROM reference.territoires AS t "
    "WHERE t.niveau = m.niveau AND t.code = m.code AND list_contains(string_split(t.regions, ' '), $region)) "
    "OR niveau = 'esms' AND EXISTS (FROM core.esms AS e WHERE e.finess = m.code AND e.region = $region)",
    "institut": "niveau IN ('france', 'region') OR (region = $region "
    "AND niveau IN ('institut', 'subdivision', 'etablissement')) OR EXISTS (FROM reference.territoires AS t "
    "WHERE t.niveau = m.niveau AND t.code = m.code AND list_contains(string_split(t.regions, ' '), $region))",
    "departement": "departement IN (SELECT code FROM reference.territoires "
    "WHERE niveau = 'departement' AND regions = $region)",
    # A national map draws them all; what is smaller stays with its region.
    "departements": "niveau = 'departement' OR region = $region",
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
class WrittenTable:
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
        for model in models.load_all()
        if (sources := sorted(models.sources_of(model.name) & restricted()))
        and not ((model.schema == "qualite" or model.name in BY_SOURCE) and "source" in model.grain)
    }


def held_back() -> dict[str, list[str]]:
    """Those of them that enter no release: nobody has declared how they add up, so they can't be protected."""
    return {name: sources for name, sources in descending().items() if name not in structures.load()}


def published() -> list[Model]:
    """The tables that a release holds, in the order in which they are built."""
    held = held_back()
    return [model for model in models.load_all() if model.publication != INTERNAL and model.name not in held]


def released() -> list[Model]:
    """All tables of a release: the marts, then the views that don't only serve pages."""
    return [*published(), *(view for view in models.views() if view.publication != INTERNAL)]


def openly(columns: Iterable[str]) -> str:
    """SQL condition on a table sorted by source: no line is about a restricted source or what descends from one."""
    names = set(columns)
    conditions = []
    for column, hidden in (("source", restricted()), ("objet", frozenset(descending()))):
        if column in names and hidden:
            listed = ", ".join(f"'{name}'" for name in sorted(hidden))
            conditions.append(f"coalesce({column}, '') NOT IN ({listed})")
    return " AND ".join(conditions) or "true"


def select(model: Model, columns: list[tuple[str, str]], *, fictif: bool, table: str = "") -> str:
    """SQL of the rows of a table that a region's release holds, in total order. Parameter: `region`.

    They are those of the warehouse, or of `table`, where it is protected.
    """
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
    return f"SELECT m.*{said} FROM {table or model.name} AS m WHERE {rule} ORDER BY {order}"


@dataclass(frozen=True)
class PublicFile:
    """A public file as it was written, the set from which its protected tables come, and what was hidden to make it."""

    written: list[WrittenTable]
    protection: memory.Set
    reports: list[disclosure.Report]


def write(
    database: Path, region: str, target: Path, sets: Path, *, fictif: bool, replaced: Collection[int] = ()
) -> PublicFile:
    """Writes the tables of a region's release from a warehouse into a new DuckDB file, with their words.

    Rows are totally ordered. Those tables that are held back are left out. Those that are protected are so for the
    whole country at once, before anything is written, and then attacked with all that earlier releases showed in hand
    (the folder `sets`): each region's release is a part of that. `replaced` are the sets of drafts whose place is being
    taken, which nobody will have been shown. Raises DisclosureError where it gives away what is secret.
    """
    with duckdb.connect(config={"memory_limit": duck.MEMORY}) as connection:
        connection.execute(f"ATTACH {duck.literal(str(database))} AS entrepot (READ_ONLY)")
        kept = "STORAGE_VERSION 'v1.0.0', RECOVERY_MODE no_wal_writes"
        connection.execute(f"ATTACH {duck.literal(str(target))} AS publie ({kept})")
        connection.execute("USE entrepot")
        connection.execute(duck.COMPRESSION)
        protection, reports, tried = _protected(connection, sets, replaced)
        for schema in models.SCHEMAS:
            connection.execute(f"CREATE SCHEMA publie.{schema}")
        with duck.side_by_side(connection) as pool:
            tasks = [
                pool.submit(_write_one, connection.cursor(), m, region, protection.name, fictif=fictif)
                for m in published()
            ]
        written = [task.result() for task in tasks]
        connection.execute("USE publie")
        attacked(connection, tried)
        written += show(connection, region, fictif=fictif)
        connection.execute("CHECKPOINT publie")
    return PublicFile(written, protection, reports)


def _protected(
    connection: duckdb.DuckDBPyConnection, folder: Path, replaced: Collection[int]
) -> tuple[memory.Set, list[disclosure.Report], list[Trial]]:
    """The protected tables of the whole country: those of an earlier release of the same content, or new ones.

    With what was hidden of them, and the attacks that they withstood.
    """
    connection.execute("ATTACH ':memory:' AS brut")
    models = {m.name: m for m in published()}
    for name in structures.protected():
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS brut.{models[name].schema}")
        connection.execute(f"CREATE TABLE brut.{name} AS FROM {name}")
    known = memory.attach(connection, folder)
    declared = disclosure.declared(connection, "brut")
    content = memory.content(connection, "brut", declared)
    found = memory.same(connection, known, content)
    if found is not None:
        return found, [disclosure.Report(*line) for line in found.told(connection)], found.tried(connection)
    past = [one for one in known if int(one.file.stem) not in replaced]
    reports = disclosure.protect(connection, "brut", past)
    breaches, tried = disclosure.examine(connection, "brut", past)
    disclosure.check(breaches)
    made = memory.write(connection, "brut", declared, content, folder, map(astuple, reports), tried)
    return made, reports, tried


def attacked(connection: duckdb.DuckDBPyConnection, tried: Iterable[Trial]) -> None:
    """Says to the queries of views which attacks the protected tables withstood: no table of a release knows it."""
    kinds = ", ".join(f"{name} {kind}" for name, kind in record.COLUMNS.items())
    connection.execute(f"SET VARIABLE epreuves = $1::STRUCT({kinds})[]", [[asdict(trial) for trial in tried]])


def show(connection: duckdb.DuckDBPyConnection, region: str, *, fictif: bool) -> list[WrittenTable]:
    """Computes what people see (sql/vues/) in a public file, from what stands there: it shows no more than that.

    Returns those that are tables of the release too; a view « interne » only serves pages. A view keeps the order of
    its own query: it is the one in which it is shown.
    """
    connection.execute(f"CREATE SCHEMA {models.VIEWS}")
    of_region(connection, region)
    # What no query can know of a table: the sources that it comes from.
    connection.execute("SET VARIABLE tables = " + _sources(released()))
    made = []
    for model in models.views():
        columns = show_one(connection, model, fictif=fictif)
        if model.publication != INTERNAL:
            count = connection.execute(f"SELECT count(*) FROM {model.name}").fetchall()[0][0]
            made.append(WrittenTable(model, count, columns))
    return made


def of_region(connection: duckdb.DuckDBPyConnection, region: str) -> None:
    """Says to the queries of views whose release theirs is."""
    connection.execute("SET VARIABLE region = " + duck.literal(region))


def show_one(connection: duckdb.DuckDBPyConnection, model: Model, *, fictif: bool) -> list[tuple[str, str]]:
    """Computes one view, with its words; returns its columns, names and types."""
    said = f", '{FICTIF}' AS {FICTIF_COLUMN}" if fictif else ""
    # A query that takes all columns of a table takes that one too.
    own = f"COLUMNS(c -> c <> '{FICTIF_COLUMN}')"
    connection.execute(f"CREATE TABLE {model.name} AS SELECT {own}{said} FROM ({model.query})")
    columns = [c for c in models.described(connection, model) if c[0] != FICTIF_COLUMN]
    models.comment(connection, model, columns)
    return columns


def check(file: Path) -> list[controls.Control]:
    """Runs the suites of the views on a public file; names in the log those that fail, and returns all.

    Raises BuildError where a critical one fails: a reader would be told a wrong number.
    """
    with duckdb.connect(str(file), read_only=True) as connection:
        batches = marts.batches(connection, models.views())
    found = [control for each in runner.validate(str(file), batches).values() for control in each]
    controls.tell(found)
    failed = [control for control in found if control.severite == "critique" and not control.reussi]
    if failed:
        told = [f"{c.objet}, {c.controle} : {controls.undated(c.motif)} (vu : {c.observe})" for c in failed[:6]]
        views = dict.fromkeys(c.objet.partition(".")[2] for c in failed)
        raise BuildError(
            f"{len(failed)} contrôle(s) critique(s) en échec sur ce que la publication montrerait. " + " ; ".join(told),
            expected="des vues conformes à leur suite, expectations/vues/",
            todo="comparer à sa suite et au mart qu'elle lit : "
            + ", ".join(f"sql/vues/{view}.sql" for view in views)
            + " ; rien n'est publié, les publications précédentes n'ont pas changé",
        )
    return found


def _sources(tables: list[Model]) -> str:
    """SQL of a list of tables, each with its sources."""
    listed = (
        f"{{'objet': {duck.literal(m.name)}, 'sources': "
        f"[{', '.join(map(duck.literal, sorted(models.sources_of(m.name))))}]::VARCHAR[]}}"
        for m in tables
    )
    return f"[{', '.join(listed)}]"


def _write_one(
    connection: duckdb.DuckDBPyConnection, model: Model, region: str, protected: str, *, fictif: bool
) -> WrittenTable:
    """Writes one table into the public file, as the region's release holds it."""
    table = f"{protected}.{model.name}" if model.name in structures.protected() else ""
    with connection:
        connection.execute("USE entrepot")
        columns = models.described(connection, model)
        connection.begin()
        query = select(model, columns, fictif=fictif, table=table)
        needed = {"region": region} if "$region" in query else {}
        connection.execute(f"CREATE TABLE publie.{model.name} AS {query}", needed)
        models.comment(connection, model, columns, database="publie")
        connection.commit()
        rows = connection.execute(f"SELECT count(*) FROM publie.{model.name}").fetchall()[0][0]
    return WrittenTable(model, rows, columns)
