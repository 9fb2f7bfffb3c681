"""The warehouse: runs sql/ into a new DuckDB file, aside; then swaps it in.

One SELECT a file, and the path is the table's name. The header of a file carries what its table
says of itself: sentence, grain, source, columns. DuckDB parses the dependencies.
"""

import contextlib
import functools
import itertools
import json
import logging
import os
import re
import uuid
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from pipelines import catalogue, fingerprints, indicators, quality, questionnaires
from pipelines.arrival import staging
from pipelines.catalogue import registers
from pipelines.edition.lockfile import Lock, Pin
from pipelines.errors import BuildError, Place
from pipelines.indicators import Calculation
from pipelines.quality import Control, Outcome
from pipelines.settings import DATABASE, ROOT, Settings, in_place

LOG = logging.getLogger(__name__)

SQL = ROOT / "sql"
SCHEMAS = ("reference", "core", "atlas", "fiches", "qualite")
VIEWS = "vues"  # what people see: computed in the public file, from what it publishes
MEMORY = "1GB"
AT_ONCE = 4  # tables made or written at once, and processes that check them

# DuckDB would try every compression on every column: thrice the time, for a file a tenth smaller.
COMPRESSION = "SET force_compression = 'dictionary'"


@dataclass(frozen=True)
class Words:
    """What a column is: one description and one unit, wherever it appears.

    `label`, `kind` and `empty` are for a column that people read: its heading, how its values are shown
    (publish/numbers.py), and the statut that an empty cell has where the line has none.
    """

    description: str
    unit: str = ""
    label: str = ""
    kind: str = ""
    empty: str = ""


@dataclass(frozen=True)
class Model:
    """One table of the warehouse, as its SQL file declares it."""

    schema: str
    table: str
    title: str
    grain: tuple[str, ...]
    source: str
    publication: str
    notes: str
    columns: dict[str, Words]
    query: str
    empty: str = ""

    @property
    def name(self) -> str:
        """`schema.table`."""
        return f"{self.schema}.{self.table}"


@functools.cache
def glossary() -> dict[str, Words]:
    """The words of the columns that several tables share (sql/colonnes.yml)."""
    data = yaml.safe_load((SQL / "colonnes.yml").read_text(encoding="utf-8"))
    return {name: Words(**entry) for name, entry in data.items()}


# name « Heading » kind [unit] (vide : statut) : description. What has no description of its own takes the shared one.
COLUMN = re.compile(r"(\w+)(?:\s+«\s*(.+?)\s*»(?:\s+(\w+))?)?(?:\s*\[(.+?)\])?(?:\s*\(vide : (.+?)\))?(?:\s*:\s*(.+))?")


def parse(path: Path) -> Model:
    """Reads one SQL file and its header. Raises BuildError where the header is incomplete."""
    text = path.read_text(encoding="utf-8")
    # The header ends where the query begins: comments inside it are for engineers.
    header = [line[2:].strip() for line in itertools.takewhile(lambda line: line.startswith("--"), text.splitlines())]
    fields: dict[str, str] = {"titre": ""}
    columns: dict[str, Words] = {}
    current = "titre"
    for line in header:
        start = re.match(r"(Grain|Source|Publication|Colonnes|Note|Vide)\s*:\s*(.*)", line)
        if start:
            current = start[1].lower()
            fields[current] = start[2]
        elif current == "colonnes":
            column = COLUMN.fullmatch(line)
            if column and (column[2] or column[6]):
                name, label, kind, unit, empty, description = column.groups()
                columns[name] = Words(description or "", unit or "", label or "", kind or "", empty or "")
            elif columns and line:
                last = next(reversed(columns))
                columns[last] = replace(columns[last], description=f"{columns[last].description} {line}".strip())
        elif line:
            fields[current] = f"{fields[current]} {line}".strip()
    if path.parent.name == VIEWS:
        fields.setdefault("publication", "vue")  # unless it is « interne »
    missing = [k for k in ("titre", "grain", "source", "publication") if not fields.get(k)]
    if missing:
        raise BuildError(
            f"L'en-tête du modèle n'a pas : {', '.join(missing)}.",
            where=Place(file=str(path.relative_to(ROOT))),
            expected="une phrase, puis « Grain : », « Source : », « Publication : », et « Colonnes : » s'il y en a",
            todo="compléter les commentaires en tête du fichier",
        )
    return Model(
        schema=path.parent.name,
        table=path.stem,
        title=fields["titre"],
        grain=tuple(k.strip() for k in fields["grain"].split(",")),
        source=fields["source"],
        publication=fields["publication"],
        notes=fields.get("note", ""),
        columns=columns,
        query=text.strip().rstrip(";"),
        empty=fields.get("vide", ""),
    )


@functools.cache
def _needs() -> dict[str, tuple[Model | Calculation, frozenset[str]]]:
    """Every model and every calculated table by name, with all that it reads."""
    found = [parse(p) for s in (*SCHEMAS, VIEWS) for p in sorted((SQL / s).glob("*.sql"))]
    needs: dict[str, tuple[Model | Calculation, frozenset[str]]] = {}
    with duckdb.connect() as connection:
        for model in found:
            where = f"sql/{model.schema}/{model.table}.sql"
            needs[model.name] = (model, frozenset(dependencies(connection, model.query, where)))
        for calculation in indicators.ALL:
            read = frozenset().union(
                *(dependencies(connection, q, calculation.name) for q in calculation.reads.values())
            )
            needs |= {f"{indicators.SCHEMA}.{table}": (calculation, read) for table in calculation.makes}
    return needs


def _graph(*, views: bool = False) -> dict[str, tuple[Model | Calculation, tuple[str, ...]]]:
    """All that a build makes by name (or the views of a release), a calculation once, with what it reads of it."""
    needs = {name: need for name, need in _needs().items() if name.startswith(f"{VIEWS}.") == views}
    return {
        made.name: (made, tuple(sorted({needs[name][0].name for name in read & needs.keys()})))
        for made, read in needs.values()
    }


def _order(graph: dict[str, tuple[Model | Calculation, tuple[str, ...]]]) -> "TopologicalSorter[str]":
    """What is in a graph, to be taken as it can be made. Raises BuildError where models cite each other in a circle."""
    order = TopologicalSorter({name: read for name, (_, read) in graph.items()})
    try:
        order.prepare()
    except CycleError as error:
        raise BuildError(
            f"Les modèles se citent en rond : {' -> '.join(error.args[1])}.",
            where=Place(file="sql/"),
            expected="des tables dont aucune ne se lit elle-même, fût-ce par d'autres",
            todo="retirer l'une de ces lectures",
        ) from error
    return order


@functools.cache
def plan(*, views: bool = False) -> tuple[Model | Calculation, ...]:
    """All that a build makes, in an order in which it can be made; a calculation once. Raises as `_order`."""
    graph = _graph(views=views)
    order = _order(graph)
    made: list[Model | Calculation] = []
    while order.is_active():
        ready = order.get_ready()
        made += [graph[name][0] for name in ready]
        order.done(*ready)
    return tuple(made)


@functools.cache
def models() -> tuple[Model, ...]:
    """All tables of sql/, in the order in which they can be built."""
    return tuple(made for made in plan() if isinstance(made, Model))


@functools.cache
def views() -> tuple[Model, ...]:
    """What people see of a release (sql/vues/), in the order in which it can be computed in the public file."""
    return tuple(made for made in plan(views=True) if isinstance(made, Model))


def reads(name: str, source: catalogue.Source, others: frozenset[str]) -> bool:
    """Whether a table reads a source's own staged tables, and not through one of `others`."""
    staged = {f"staging.{source.staged_name(table)}" for table in source.tables}
    return any(
        read in staged or (read in _needs() and read not in others and reads(read, source, others))
        for read in _needs()[name][1]
    )


@functools.cache
def sources_of(name: str) -> frozenset[str]:
    """The sources of the catalogue from which a table comes, through all that it reads."""
    staged = {f"staging.{s.staged_name(t)}": s.id for s in catalogue.load_all() for t in s.tables}
    needs = _needs()
    found: set[str] = set()
    for read in needs[name][1]:
        if read in staged:
            found.add(staged[read])
        elif read in needs:
            found |= sources_of(read)
    return frozenset(found)


@functools.cache
def lineage(name: str) -> frozenset[str]:
    """All that a table rests on: itself, and the tables that it reads, directly or not."""
    read = _needs()[name][1] if name in _needs() else frozenset[str]()
    return frozenset({name}).union(*(lineage(other) for other in read))


def dependencies(connection: duckdb.DuckDBPyConnection, query: str, where: str) -> set[str]:
    """Names of the tables that a query reads, `schema.table`, as DuckDB's own parser sees them.

    `where` is the file, or the calculation, that the query comes from.
    """
    parsed = connection.execute("SELECT json_serialize_sql(?::VARCHAR)", [query]).fetchall()[0][0]
    tree = json.loads(parsed)
    if tree.get("error"):
        raise BuildError(
            f"La requête ne s'analyse pas : {tree.get('error_message')}",
            where=Place(file=where),
            expected="un seul SELECT",
        )
    names: set[str] = set()
    stack: list[Any] = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, dict):
            if node.get("type") == "BASE_TABLE":
                names.add(f"{node.get('schema_name')}.{node.get('table_name')}")
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)
    return names


# --- what the SQL reads: views on the pinned Parquet, and the edition's own records -----------------


def literal(value: str) -> str:
    """A SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def _outcomes(settings: Settings, lock: Lock) -> dict[Pin, Outcome]:
    """What the checks said of each pinned revision, once seen that its staging is what they left.

    Raises BuildError where one was staged by other code or other rules, or where a staged file is missing or changed.
    """
    found = {}
    for pin in lock.pins:
        outcome = quality.load_outcome(settings, pin.source, pin.millesime, pin.revision)
        home = quality.folder(settings, pin.source, pin.millesime, pin.revision)
        again = f"effacer {home}, puis relancer : le millésime est remis en forme depuis l'archive"
        where = Place(source=pin.source, millesime=pin.millesime)
        if outcome is None or outcome.empreinte != quality.fingerprint(pin.source, pin.files, fictif=lock.fictif):
            raise BuildError(
                f"La révision {pin.revision} a été mise en forme par un autre code, ou sous d'autres contrôles.",
                where=where,
                expected="une mise en forme faite par le code et sous les contrôles présents",
                todo=again,
            )
        altered = quality.altered(settings, outcome)
        if altered:
            raise BuildError(
                f"{len(altered)} fichier(s) mis en forme ne sont plus ce que les contrôles ont accepté : "
                + " ; ".join(f"{path.name} est {how}" for path, how in altered[:6])
                + ".",
                where=replace(where, table=altered[0][0].stem, file=str(altered[0][0])),
                expected="les fichiers dont le bilan du millésime donne les lignes et l'empreinte",
                todo=again,
            )
        found[pin] = outcome
    return found


def _stage_views(
    connection: duckdb.DuckDBPyConnection, settings: Settings, lock: Lock, outcomes: dict[Pin, Outcome]
) -> None:
    for source in catalogue.load_all():
        for table in source.tables:
            parts = [
                f"SELECT NULL::INTEGER AS millesime, NULL::INTEGER AS revision, NULL::BOOLEAN AS reference, * "
                f"FROM ({staging.empty_select(source, table)})"
            ]
            for pin in lock.of(source.id):
                if table in outcomes[pin].rows:
                    file = quality.folder(settings, pin.source, pin.millesime, pin.revision) / f"{table}.parquet"
                    parts.append(
                        f"SELECT {pin.millesime} AS millesime, {pin.revision} AS revision, "
                        f"{pin.reference} AS reference, * FROM read_parquet({literal(str(file))})"
                    )
            view = f"staging.{source.staged_name(table)}"
            said = [
                f"CREATE VIEW {view} AS " + " UNION ALL BY NAME ".join(parts),
                f"COMMENT ON VIEW {view} IS {literal(f'{source.titre} : {source.tables[table].title}')}",
            ]
            for column in source.of_table(table):
                words = column.description + (f" [{column.unit}]" if column.unit else "")
                said.append(f'COMMENT ON COLUMN {view}."{column.name}" IS {literal(words)}')
            connection.execute("; ".join(said))


def _load(connection: duckdb.DuckDBPyConnection, name: str, schema: pa.Schema, rows: list[dict[str, Any]]) -> None:
    table = pa.Table.from_pylist(rows, schema)
    connection.register("a_charger", table)
    connection.execute(f"CREATE TABLE staging.{name} AS SELECT * FROM a_charger")
    connection.unregister("a_charger")


CONTROLS = pa.schema(
    [
        ("etape", pa.string()),
        ("source", pa.string()),
        ("millesime", pa.int32()),
        ("revision", pa.int32()),
        *[
            (name, pa.bool_() if name == "reussi" else pa.int64() if name == "lignes" else pa.string())
            for name in Control.__dataclass_fields__
        ],
    ]
)


_RECORD = {str: pa.string(), int: pa.int32(), bool: pa.bool_(), Decimal: pa.decimal128(18, 4)}


SECRECY = ("seuil_secret", "dominance", "contributeurs_min", "precision_min")


def _secrecy(rules: catalogue.Confidentialite | None) -> dict[str, Any]:
    if rules is None:
        return {}
    return {
        "seuil_secret": Decimal(rules.seuil),
        "dominance": None if rules.dominance is None else Decimal(str(rules.dominance)),
        "contributeurs_min": Decimal(rules.contributeurs) if rules.contributeurs > 1 else None,
        "precision_min": None if rules.precision is None else Decimal(str(rules.precision)),
        "raison_secret": rules.raison,
    }


def _records(
    connection: duckdb.DuckDBPyConnection, settings: Settings, lock: Lock, outcomes: dict[Pin, Outcome]
) -> None:
    """The edition's own records: parameters, sources, surveys, registers, vintages, controls, quarantine."""
    text, integer, boolean = pa.string(), pa.int32(), pa.bool_()
    _load(
        connection,
        "edition",
        pa.schema(
            [
                ("edition", integer),
                ("fictif", boolean),
                ("commit", text),
                ("uv_lock", text),
                ("empreinte", text),
            ]
        ),
        [
            {
                "edition": lock.edition,
                "fictif": lock.fictif,
                "commit": lock.commit,
                "uv_lock": lock.uv_lock,
                "empreinte": fingerprint(lock),
            }
        ],
    )
    entries = catalogue.load_all()
    fields = ["producteur", "titre", "licence", "adresse", "cadence", "limits"]
    _load(
        connection,
        "sources",
        pa.schema(
            [
                ("source", text),
                *[(f, text) for f in fields],
                ("sens", text),
                ("age_max", integer),
                ("restreint", boolean),
                *(
                    (k, pa.decimal128(9, 4))
                    for k in ("seuil_secret", "dominance", "contributeurs_min", "precision_min")
                ),
                ("raison_secret", text),
            ]
        ),
        [
            {
                "source": s.id,
                **{f: getattr(s, f) for f in fields},
                "sens": s.millesime.sens,
                "age_max": s.millesime.age_max,
                "restreint": s.restreint,
                **_secrecy(s.confidentialite),
            }
            for s in entries
        ],
    )
    asked = [row for s in entries if s.questionnaire for row in s.questionnaire.records(s.id)]
    _load(connection, "questions", pa.schema([(k, _RECORD[kind]) for k, kind in questionnaires.RECORD.items()]), asked)
    for name, (columns, told) in registers.records().items():
        _load(connection, name, pa.schema([(k, _RECORD[kind]) for k, kind in columns.items()]), told)
    vintages, controls, aside = [], [], []
    for pin in lock.pins:
        source = catalogue.load(pin.source)
        outcome = outcomes[pin]
        mine = {"source": pin.source, "millesime": pin.millesime, "revision": pin.revision}
        vintages.append(
            {
                **mine,
                "reference": pin.reference,
                "statut": "accepté",
                "periode": source.millesime.periode.format(millesime=pin.millesime),
                "date_reference": pin.date_reference,
                "fichiers": ", ".join(f.name for f in pin.files),
                "sha256": " ".join(f.sha256 for f in pin.files),
                "lignes": sum(outcome.rows.values()),
                "lignes_ecartees": sum(outcome.quarantined.values()),
                "motif": None,
            }
        )
        controls += [{"etape": "source", **mine, **asdict(c)} for c in outcome.controls]
        quarantine = quality.folder(settings, pin.source, pin.millesime, pin.revision) / quality.QUARANTINE
        aside += [{**mine, **row} for row in pq.read_table(quarantine).to_pylist()]
    for refusal in lock.refus:
        mine = {"source": refusal.source, "millesime": refusal.millesime, "revision": refusal.revision}
        vintages.append({**mine, "reference": False, "statut": "refusé", "motif": refusal.motif})
        refused = quality.load_outcome(settings, refusal.source, refusal.millesime, refusal.revision)
        controls += [{"etape": "source", **mine, **asdict(c)} for c in (refused.controls if refused else [])]
    mine_schema = [("source", text), ("millesime", integer), ("revision", integer)]
    _load(
        connection,
        "millesimes",
        pa.schema(
            [
                *mine_schema,
                ("reference", boolean),
                ("statut", text),
                ("periode", text),
                ("date_reference", text),
                ("fichiers", text),
                ("sha256", text),
                ("lignes", pa.int64()),
                ("lignes_ecartees", pa.int64()),
                ("motif", text),
            ]
        ),
        vintages,
    )
    absent = [
        {
            "source": pin.source,
            "millesime": pin.millesime,
            "table": name,
            "titre": table.title,
            "motif": table.sauf[pin.millesime],
        }
        for pin in lock.pins
        for name, table in catalogue.load(pin.source).tables.items()
        if pin.millesime in table.sauf
    ]
    absent_schema = pa.schema(
        [("source", text), ("millesime", integer), *((n, text) for n in ("table", "titre", "motif"))]
    )
    _load(connection, "absences", absent_schema, absent)
    _load(connection, "controles", CONTROLS, controls)
    _load(connection, "quarantaine", pa.schema([*mine_schema, *staging.QUARANTINE_SCHEMA]), aside)


# --- build, check, reconcile, promote ---------------------------------------------------------------


def _workers() -> int:
    return min(len(os.sched_getaffinity(0)), AT_ONCE)


@contextlib.contextmanager
def side_by_side(connection: duckdb.DuckDBPyConnection) -> Iterator[ThreadPoolExecutor]:
    """A thread for each core, and one of DuckDB's for each query: tables are made together, none is parted.

    DuckDB works outside the interpreter's lock. Most tables are small: parting one costs more than it brings.
    """
    connection.execute("SET threads = 1")
    with ThreadPoolExecutor(_workers()) as pool:
        yield pool
    connection.execute("RESET threads")


def build(settings: Settings, lock: Lock) -> Path:
    """Builds the marts of an edition into a new DuckDB file, aside. Returns its path.

    Raises BuildError as `_outcomes`, and, naming the model, where a query fails; the warehouse in place is
    not touched.
    """
    outcomes = _outcomes(settings, lock)
    folder = settings.editions / str(lock.edition)
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob("construction-*"):
        left.unlink()
    target = folder / f"construction-{uuid.uuid4().hex[:8]}.duckdb"
    with duckdb.connect() as connection:
        # Without a journal: a build that stops is begun anew, never recovered.
        connection.execute(f"ATTACH {literal(str(target))} AS construction (RECOVERY_MODE no_wal_writes)")
        connection.execute("USE construction")
        connection.execute(f"SET memory_limit = '{MEMORY}'")
        connection.execute(f"SET temp_directory = {literal(str(folder / 'temporaire'))}")
        connection.execute(COMPRESSION)
        connection.begin()
        for schema in ("staging", indicators.SCHEMA, *SCHEMAS):
            connection.execute(f"CREATE SCHEMA {schema}")
        _stage_views(connection, settings, lock, outcomes)
        _records(connection, settings, lock, outcomes)
        connection.commit()
        _make_all(connection)
        # What the marts took from it is in them, with its words.
        connection.execute(f"DROP SCHEMA {indicators.SCHEMA} CASCADE")
        connection.execute("CHECKPOINT construction")
    return target


def _make_all(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes all tables, each as soon as what it reads is there."""
    graph = _graph()
    order = _order(graph)
    running: dict[Future[None], str] = {}
    with side_by_side(connection) as pool:
        while order.is_active():
            for name in order.get_ready():
                running[pool.submit(_make, connection.cursor(), graph[name][0])] = name
            for ended in wait(running, return_when=FIRST_COMPLETED).done:
                ended.result()
                order.done(running.pop(ended))


def _make(connection: duckdb.DuckDBPyConnection, made: Model | Calculation) -> None:
    with connection:
        connection.execute("USE construction")
        connection.begin()
        if isinstance(made, Model):
            _create(connection, made)
        else:
            _calculate(connection, made)
        connection.commit()


def _create(connection: duckdb.DuckDBPyConnection, model: Model) -> None:
    order = ", ".join(f'"{k}"' for k in model.grain)
    try:
        connection.execute(f"CREATE TABLE {model.name} AS SELECT * FROM (\n{model.query}\n) ORDER BY {order}")
    except duckdb.IOException:  # the disk's fault, not the model's
        raise
    except duckdb.Error as error:
        raise BuildError(
            f"Le modèle {model.name} ne se construit pas : {error}",
            where=Place(file=f"sql/{model.schema}/{model.table}.sql"),
            expected="un SELECT qui s'exécute sur les vues staging.* de l'édition",
            todo="corriger le modèle ; l'entrepôt en place n'a pas changé",
        ) from error
    comment(connection, model, described(connection, model))


def comment(
    connection: duckdb.DuckDBPyConnection, model: Model, columns: list[tuple[str, str]], *, database: str = ""
) -> None:
    """Writes the words of a table and of its columns into the file where it stands."""
    name = f"{database}.{model.name}" if database else model.name
    said = [f"COMMENT ON TABLE {name} IS {literal(_table_words(model))}"]
    for column, _ in columns:
        words = column_words(model, column)
        whole = words.description + (f" [{words.unit}]" if words.unit else "")
        said.append(f'COMMENT ON COLUMN {name}."{column}" IS {literal(whole)}')
    connection.execute("; ".join(said))


def _calculate(connection: duckdb.DuckDBPyConnection, calculation: Calculation) -> None:
    made = calculation.run({name: connection.execute(query).df() for name, query in calculation.reads.items()})
    for table, columns in calculation.makes.items():
        connection.register("a_charger", made[table])
        # NaN is how numpy says missing, and no number of a mart.
        cast = ", ".join(
            f'(CASE WHEN isnan("{name}"::DOUBLE) THEN NULL ELSE "{name}" END)::{kind} AS "{name}"'
            if kind not in ("VARCHAR", "BOOLEAN")
            else f'"{name}"::{kind} AS "{name}"'
            for name, kind in columns.items()
        )
        connection.execute(f"CREATE TABLE {indicators.SCHEMA}.{table} AS SELECT {cast} FROM a_charger")
        connection.unregister("a_charger")


def _table_words(model: Model) -> str:
    return f"{model.title} Grain : {', '.join(model.grain)}. Source : {model.source}"


def described(connection: duckdb.DuckDBPyConnection, model: Model) -> list[tuple[str, str]]:
    """Names and types of a built table's columns, in order."""
    rows = connection.execute(f"DESCRIBE {model.name}").fetchall()
    return [(name, kind) for name, kind, *_ in rows]


def column_words(model: Model, name: str) -> Words:
    """What a column of a table is. Raises BuildError where nobody has said it."""
    told = registers.column_words(model.name, name)
    words = Words(*told) if told else model.columns.get(name) or glossary().get(name)
    if words is not None and not words.description and name in glossary():
        words = replace(words, description=glossary()[name].description, unit=words.unit or glossary()[name].unit)
    if words is None or not words.description:
        raise BuildError(
            f"La colonne {name} de {model.name} n'est décrite nulle part.",
            where=Place(file=f"sql/{model.schema}/{model.table}.sql"),
            expected="une ligne sous « Colonnes : », ou une entrée de sql/colonnes.yml",
            todo="l'écrire : le dictionnaire publié en vient",
        )
    return words


def check(target: Path) -> list[Control]:
    """Runs the suites of the marts on a build, makes their results those of `qualite.controles`, and counts its rows.

    A mart none of whose sources is there has nothing to check: rules that pass on no row would only swell the count.
    Raises BuildError where a critical check fails.
    """
    with duckdb.connect(str(_there(target)), read_only=True) as connection:
        there = {str(s) for (s,) in connection.execute("SELECT DISTINCT source FROM staging.millesimes").fetchall()}
        for subject, source, what, said in connection.execute("FROM qualite.avertissements ORDER BY ALL").fetchall():
            LOG.warning("%s (%s) : %s", subject, " ".join(filter(None, (source, what))), said)
    batches = {
        model.name: (model.name, quality.mart_rules(model.name, model.grain))
        for model in models()
        if not sources_of(model.name) or sources_of(model.name) & there
    }
    found = _validated(target, batches)
    quality.tell(found)
    with duckdb.connect(str(target)) as connection:
        rows = [{"etape": "mart", **asdict(c)} for c in found]
        connection.register("a_charger", pa.Table.from_pylist(rows, CONTROLS))
        connection.execute("BEGIN")
        connection.execute("DELETE FROM qualite.controles WHERE etape = 'mart'")  # of a check that died after this
        connection.execute("INSERT INTO qualite.controles BY NAME SELECT * FROM a_charger")
        connection.execute("COMMIT")
        connection.unregister("a_charger")
        connection.execute("CHECKPOINT")
    failed = [c for c in found if c.severite == "critique" and not c.reussi]
    if failed:
        raise BuildError(
            f"{len(failed)} contrôle(s) critique(s) en échec sur les marts. "
            + " ; ".join(f"{c.objet}, {c.controle} : {c.motif} (observé : {c.observe})" for c in failed[:6]),
            expected="des marts conformes à expectations/marts/",
            todo=f"examiner la construction, gardée dans {target} ; l'entrepôt en place n'a pas changé",
        )
    _counted(target).write_text(json.dumps(_counts(target)), encoding="utf-8")
    return found


def _personal() -> set[str]:
    """The tables that descend from a personal source and are not yet summed: a line is one of a person."""
    kept = {source.id for source in catalogue.load_all() if source.personal}
    return {model.name for model in models() if model.schema == "core" and sources_of(model.name) & kept}


def _validated(target: Path, batches: dict[str, tuple[str, list[dict[str, Any]]]]) -> list[Control]:
    """Runs the suites of a build by several processes, each a share; in the order of the marts.

    They are forked, with Great Expectations at hand: it takes seconds to import, and as long as the queries to run.
    """
    quality.warm()
    workers = _workers()
    shares = [dict(itertools.islice(batches.items(), rank, None, workers)) for rank in range(workers)]
    try:
        with ProcessPoolExecutor(workers, mp_context=get_context("fork")) as pool:
            validate = functools.partial(quality.validate, personal=_personal())
            done = list(pool.map(validate, [str(target)] * workers, shares))
    except BrokenProcessPool as error:
        raise BuildError(
            "Le système a arrêté un des processus qui contrôlent les marts : la mémoire a manqué, le plus souvent.",
            expected=f"de la mémoire pour {workers} processus",
            todo=f"en libérer, puis relancer ; la construction est gardée dans {target}, "
            "l'entrepôt en place n'a pas changé",
        ) from error
    found = {name: controls for part in done for name, controls in part.items()}
    return [control for name in batches for control in found[name]]


def fingerprint(lock: Lock) -> str:
    """SHA-256 of all that a build and its checks depend on: the lock, what stages it, `inputs`, our code."""
    staged = (quality.fingerprint(pin.source, pin.files, fictif=lock.fictif) for pin in lock.pins)
    return fingerprints.of([lock.to_json(), fingerprints.code(__name__), *staged, *inputs()])


def inputs() -> list[Path]:
    """The files that a build and its checks read, beside the code and what is staged: queries, catalogue, suites."""
    entries = [path for source in catalogue.sources() for path in catalogue.files(source)]
    suites = (quality.SUITES / "marts").glob("*.yml")
    return [*(path for path in sorted(SQL.rglob("*")) if path.is_file()), *entries, *sorted(suites)]


def built_from(settings: Settings, edition: int) -> str | None:
    """The fingerprint of an edition's warehouse, or None where it has none."""
    file = settings.built(edition)
    if not file.is_file():
        return None
    with duckdb.connect(str(file), read_only=True) as connection:
        return str(connection.execute("SELECT empreinte FROM staging.edition").fetchall()[0][0])


def reconcile(target: Path) -> dict[str, dict[str, int]]:
    """Counts the reconciliations of a build by nature, then by result (`qualite.rapprochements`)."""
    with duckdb.connect(str(_there(target)), read_only=True) as connection:
        rows = connection.execute(
            "SELECT nature, resultat, count(*) FROM qualite.rapprochements GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    found: dict[str, dict[str, int]] = {}
    for nature, result, count in rows:
        found.setdefault(str(nature), {})[str(result)] = int(count)
    return found


def _there(target: Path) -> Path:
    """A build, where it still is. Raises BuildError where another has been begun since."""
    if not target.is_file():
        raise BuildError(
            f"La construction {target.name} n'est plus là : une autre a été commencée depuis.",
            expected=f"un fichier dans {target.parent}",
            todo="relancer l'édition ; l'entrepôt en place n'a pas changé",
        )
    return target


def _counts(file: Path) -> dict[str, int]:
    """The rows of each table of a warehouse, by a reader of its own."""
    with duckdb.connect(str(file), read_only=True) as connection:
        tables = connection.execute("SELECT schema_name, table_name FROM duckdb_tables() ORDER BY ALL").fetchall()
        query = " UNION ALL ".join(
            f"SELECT '{schema}.{name}', count(*) FROM {schema}.{name}" for schema, name in tables
        )
        return dict(connection.execute(query).fetchall())


def _counted(target: Path) -> Path:
    """Where the check of a build leaves its counts."""
    return target.with_suffix(".json")


def _build_of(target: Path) -> Path:
    """Where a build stands once promoted: a file of its own, which no other build ever takes the name of."""
    return target.with_name(target.name.replace("construction", Path(DATABASE).stem))


def promote(settings: Settings, target: Path, *, back: bool = False) -> Path:
    """Makes a checked build the warehouse of its edition, and that edition the one in place; returns the edition's.

    Readers see the old file or the new one, never half of one. An edition earlier than the one in place takes its
    place only where `back` is set. Raises BuildError, with everything left as it was, where the build was not
    checked, or doesn't hold what was checked.
    """
    file, folder = _build_of(target), target.parent
    _there(target if target.is_file() else file)  # a promotion cut short is taken up again
    if not _counted(target).is_file():
        raise BuildError(
            f"La construction {target.name} n'a pas été contrôlée.",
            expected="des contrôles passés sans échec critique",
            todo="la contrôler, ou la refaire ; l'entrepôt en place n'a pas changé",
        )
    if target.is_file():
        target.chmod(0o444)
        target.replace(file)
    edition = int(folder.name)
    _journal(file).unlink(missing_ok=True)
    found, expected = _counts(file), json.loads(_counted(target).read_text(encoding="utf-8"))
    if found != expected:
        raise BuildError(
            "L'entrepôt construit n'a plus les lignes que les contrôles ont comptées : "
            + " ; ".join(
                f"{name}, {expected.get(name, 0)} lignes contrôlées, {found.get(name, 0)} lues"
                for name in sorted(expected.keys() | found.keys())
                if expected.get(name) != found.get(name)
            ),
            expected=f"dans {file}, ce qui a été contrôlé",
            todo="chercher qui y a écrit, puis reconstruire ; l'entrepôt en place n'a pas changé",
        )
    now = _edition_in_place(settings)
    _point(settings.built(edition), file)
    if back or now is None or now <= edition:
        _point(settings.database, settings.built(edition))
    # Who has an old build open reads it to the end: a name goes, not what is open.
    for old in folder.glob(f"{Path(DATABASE).stem}-*"):
        if old != file:
            old.unlink()
    return settings.built(edition)


def _journal(file: Path) -> Path:
    """Where DuckDB keeps what it has not yet written into a file."""
    return file.with_name(f"{file.name}.wal")


def _point(link: Path, target: Path) -> None:
    """Makes a link, or an old file of that name, lead to another file, in one move.

    A client that doesn't follow links keeps its journal beside them: nobody's is replayed on another build.
    """
    _journal(link).unlink(missing_ok=True)
    new = link.with_name(f".{link.name}-{uuid.uuid4().hex}")
    new.symlink_to(target.relative_to(link.parent))
    new.replace(link)


def _edition_in_place(settings: Settings) -> int | None:
    """The edition that people query now; None where there is none."""
    if settings.database.is_file() and not settings.database.is_symlink():  # a warehouse made when it was one file
        with duckdb.connect(str(settings.database), read_only=True) as connection:
            return int(connection.execute("SELECT edition FROM reference.edition").fetchall()[0][0])
    return in_place(settings.warehouse)
