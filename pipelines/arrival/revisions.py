"""What a revision changes to the last accepted one of its vintage, line by line of the same key.

A producer corrects some lines of what it published. Nothing else tells a correction from a slip of the hand: all
rules look at a revision alone, and `qualite.grandeurs` at one vintage beside another.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipelines import catalogue
from pipelines.arrival import landing, outcomes
from pipelines.arrival.landing import Landed
from pipelines.catalogue import Column, Source
from pipelines.checks.controls import Control, shortened
from pipelines.database.duck import literal, quoted
from pipelines.settings import Settings

NAME = "revision_comparee"
# What a correction doesn't do by itself. A number three times higher or lower: as of a vintage beside the one before
# (`saut_rapport`, reference.seuils). Lines that go, cells that come empty: as of those that may be set aside.
RATIO, GONE, MORE = 3, 0.01, 0.1
UNITS = 10  # things counted, under which a ratio says nothing
SHOWN = 4  # columns told, the most changed first
LONGEST = 600  # signs of what is observed


@dataclass(frozen=True)
class Moved:
    """What became of the numbers of a column: how many changed, came empty, jumped, and the one that moved most."""

    column: str
    changed: int
    emptied: int
    jumped: int
    key: str
    before: Any
    after: Any

    def __str__(self) -> str:
        said = [f"{self.changed} nombre(s) changé(s)"]
        said += [f"{self.emptied} vidé(s)"] if self.emptied else []
        said += [f"{self.jumped} de plus de {RATIO} fois"] if self.jumped else []
        most = f", le plus : {self.key}{_number(self.before)} → {_number(self.after)}" if self.changed else ""
        return f"{self.column} : {', '.join(said)}{most}"


def _number(value: Any) -> str:
    text = "vide" if value is None else str(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def controls_of(
    settings: Settings, source: Source, landed: Landed, pending: Path, connection: duckdb.DuckDBPyConnection
) -> list[Control]:
    """One control for each table that the last accepted revision has, told where something changed.

    Nothing where there is no such revision, or where what was staged of it is gone.
    """
    before = next(
        (
            number
            for number in reversed(landing.numbers(settings.landing, landed.source, landed.millesime))
            if number < landed.revision
            and (known := outcomes.legible(settings, landed.source, landed.millesime, number))
            and known.accepte
        ),
        None,
    )
    if before is None:
        return []
    home = outcomes.folder(settings, landed.source, landed.millesime, before)
    controls = []
    for name in source.tables:
        old, new = home / f"{name}.parquet", pending / f"{name}.parquet"
        if old.is_file() and new.is_file():
            controls.append(_compared(connection, source, name, before, old, new))
        elif old.is_file():
            lost = f"cette table, qui est dans la révision {before}, n'est plus dans celle-ci : elle sera vide"
            controls.append(Control(source.staged_name(name), NAME, "avertissement", False, "absente", lost))
    return controls


def _compared(
    connection: duckdb.DuckDBPyConnection, source: Source, table: str, before: int, old: Path, new: Path
) -> Control:
    """What changed in a table: a warning where it is more than corrections do, an information elsewhere."""
    columns = _shared(connection, source, table, old, new)
    keyed = source.tables[table].key != [catalogue.LINE]
    key = [c for c in source.tables[table].key if c in columns] if keyed else []
    for name, path in (("avant", old), ("apres", new)):
        cells = ", ".join(quoted(c) for c in columns if c not in key) or "1"
        connection.execute(
            f"CREATE OR REPLACE TEMP VIEW {name} AS "
            f"SELECT *, hash({cells}) AS _contenu FROM read_parquet({literal(str(path))})"
        )
    ((rows,),) = connection.execute("SELECT count(*) FROM avant").fetchall()
    if keyed:
        added, gone, changed, moved = _by_key(connection, source, key, columns)
    else:
        (added, gone), changed, moved = _without_key(connection), 0, []
    unusual = (
        gone > GONE * rows
        or added > MORE * rows
        or any(column.jumped or column.emptied > GONE * rows for column in moved)
    )
    said = [f"{added} ligne(s) ajoutée(s), {gone} retirée(s), {changed} changée(s), sur {rows}"]
    moved.sort(key=lambda m: (-m.jumped, -m.emptied, -m.changed))
    said += [str(column) for column in moved[:SHOWN]]
    said += [f"et {len(moved) - SHOWN} autre(s) colonne(s)"] if len(moved) > SHOWN else []
    reason = (
        f"ce que cette révision change à la révision {before}, acceptée avant elle ; inhabituels : un nombre multiplié "
        f"ou divisé par plus de {RATIO}, plus de {100 * GONE:.0f} % de lignes retirées ou de cases vidées, plus de "
        f"{100 * MORE:.0f} % de lignes ajoutées"
    )
    return Control(
        source.staged_name(table),
        NAME,
        "avertissement" if unusual else "information",
        not (added or gone or changed),
        shortened(" ; ".join(said), LONGEST),
        f"{reason} : vérifier auprès du producteur" if unusual else reason,
        sum(column.jumped for column in moved) or gone + added + changed,
    )


def _shared(
    connection: duckdb.DuckDBPyConnection, source: Source, table: str, old: Path, new: Path
) -> dict[str, Column | None]:
    """The columns that both revisions have, of one type, but those that say where a line is in its file."""
    kinds = [
        {name: kind for name, kind, *_ in connection.execute(f"DESCRIBE FROM {literal(str(path))}").fetchall()}
        for path in (old, new)
    ]
    mapped = {column.name: column for column in source.of_table(table)}
    return {
        name: mapped.get(name)
        for name, kind in kinds[1].items()
        if kinds[0].get(name) == kind and not name.startswith("_")
    }


def _by_key(
    connection: duckdb.DuckDBPyConnection, source: Source, key: list[str], columns: dict[str, Column | None]
) -> tuple[int, int, int, list[Moved]]:
    """Lines added, removed and changed, by their key; and what became of the numbers of those that changed."""
    same = " AND ".join(f"a.{quoted(k)} IS NOT DISTINCT FROM b.{quoted(k)}" for k in key)
    ((added,),) = connection.execute(f"SELECT count(*) FROM apres AS a ANTI JOIN avant AS b ON {same}").fetchall()
    ((gone,),) = connection.execute(f"SELECT count(*) FROM avant AS a ANTI JOIN apres AS b ON {same}").fetchall()
    measures = [c for n, c in columns.items() if c and c.is_number and n not in key and c.unit != "année"]
    pairs = "".join(
        f", a.{quoted(c.name)} AS _avant{rank}, b.{quoted(c.name)} AS _apres{rank}" for rank, c in enumerate(measures)
    )
    # Of persons, no text is told: neither what a cell says, nor whose line it is.
    words = "''" if source.personal else f"concat_ws(', ', {', '.join(_word(k) for k in key)}) || ' : '"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE changees AS SELECT {words} AS _cle{pairs} FROM avant AS a JOIN apres AS b "
        f"ON {same} WHERE a._contenu <> b._contenu"
    )
    ((changed,),) = connection.execute("SELECT count(*) FROM changees").fetchall()
    if not changed or not measures:
        return added, gone, changed, []
    # Of hundreds of columns, a few: the others cost no more than this.
    differ = ", ".join(f"bool_or(_avant{rank} IS DISTINCT FROM _apres{rank})" for rank in range(len(measures)))
    (some,) = connection.execute(f"SELECT {differ} FROM changees").fetchall()
    return added, gone, changed, _moved(connection, {rank: c for rank, c in enumerate(measures) if some[rank]})


def _word(key: str) -> str:
    return f"'{key} = ' || a.{quoted(key)}"


def _moved(connection: duckdb.DuckDBPyConnection, measures: dict[int, Column]) -> list[Moved]:
    """What became of each of these columns of numbers, by their rank in the table of changed lines."""
    if not measures:
        return []
    medians = connection.execute(
        "SELECT "
        + ", ".join(
            f"quantile_disc(abs({quoted(c.name)}), 0.5) FILTER ({quoted(c.name)} <> 0)" for c in measures.values()
        )
        + " FROM avant"
    ).fetchall()[0]
    told = []
    for (rank, column), median in zip(measures.items(), medians, strict=True):
        before, after = f"_avant{rank}::DOUBLE", f"_apres{rank}::DOUBLE"
        least = 0 if column.type.startswith("DECIMAL") else UNITS
        # A number that is small among those of its column moves for little.
        jump = (
            f"coalesce(greatest(abs({before}), abs({after})) > {RATIO} * least(abs({before}), abs({after})) "
            f"AND greatest(abs({before}), abs({after})) >= {median or 0} AND abs({after} - {before}) >= {least}, false)"
        )
        told.append(
            f"{{'n': count(*) FILTER (_avant{rank} IS DISTINCT FROM _apres{rank}), "
            f"'vides': count(*) FILTER (_avant{rank} IS NOT NULL AND _apres{rank} IS NULL), "
            f"'sauts': count(*) FILTER ({jump}), "
            f"'pire': arg_max({{'cle': _cle, 'avant': _avant{rank}, 'apres': _apres{rank}}}, "
            f"{{'saut': {jump}, 'ecart': coalesce(abs({after} - {before}), 0)}}) "
            f"FILTER (_avant{rank} IS DISTINCT FROM _apres{rank})}}"
        )
    found = connection.execute(f"SELECT {', '.join(told)} FROM changees").fetchall()[0]
    return [
        Moved(c.name, said["n"], said["vides"], said["sauts"], *said["pire"].values())
        for c, said in zip(measures.values(), found, strict=True)
    ]


def _without_key(connection: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """Lines added and removed, of a table whose lines have no key: one that changed is both."""
    found = connection.execute(
        "SELECT coalesce(sum(greatest(coalesce(b.n, 0) - coalesce(a.n, 0), 0)), 0)::BIGINT, "
        "coalesce(sum(greatest(coalesce(a.n, 0) - coalesce(b.n, 0), 0)), 0)::BIGINT "
        "FROM (SELECT _contenu, count(*) AS n FROM avant GROUP BY ALL) AS a "
        "FULL JOIN (SELECT _contenu, count(*) AS n FROM apres GROUP BY ALL) AS b USING (_contenu)"
    ).fetchall()
    return found[0]
