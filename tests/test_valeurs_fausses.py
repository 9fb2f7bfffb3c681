"""What is wrong in an extract stops no edition: its own suite refuses it, sets it aside, or tells it.

Numbers of the samples are made ten times larger than they are, or smaller than zero, texts become others of the list:
a part larger than its total, a sum that is not the one of its parts, a code that is another line's. The marts are made
anew of what the suite of their source lets by. A critical rule of a mart that fails there looks at the data, and would
stop everything for a producer's slip.
"""

import re
from typing import Any

import duckdb
import pytest
from remade import Remade, made_of
from test_silence import FIRST, measured

from pipelines import catalogue
from pipelines.arrival import quarantine
from pipelines.catalogue import Source
from pipelines.checks import derived, rules, runner
from pipelines.checks.controls import SEVERITIES, Control
from pipelines.edition import gaps

LINES = 3  # of each column, for each fault
LARGER, SMALLER = 'round(10 * "{0}"::DOUBLE) + 7', '-"{0}"'
Cell = tuple[int, str, Any, Any]  # the rank of its line, its column, what it holds, what would stand in its place


class Suite:
    """The suite of a staged table, on the newest vintage of a warehouse in memory (`controle.<table>`)."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, source: Source, staged: str) -> None:
        self.connection, self.source, self.staged = connection, source, staged
        self.table = next(t for t in source.tables if source.staged_name(t) == staged)
        self.millesime, self.revision, self.reference = connection.execute(
            f"SELECT millesime, max(revision), bool_or(reference) FROM staging.{staged} GROUP BY millesime "
            "ORDER BY millesime DESC LIMIT 1"
        ).fetchall()[0]
        ((self.first,),) = connection.execute(f"SELECT min(rowid) FROM staging.{staged}").fetchall()
        connection.execute("CREATE SCHEMA controle; CREATE SCHEMA doublons")
        there = {n for (n,) in connection.execute("SELECT table_name FROM information_schema.tables").fetchall()}
        beside = [t for t in source.tables if source.staged_name(t) in there]
        for name in beside:
            kind = "TABLE" if name == self.table else "VIEW"
            connection.execute(
                f"CREATE {kind} controle.{name} AS SELECT * EXCLUDE (millesime, revision, reference), "
                f"{'rowid' if name == self.table else '0'} AS _rang "
                f"FROM staging.{source.staged_name(name)} WHERE millesime = {self.millesime}"
            )
        if source.tables[self.table].key != [catalogue.LINE]:
            connection.execute(
                f"CREATE VIEW doublons.{self.table} AS {derived.doubles(source, self.table, self.millesime)}"
            )
        self.rules = rules.table_rules(source, self.table, self.millesime, (), fictif=True, staged=beside)
        self.critical = [rule for rule in self.rules if rule["severity"] == "critical"]
        self.before = {rule["meta"]["controle"]: self.found(rule) for rule in self.critical}

    def refuses(self, column: str = "") -> bool:
        """Whether a critical rule finds other rows than it did; of those that read a column, where one is named."""
        return any(
            self.found(rule) != self.before[rule["meta"]["controle"]]
            for rule in self.critical
            if not column or re.search(rf"\b{column}\b|COLUMNS|doublons", str(rule["kwargs"]))
        )

    def found(self, rule: dict[str, Any]) -> int:
        """How many rows a rule finds; none, of one that is no query."""
        query = runner.failing(rule, f"controle.{self.table}")
        return int(self.connection.execute(f"SELECT count(*) FROM ({query})").fetchall()[0][0]) if query else 0

    def put(self, rank: int, column: str, value: Any) -> None:
        self.connection.execute(f'UPDATE controle.{self.table} SET "{column}" = ? WHERE _rang = ?', [value, rank])

    def let_by(self, cells: list[Cell]) -> list[Cell]:
        """Puts numbers in the place of others; returns those for which the suite does not refuse the vintage."""
        for rank, column, _, new in cells:
            self.put(rank, column, new)
        if not self.refuses():
            return cells
        for rank, column, old, _ in cells:
            self.put(rank, column, old)
        kept = []
        for cell in cells:
            rank, column, old, new = cell
            self.put(rank, column, new)
            if self.refuses(column):
                self.put(rank, column, old)
            else:
                kept.append(cell)
        return kept

    def set_aside(self) -> None:
        """Takes out of the staged table what its rules set aside, and says so, as the reception of an extract does."""
        found = [(rule, self.found(rule)) for rule in self.rules]
        controls = [
            Control(self.staged, r["meta"]["controle"], SEVERITIES[r["severity"]], not n, str(n), str(r.get("notes")))
            for r, n in found
        ]
        aside = quarantine.of_rules(self.connection, self.source, self.table, self.rules, controls)
        of = [self.source.id, self.millesime, self.revision, self.table]
        for row in aside:
            self.connection.execute(
                "INSERT INTO staging.quarantaine BY NAME SELECT $1 AS source, $2 AS millesime, $3 AS revision, "
                '$4 AS "table", $5 AS fichier, $6 AS ligne, $7 AS controle, $8 AS contenu, $9 AS colonne',
                [*of, *(row[name] for name in ("fichier", "ligne", "controle", "contenu", "colonne"))],
            )
            if row["colonne"]:
                cell, status = f'"{row["colonne"]}"', f"{row['colonne']}_statut"
                told = f", \"{status}\" = 'nd'" if status in self.columns() else ""
                self.connection.execute(
                    f"UPDATE staging.{self.staged} SET {cell} = NULL{told} WHERE rowid = {row['_rang']}"
                )
            else:
                self.connection.execute(f"DELETE FROM staging.{self.staged} WHERE rowid = {row['_rang']}")
        where = f"millesime = {self.millesime} AND revision = {self.revision}"
        kept, mine = f"(SELECT * FROM staging.{self.staged} WHERE {where})", gaps.lines(self.source, *of[3:], *of[1:3])
        if not mine:
            return
        gaps.record(self.connection, self.source, self.table, *of[1:3], mine=mine, kept=kept)
        self.connection.execute(
            f"CREATE TABLE lues AS SELECT {of[1]} AS millesime, {of[2]} AS revision, {self.reference} AS reference, * "
            f"FROM ({gaps.select(self.source, self.table, self.millesime, mine, kept)})"
        )
        self.connection.execute(f"INSERT INTO staging.{self.staged} BY NAME FROM lues")

    def columns(self) -> set[str]:
        return {
            n
            for (n,) in self.connection.execute(
                f"SELECT name FROM pragma_table_info('staging.{self.staged}')"
            ).fetchall()
        }


def falsified(suite: Suite, measures: tuple[str, ...], value: str, draw: int) -> list[Cell]:
    """Numbers of each measure, each on its own line, with a wrong one: the largest, and others."""
    cells = []
    for place, name in enumerate(measures):
        cells += [
            (rank, name, old, new)
            for rank, old, new in suite.connection.execute(
                f'SELECT _rang, "{name}"::DOUBLE, {value.format(name)} FROM controle.{suite.table} WHERE "{name}" > 0 '
                f'ORDER BY "{name}" = max("{name}") OVER () DESC, hash(_rang - {suite.first}, {draw}) '
                f"LIMIT {LINES} OFFSET {LINES * place}"
            ).fetchall()
            if abs(new) < 2e9
        ]
    return cells


def exchanged(suite: Suite, columns: tuple[str, ...]) -> list[Cell]:
    """Texts of each column, each on its own line, with the next one that its file has in the column."""
    cells = []
    for place, name in enumerate(columns):
        cells += [
            (rank, name, old, new)
            for rank, old, new in suite.connection.execute(
                f'WITH dits AS (SELECT DISTINCT _fichier, "{name}" AS dit FROM controle.{suite.table} '
                f'WHERE "{name}" IS NOT NULL), '
                "suivants AS (SELECT *, coalesce(lead(dit) OVER f, first_value(dit) OVER f) AS suivant "
                "FROM dits WINDOW f AS (PARTITION BY _fichier ORDER BY hash(dit))) "
                f"SELECT _rang, dit, suivant FROM controle.{suite.table} AS t JOIN suivants AS s "
                f'ON s._fichier = t._fichier AND s.dit = t."{name}" WHERE suivant <> dit '
                f"ORDER BY hash(_rang - {suite.first}) LIMIT {LINES} OFFSET {LINES * place}"
            ).fetchall()
        ]
    return cells


def written() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Each staged table that marts come from, with its source and its texts."""
    found = {}
    for source in catalogue.load_all():
        if source.personal or source.questionnaire:
            continue
        for name in source.tables:
            staged = source.staged_name(name)
            written = " ".join(str(layout.model_dump()) for layout in source.tables[name].layouts)
            columns = tuple(
                c.name
                for c in source.of_table(name)
                if c.sql in ("VARCHAR", "DATE") and f"(?P<{c.name}>" not in written  # of a file, a sheet or a heading
            )
            if columns and made_of(f"staging.{staged}"):
                found[staged] = source.id, columns
    return found


MEASURED = {staged: (source, measures) for source, staged, measures in measured()}
WRITTEN = written()


@pytest.mark.parametrize(
    "staged",
    [pytest.param(name, marks=[] if name in FIRST else [pytest.mark.lent]) for name in {**MEASURED, **WRITTEN}],
)
def test_what_is_wrong_stops_no_edition(remade: Remade, staged: str) -> None:
    """Each fault on cells of its own, and all in one build: a rule that stops it says of what."""
    source, measures = MEASURED.get(staged, ("", ()))
    source, texts = WRITTEN.get(staged, (source, ()))
    with remade.case(staged) as connection:
        suite = Suite(connection, catalogue.load(source), staged)
        put: list[Cell] = []
        for cells in (
            falsified(suite, measures, LARGER, 0),
            falsified(suite, measures, SMALLER, 1),
            exchanged(suite, texts),
        ):
            taken = {(rank, column) for rank, column, *_ in put}
            put += suite.let_by([cell for cell in cells if cell[:2] not in taken])
        for rank, column, _, new in put:
            connection.execute(f'UPDATE staging.{staged} SET "{column}" = ? WHERE rowid = ?', [new, rank])
        suite.set_aside()
        remade.make()
        assert remade.stopped() == {}, put
