"""The tables of sql/: one SELECT a file, and the path is the table's name.

The header of a file carries what its table says of itself: sentence, grain, source, columns. DuckDB parses
the dependencies.
"""

import functools
import itertools
import json
import re
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb
import yaml

from pipelines import catalogue, indicators
from pipelines.catalogue import registers
from pipelines.database.duck import literal
from pipelines.errors import BuildError, Place
from pipelines.indicators import Calculation
from pipelines.settings import ROOT

SQL = ROOT / "sql"
SCHEMAS = ("reference", "core", "atlas", "fiches", "qualite")
VIEWS = "vues"  # what people see: computed in the public file, from what it publishes
# Views that say which year and which source the others show: no number comes from them.
CHOICES = frozenset({"vues.annees_retenues", "vues.series_retenues", "vues.sources_retenues"})


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
    """One table of the warehouse, as its SQL file declares it.

    `empty` is what is said where a view has no line, `unreceived` where that is because its sources weren't received.
    """

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
    unreceived: str = ""

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
KIND = r"text|selon|year|date|bool|link|(?:entre_|signe_)?(?:n|pct)\d|signed\d"
COLUMN = re.compile(
    rf"(\w+)(?:\s+«\s*(.+?)\s*»)?(?:\s+({KIND}))?(?:\s*\[(.+?)\])?(?:\s*\(vide : (.+?)\))?(?:\s*:\s*(.+))?"
)


def parse(path: Path) -> Model:
    """Reads one SQL file and its header. Raises BuildError where the header is incomplete."""
    text = path.read_text(encoding="utf-8")
    # The header ends where the query begins: comments inside it are for engineers.
    header = [line[2:].strip() for line in itertools.takewhile(lambda line: line.startswith("--"), text.splitlines())]
    fields: dict[str, str] = {"titre": ""}
    columns: dict[str, Words] = {}
    current = "titre"
    for line in header:
        start = re.match(r"(Grain|Source|Publication|Colonnes|Note|Vide|Non reçu)\s*:\s*(.*)", line)
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
        unreceived=fields.get("non reçu", ""),
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


def graph(*, views: bool = False) -> dict[str, tuple[Model | Calculation, tuple[str, ...]]]:
    """All that a build makes by name (or the views of a release), a calculation once, with what it reads of it."""
    needs = {name: need for name, need in _needs().items() if name.startswith(f"{VIEWS}.") == views}
    return {
        made.name: (made, tuple(sorted({needs[name][0].name for name in read & needs.keys()})))
        for made, read in needs.values()
    }


def ordered(graph: dict[str, tuple[Model | Calculation, tuple[str, ...]]]) -> "TopologicalSorter[str]":
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
    """All that a build makes, in an order in which it can be made; a calculation once. Raises as `ordered`."""
    whole = graph(views=views)
    order = ordered(whole)
    made: list[Model | Calculation] = []
    while order.is_active():
        ready = order.get_ready()
        made += [whole[name][0] for name in ready]
        order.done(*ready)
    return tuple(made)


@functools.cache
def load_all() -> tuple[Model, ...]:
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
    """The sources of the catalogue from which a table comes, through all that it reads; a choice of years is none."""
    staged = {f"staging.{s.staged_name(t)}": s.id for s in catalogue.load_all() for t in s.tables}
    needs = _needs()
    found: set[str] = set()
    for read in needs[name][1]:
        if read in staged:
            found.add(staged[read])
        elif read in needs and read not in CHOICES:
            found |= sources_of(read)
    return frozenset(found)


@functools.cache
def made_from(name: str) -> frozenset[str]:
    """The tables that one is made from: built, or staged from a source; what a calculation reads stands for it."""
    staged = {f"staging.{source.staged_name(table)}" for source in catalogue.load_all() for table in source.tables}
    needs = _needs()
    found: set[str] = set()
    for read in needs[name][1]:
        if read in needs and isinstance(needs[read][0], Calculation):
            found |= made_from(read)
        elif read in needs or read in staged:
            found.add(read)
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


def column_words(model: Model, name: str) -> Words:
    """What a column of a table is. Raises BuildError where nobody has said it.

    A column of a view that its header doesn't describe is that of the same name in what the view reads.
    """
    told = registers.column_words(model.name, name)
    if told:
        return Words(*told)
    own = model.columns.get(name)
    words = own if own and own.description else _said(model, name)
    if words is None:
        raise BuildError(
            f"La colonne {name} de {model.name} n'est décrite nulle part.",
            where=Place(file=f"sql/{model.schema}/{model.table}.sql"),
            expected="une ligne sous « Colonnes : », ou une entrée de sql/colonnes.yml",
            todo="l'écrire : le dictionnaire publié en vient",
        )
    if own and words is not own:
        words = replace(own, description=words.description, unit=own.unit or words.unit)
    return words


def _said(model: Model, name: str) -> Words | None:
    """The words of a column that its table doesn't say itself."""
    if name in glossary():
        return glossary()[name]
    if model.schema == VIEWS:
        for read in sorted(_needs()[model.name][1] & _needs().keys()):
            other = _needs()[read][0]
            if isinstance(other, Model) and (name in other.columns or other.schema == VIEWS):
                words = other.columns[name] if name in other.columns else _said(other, name)
                if words and words.description:
                    return Words(words.description, words.unit)
    return None


def described(connection: duckdb.DuckDBPyConnection, model: Model) -> list[tuple[str, str]]:
    """Names and types of a built table's columns, in order."""
    rows = connection.execute(f"DESCRIBE {model.name}").fetchall()
    return [(name, kind) for name, kind, *_ in rows]


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


def _table_words(model: Model) -> str:
    return f"{model.title} Grain : {', '.join(model.grain)}. Source : {model.source}"
