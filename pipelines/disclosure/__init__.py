"""Statistical confidentiality: what stands between the marts and all that is published.

Policies are the sources' (`confidentialite` in the catalogue), structures the tables' (structures.yml).
`protect` hides, before anything is written; `audit` then attacks what was, as a reader would, with every earlier
release in hand. docs/confidentialite.md says the rules in French.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from pipelines import warehouse
from pipelines.disclosure import attack, cells, structures
from pipelines.disclosure.cells import Cells, Key
from pipelines.disclosure.structures import Structure
from pipelines.errors import BuildError
from pipelines.warehouse import Model

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


@dataclass
class Known:
    """Lines of a table in earlier releases of the same vintage and revision: shown, or hidden."""

    shown: set[Key]
    hidden: set[Key]


def protect(connection: duckdb.DuckDBPyConnection, database: str, previous: Sequence[Path]) -> list[Report]:
    """Hides what must be in the tables of `database` that have a structure: measures NULL, status « secret ».

    The connection's own database is the warehouse; `previous` are the public files of earlier releases. What they
    hid stays hidden, what they showed is known.
    """
    reports = []
    for model, structure in _declared(connection, database):
        removed = _remove(connection, model, structure, database)
        name = f"{database}.{model.name}"
        if structure.ouvert:
            continue
        if structure.reprend:
            hidden = _ratios(connection, model, structure, database)
            reports.append(Report(model.name, _count(connection, name), 0, len(hidden), removed))
        else:
            table = cells.read(connection, model, structure, database)
            _prepare(table, _known(connection, model, structure, previous))
            shown = attack.conceal(table.system)
            hidden = {row for row, visible in zip(table.rows, shown, strict=True) if row is not None and not visible}
            own = {r for r, s in zip(table.rows, table.system.sensitive, strict=True) if s and r is not None}
            lines = _count(connection, name)
            reports.append(Report(model.name, lines, len(own), len(hidden - own), removed))
        _hide(connection, model, structure, database, hidden)
    return reports


def audit(connection: duckdb.DuckDBPyConnection, database: str, previous: Sequence[Path]) -> list[Breach]:
    """What a reader of `database` and of the earlier releases could deduce that he should not."""
    breaches = []
    for model, structure in _declared(connection, database):
        if structure.ouvert:
            continue
        if structure.reprend:
            lost = _ratios(connection, model, structure, database)
            visible = _visible(connection, model, structure, f"{database}.{model.name}")
            breaches += [Breach(model.name, _told(model, row), np.nan, np.nan) for row in sorted(lost & visible)]
            continue
        table = cells.read(connection, model, structure, database)
        known = _known(connection, model, structure, previous).shown
        known |= _visible(connection, model, structure, f"{database}.{model.name}")
        system = table.system
        system.shown = np.array([row in known for row in table.rows], dtype=bool)
        breaches += [Breach(model.name, _told(model, table.rows[b.cell]), b.low, b.high) for b in attack.attack(system)]
    return breaches


def check(breaches: list[Breach]) -> None:
    """Raises DisclosureError where there are any."""
    if breaches:
        more = f" ; et {len(breaches) - TOLD} autres" if len(breaches) > TOLD else ""
        raise DisclosureError(
            "La publication est arrêtée : un lecteur en déduirait ce qui est secret. "
            + " ; ".join(str(b) for b in breaches[:TOLD])
            + more,
            expected="des cases secrètes qu'aucune soustraction, ni aucune publication antérieure, ne fait retrouver",
            todo="voir docs/confidentialite.md ; si c'est une publication antérieure qui les montre, la retirer",
        )


def _declared(connection: duckdb.DuckDBPyConnection, database: str) -> Iterable[tuple[Model, Structure]]:
    """The structured tables that `database` holds."""
    models = {m.name: m for m in warehouse.models()}
    held = connection.execute(
        "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE database_name = ?", [database]
    ).fetchall()
    for name, structure in structures.load().items():
        if (name,) in held:
            yield models[name], structure


def _count(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0])


def _told(model: Model, row: Key | None) -> str:
    return "différence entre ses lignes" if row is None else ", ".join(str(k) for k in row if k != "")


def _remove(connection: duckdb.DuckDBPyConnection, model: Model, structure: Structure, database: str) -> int:
    if not structure.retire:
        return 0
    rule = f"FROM {database}.{model.name} WHERE {structure.retire.condition}"
    lines = int(connection.execute(f"SELECT count(*) {rule}").fetchall()[0][0])
    connection.execute(f"DELETE {rule}")
    return lines


def _prepare(table: Cells, known: Known) -> None:
    """What an earlier release showed can't be hidden any more; what it hid stays so."""
    system = table.system
    told = np.array([row in known.shown for row in table.rows], dtype=bool)
    kept = np.array([row in known.hidden for row in table.rows], dtype=bool)
    system.cost = np.where(told, attack.FROZEN, system.cost)
    system.shown &= ~(kept & ~told & np.isfinite(system.cost))


def _visible(connection: duckdb.DuckDBPyConnection, model: Model, structure: Structure, name: str) -> set[Key]:
    keys = ", ".join(f'"{k}"' for k in model.grain)
    some = " OR ".join(f'"{m}" IS NOT NULL' for m in structure.mesures)
    return set(connection.execute(f"SELECT {keys} FROM {name} WHERE {some}").fetchall())


def _known(
    connection: duckdb.DuckDBPyConnection, model: Model, structure: Structure, previous: Sequence[Path]
) -> Known:
    """What earlier releases, of any region, say of the same lines of the same vintages.

    Raises BuildError where one of them can't be read: what it told would not be counted.
    """
    known = Known(set(), set())
    keys = [*model.grain, "millesime", "revision"]
    named = ", ".join(f'"{k}"' for k in keys)
    vintages = "(SELECT DISTINCT annee, millesime, revision FROM " + model.name + ")"
    for path in previous:
        try:
            connection.execute(f"ATTACH {warehouse.literal(str(path))} AS anterieure (READ_ONLY)")
        except duckdb.Error as error:
            raise BuildError(
                f"Une publication antérieure ne se lit pas : {error}",
                expected="les fichiers publics de toutes les publications : ce qu'elles montrent est connu",
                todo=f"la rétablir, ou retirer son dossier : {path.parent.name}",
            ) from error
        try:
            columns = connection.execute(
                "SELECT column_name FROM duckdb_columns() WHERE database_name = 'anterieure' "
                "AND schema_name = ? AND table_name = ?",
                [model.schema, model.table],
            ).fetchall()
            if {*keys, *structure.mesures, "statut"} <= {c for (c,) in columns}:
                some = " OR ".join(f'"{m}" IS NOT NULL' for m in structure.mesures)
                for *row, told, secret in connection.execute(
                    f"SELECT {named}, {some}, statut = '{HIDDEN}' FROM anterieure.{model.name} "
                    f"SEMI JOIN {vintages} USING (annee, millesime, revision)"
                ).fetchall():
                    key = tuple(row[: len(model.grain)])
                    if told:
                        known.shown.add(key)
                    elif secret:
                        known.hidden.add(key)
        finally:
            connection.execute("DETACH anterieure")
    return known


def _ratios(connection: duckdb.DuckDBPyConnection, model: Model, structure: Structure, database: str) -> set[Key]:
    """The lines of a table of ratios of which a term is not shown, or is that of other respondents."""
    taken = structure.reprend
    if taken is None:
        return set()
    terms = ", ".join(f"('{i}', '{q}')" for i, questions in taken.termes.items() for q in questions)
    keys = ", ".join(f'r."{k}"' for k in model.grain)
    return set(
        connection.execute(
            f"SELECT DISTINCT {keys} FROM {database}.{model.name} AS r "
            f"LEFT JOIN (VALUES {terms}) AS t (indicateur, question) ON t.indicateur = r.indicateur "
            f"LEFT JOIN {database}.{taken.table} AS e ON e.enquete = '{taken.enquete}' AND e.annee = r.annee "
            "AND e.question = t.question AND e.modalite = r.categorie AND e.choix = '' "
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
