"""Statistical confidentiality: what stands between the marts and all that is published.

Policies are the sources' (`confidentialite` in the catalogue), structures the tables' (structures.yml).
`protect` hides, before anything is written; `audit` then attacks what is left, as a reader would, with all that
earlier releases showed in hand (memory.py). docs/confidentialite.md says the rules in French.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import duckdb
import numpy as np
import pyarrow as pa

from pipelines.database import duck
from pipelines.disclosure import attack, cells, record, sensitive, structures
from pipelines.disclosure.answers import TERRITORY, Key, Shown
from pipelines.disclosure.attack import Bound
from pipelines.disclosure.memory import Set
from pipelines.disclosure.record import Trial
from pipelines.disclosure.structures import Structure
from pipelines.edition import models
from pipelines.edition.models import Model
from pipelines.errors import BuildError

HIDDEN = "secret"
TOLD = 5  # breaches that the error spells out


@dataclass(frozen=True)
class Report:
    """What was hidden of one table: lines, of which sensitive themselves; and lines removed."""

    table: str
    lines: int
    sensitive: int
    others: int
    removed: int


@dataclass(frozen=True)
class Breach:
    """A cell of which a reader deduces too much: it lies between `low` and `high` (NaN: a ratio of hidden numbers)."""

    table: str
    line: str
    low: float
    high: float

    def __str__(self) -> str:
        known = f"vaut {self.low:g}" if self.low == self.high else f"est entre {self.low:g} et {self.high:g}"
        if np.isnan(self.low):
            known = "est fait de nombres cachés ailleurs"
        return f"{self.table} ({self.line}) {known}"


class DisclosureError(BuildError):
    """A release from which a reader would deduce what is secret: nothing of it is published."""


def protect(connection: duckdb.DuckDBPyConnection, database: str, past: Sequence[Set] = ()) -> list[Report]:
    """Hides what must be in the tables of `database` that have a structure: measures NULL, status « secret ».

    The connection's own database is the warehouse; `past` is what earlier releases showed, of whatever vintage. What
    they hid of the same respondents stays hidden, what they showed is known.
    """
    reports = []
    for model, structure in declared(connection, database):
        name = f"{database}.{model.name}"
        removed = _remove(connection, model, structure, database)
        for told in _choices(connection, model, structure, database, past):
            removed += _count(connection, f"{name} WHERE {told}")
            connection.execute(f"DELETE FROM {name} WHERE {told}")
        if structure.reprend:
            hidden = _ratios(connection, model, structure, database)
            reports.append(Report(model.name, _count(connection, name), 0, len(hidden), removed))
        else:
            table = cells.read(connection, model, structure, _shown(database, model, structure), _past(past, model))
            system = table.system
            system.shown &= ~(table.kept & np.isfinite(system.cost))
            shown = attack.conceal(system)
            hidden = {row for row, visible in zip(table.rows, shown, strict=True) if row is not None and not visible}
            own = {r for r, s in zip(table.rows, system.sensitive, strict=True) if s and r is not None}
            lines = _count(connection, name)
            reports.append(Report(model.name, lines, len(own), len(hidden - own), removed))
        _hide(connection, model, structure, database, hidden)
    return reports


def audit(connection: duckdb.DuckDBPyConnection, database: str, past: Sequence[Set] = ()) -> list[Breach]:
    """What a reader of `database` and of the earlier releases could deduce that he should not.

    What the earlier ones tell by themselves is told: it is no breach of this one.
    """
    return examine(connection, database, past)[0]


def examine(
    connection: duckdb.DuckDBPyConnection, database: str, past: Sequence[Set] = ()
) -> tuple[list[Breach], list[Trial]]:
    """What `audit` finds, and what it tried."""
    breaches, tried = list[Breach](), list[Trial]()
    for model, structure in declared(connection, database):
        breaches += [
            Breach(model.name, told, np.nan, np.nan) for told in _choices(connection, model, structure, database, past)
        ]
        if structure.reprend:
            lost = _ratios(connection, model, structure, database)
            visible = _visible(connection, model, structure, f"{database}.{model.name}")
            breaches += [Breach(model.name, _told(row), np.nan, np.nan) for row in sorted(lost & visible)]
            tried.append(Trial(model.name, "termes", len(lost), None, len(lost & visible)))
            continue
        table = cells.read(connection, model, structure, _shown(database, model, structure), _past(past, model))
        found, widths = attack.examine(table.system)
        if found and past:
            alone = {b.cell: b for b in attack.attack(replace(table.system, shown=table.told))}
            found = [b for b in found if _narrower(b, alone.get(b.cell))]
        breaches += [Breach(model.name, _told(table.rows[b.cell]), b.low, b.high) for b in found]
        tried += record.trials(table, widths, found, len(past))
    return breaches, tried


def _narrower(now: Bound, before: Bound | None) -> bool:
    """Whether a cell is better known than it was."""
    near = attack.EPSILON * (1 + abs(now.low))
    return before is None or now.low > before.low + near or now.high < before.high - near


def check(breaches: list[Breach]) -> None:
    """Raises DisclosureError where there are any."""
    if breaches:
        more = f" ; et {len(breaches) - TOLD} autres" if len(breaches) > TOLD else ""
        raise DisclosureError(
            "La publication est arrêtée : un lecteur en déduirait ce qui est secret. "
            + " ; ".join(str(b) for b in breaches[:TOLD])
            + more,
            expected="des cases secrètes qu'aucune soustraction, ni aucune publication antérieure, ne fait retrouver",
            todo="voir docs/confidentialite.md ; rien n'a été publié",
        )


def declared(connection: duckdb.DuckDBPyConnection, database: str) -> list[tuple[Model, Structure]]:
    """The tables that `database` holds and that are to be protected, each with its structure."""
    known = {m.name: m for m in models.load_all()}
    held = connection.execute(
        "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE database_name = ?", [database]
    ).fetchall()
    return [(known[name], structure) for name, structure in structures.protected().items() if (name,) in held]


def _shown(database: str, model: Model, structure: Structure) -> Shown:
    return Shown(f"{database}.{model.name}", structure.contributions)


def _past(past: Sequence[Set], model: Model) -> list[Shown]:
    return [made.shown(model) for made in past]


def _count(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0])


def _told(row: Key | None) -> str:
    return (
        "différence entre des lignes, ou avec une publication antérieure"
        if row is None
        else ", ".join(str(k) for k in row if k != "")
    )


def _remove(connection: duckdb.DuckDBPyConnection, model: Model, structure: Structure, database: str) -> int:
    if not structure.retire:
        return 0
    rule = f"FROM {database}.{model.name} WHERE {structure.retire.condition}"
    lines = int(connection.execute(f"SELECT count(*) {rule}").fetchall()[0][0])
    connection.execute(f"DELETE {rule}")
    return lines


def _visible(connection: duckdb.DuckDBPyConnection, model: Model, structure: Structure, name: str) -> set[Key]:
    keys = ", ".join(f'"{k}"' for k in model.grain)
    some = " OR ".join(f'"{m}" IS NOT NULL' for m in structure.mesures)
    return set(connection.execute(f"SELECT {keys} FROM {name} WHERE {some}").fetchall())


def _choices(
    connection: duckdb.DuckDBPyConnection, model: Model, structure: Structure, database: str, past: Sequence[Set]
) -> list[str]:
    """SQL conditions of the questions of which the choices, with those shown before or elsewhere, tell one's own.

    Two counts of the choices made for a question tell what those chose who are in one of them only: they are nobody,
    or as many as the policy asks.
    """
    if not structure.choix:
        return []
    keys = [k for k in model.grain if k not in (*TERRITORY, "choix")]
    named = [*keys, *TERRITORY]
    places = ", ".join(named)

    def chosen(table: str, query: str) -> dict[Key, frozenset[Key]]:
        found: dict[Key, set[Key]] = defaultdict(set)
        for *row, who, choice in connection.execute(
            f"SELECT {places}, contributeur, choix FROM ({query}) "
            f"SEMI JOIN (FROM {table} WHERE {structure.hors}) USING ({places})"
        ).fetchall():
            found[tuple(row)].add((who, choice))
        # By question; a region before France, which tells what the others chose.
        return {row: frozenset(found[row]) for row in sorted(found, key=lambda r: (r[:-2], r[-1]))}

    known: dict[Key, list[frozenset[Key]]] = defaultdict(list)
    for made in past:
        for row, here in chosen(made.shown(model).table, made.choices(model)).items():
            known[row[:-2]].append(here)
    told = []
    for row, here in chosen(f"{database}.{model.name}", structure.choix).items():
        policy = sensitive.policy_of([str(row[keys.index(structure.source)])])
        between = [len({who for who, _ in here ^ other}) for other in known[row[:-2]]]
        if policy is None or any(0 < n < policy.contributeurs for n in between):
            told.append(" AND ".join(f"{k} = {duck.literal(str(v))}" for k, v in zip(named, row, strict=True)))
        else:
            known[row[:-2]].append(here)
    return [f"{condition} AND {structure.hors}" for condition in told]


def _ratios(connection: duckdb.DuckDBPyConnection, model: Model, structure: Structure, database: str) -> set[Key]:
    """The lines of a table of ratios of which a term is not shown, or is that of other respondents."""
    taken = structure.reprend
    if taken is None:
        return set()
    terms = ", ".join(f"('{i}', '{q}')" for i, questions in taken.termes.items() for q in questions)
    keys = ", ".join(f'r."{k}"' for k in model.grain)
    same = " ".join(
        f'AND e."{d}" = ' + (f'r."{taken.cles[d]}"' if d in taken.cles else duck.literal(total))
        for d, total in structures.load()[taken.table].totaux.items()
    )
    return set(
        connection.execute(
            f"SELECT DISTINCT {keys} FROM {database}.{model.name} AS r "
            f"LEFT JOIN (VALUES {terms}) AS t (indicateur, question) ON t.indicateur = r.indicateur "
            f"LEFT JOIN {database}.{taken.table} AS e ON e.enquete = '{taken.enquete}' AND e.annee = r.annee "
            f"AND e.question = t.question {same} AND e.choix = '' "
            "AND e.niveau = r.niveau AND e.code = r.code AND e.reponses = r.repondants "
            "WHERE e.valeur IS NULL"
        ).fetchall()
    )


def _hide(
    connection: duckdb.DuckDBPyConnection, model: Model, structure: Structure, database: str, hidden: set[Key]
) -> None:
    """Empties the measures of some lines, and says why."""
    if not hidden:
        return
    columns = list(zip(*sorted(hidden, key=str), strict=True))
    listed = pa.table({k: list(c) for k, c in zip(model.grain, columns, strict=True)})
    empty = ", ".join(f'"{m}" = NULL' for m in [*structure.mesures, *structure.derivees])
    same = " AND ".join(f'm."{k}" = c."{k}"' for k in model.grain)
    connection.register("a_cacher", listed)
    connection.execute(
        f"UPDATE {database}.{model.name} AS m SET {empty}, statut = '{HIDDEN}' FROM a_cacher AS c WHERE {same}"
    )
    connection.unregister("a_cacher")
