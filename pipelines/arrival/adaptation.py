"""What the headings of a vintage are in the column map: those that moved, each with how sure it is, and why.

Two witnesses that know nothing of each other are heard: the name of a heading, and its cells beside those of the
vintage before. Where both say the same, the new name is sure; where one alone speaks, it is likely; where they differ,
or say nothing, a person decides. A column that seems to be gone is never taken for gone without one.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipelines.arrival import headings
from pipelines.arrival.likeness import Join, Side, by_cells, join, overlap
from pipelines.arrival.observed import Observed, decimals, observe
from pipelines.arrival.typed import INTEGERS
from pipelines.arrival.witnesses import OPEN, SURE, Heard, Level, hear
from pipelines.catalogue import CAPTURED, IGNORED, LINE, NOWHERE, Column, Source
from pipelines.catalogue.layouts import pattern
from pipelines.errors import Place, RefusedError

STRANGE = 0.6  # cells under one name that may no longer be those of the year before, where another's are
RIVAL = 0.25  # how much more alike these are
ENOUGH_LINES = 30  # lines that may say so


@dataclass(frozen=True)
class Proposal:
    """What one column of the map is called in a vintage: `heading`, None where the file seems not to have it.

    `before` is what it is called until then; `others` are the headings between which a person may choose. `same`
    says that the name stands and the cells don't: nothing would be written, and something would be misread.
    """

    table: str
    column: Column
    before: str
    heading: str | None
    level: Level
    why: str
    others: tuple[str, ...] = ()
    same: bool = False

    @property
    def read(self) -> bool:
        """Whether the cells enter the warehouse: a mistake would be one of numbers."""
        return self.column.type != IGNORED


@dataclass
class Found:
    """One table: how many headings stand as the map names them, what moved, what is new, what is written otherwise.

    `against` is the vintage it was held against; `headings` are all that the files have. `layout` is what changes of
    the layout; `mixed` gives a heading for each sign of decimals, where both are used.
    """

    table: str
    same: int
    against: int | None
    headings: list[str]
    proposals: list[Proposal]
    strangers: list[str]
    layout: dict[str, str] = field(default_factory=dict)
    mixed: dict[str, str] = field(default_factory=dict)


Vintage = tuple[int, Sequence[Path]]


def adapt(source: Source, millesime: int, files: Sequence[Path], others: Sequence[Vintage]) -> list[Found]:
    """What moved in each table of a vintage, held against the first of the others that has it.

    Raises RefusedError where a file of the vintage can't be read, or has no header where persons are named.
    """
    found = []
    for name in source.tables:
        new = observe(source, name, millesime, files)
        if new is not None and not new.layout.fields:
            found.append(_table(source, name, new, _earlier(source, name, others)))
    return found


def _earlier(source: Source, table: str, others: Sequence[Vintage]) -> Observed | None:
    """A table of the first vintage that has it and can be read: what it can't tell, it doesn't witness."""
    for millesime, files in others:
        with contextlib.suppress(RefusedError):
            old = observe(source, table, millesime, files)
            if old is not None:
                return old
    return None


def _table(source: Source, table: str, new: Observed, old: Observed | None) -> Found:
    columns = [c for c in source.columns if c.table == table and not _captured(c, new.millesime)]
    known = {c.name: heading for c in columns if (heading := new.heading_of(c))}
    lost = [c for c in columns if c.name not in known and c.theirs.get(new.millesime) != NOWHERE]
    if source.personal and sum(bool(c.headings(new.millesime)) for c in lost) > len(known):
        # The first line is no header: it may be a person's. What refuses it tells nothing of it.
        headings.match(source, table, new.millesime, new.extracts[0], Place(source.id, new.millesime, table))
    values = new.layout.unpivot and pattern(new.layout.unpivot.heading, new.millesime)
    strangers = [h for h in new.headings if h not in known.values() and not (values and values.fullmatch(h.strip()))]
    lines = _lines(source.tables[table].key, columns, known, strangers, new, old) if old else None
    heard = hear(lost, strangers, new, old, lines)
    proposals = _once([p for c in lost if (p := _proposal(table, c, heard[c.name], new.millesime, old))])
    if old and lines:
        proposals += _swapped(table, [c for c in columns if c.name in known], known, new, old, lines)
    taken = {h for p in proposals for h in (p.heading, *p.others) if h and (p.read or p.level == SURE)}
    named = {**known, **{p.column.name: p.heading for p in proposals if p.heading}}
    signs = decimals(new, [named[c.name] for c in columns if c.name in named and _counts(c)])
    moved = len(signs) == 1 and new.layout.decimal not in signs
    return Found(
        table,
        len(known),
        old.millesime if old else None,
        new.headings,
        proposals,
        [h for h in strangers if h not in taken],
        {**new.changed, **({"decimal": next(iter(signs))} if moved else {})},
        signs if len(signs) > 1 else {},
    )


def _captured(column: Column, millesime: int) -> bool:
    """Whether a column is said elsewhere than under a heading."""
    names = column.headings(millesime)
    return bool(names) and CAPTURED.fullmatch(names[0]) is not None


def _counts(column: Column) -> bool:
    """Whether a column holds numbers that are read."""
    return column.type in INTEGERS or column.type.startswith("DECIMAL")


def _lines(
    key: list[str], columns: list[Column], known: dict[str, str], strangers: list[str], new: Observed, old: Observed
) -> Join | None:
    """The lines of both vintages that have the same key; None where it can't be found in one of them.

    The year, which is one in each vintage, joins nothing. A column of the key that has another name is known again by
    the values that it shares.
    """
    sides: list[tuple[Side, Side]] = []
    for name in key if key != [LINE] else []:
        column = next((c for c in columns if c.name == name), None)
        if column is None:  # told by the name of a file or a sheet: it parts lines only where it is not one alone
            continue
        theirs = old.heading_of(column)
        if theirs is None:
            return None
        before = old.cells(theirs)
        if len(set(before.keys)) <= 1:
            continue
        mine = known.get(name)
        if mine is None:
            mine = max(strangers, key=lambda h: overlap(before, new.cells(h)), default=None)
            if mine is None or overlap(before, new.cells(mine)) < 0.5:
                return None
        sides.append((before, new.cells(mine)))
    return join([a for a, _ in sides], [b for _, b in sides])


def _proposal(table: str, column: Column, heard: Heard, millesime: int, old: Observed | None) -> Proposal | None:
    """What becomes of a column that the file doesn't have under its name; None where nothing is to be written."""
    named = column.headings(millesime)
    before = (old.heading_of(column) if old else None) or " | ".join(named)
    made = Proposal(table, column, before, heard.heading, heard.level, heard.why, heard.others)
    if not named:  # the producer had it no more: it is back only where its name is
        return replace(made, before=NOWHERE, level=made.level if made.read else SURE) if heard.again else None
    if not made.read:  # nobody is asked about what is not read
        gone = replace(made, heading=None, level=SURE, why="n'y est plus, et n'était pas lue", others=())
        return made if heard.heading and heard.level == SURE else gone
    if heard.heading is None and not heard.others and column.may_lack(millesime):
        return None
    return made


def _once(proposals: list[Proposal]) -> list[Proposal]:
    """The same proposals, but where two columns ask for one heading: a person decides which it is."""
    asked = [p.heading for p in proposals if p.heading]
    return [
        replace(p, heading=None, level=OPEN, others=(p.heading, *p.others), why=f"plusieurs y répondent ; {p.why}")
        if p.heading and asked.count(p.heading) > 1
        else p
        for p in proposals
    ]


def _swapped(
    table: str, columns: list[Column], known: dict[str, str], new: Observed, old: Observed, lines: Join
) -> list[Proposal]:
    """The read columns whose name stands while their cells are those of another heading."""
    found = []
    for column in columns:
        heading, theirs = known[column.name], old.heading_of(column)
        if column.type == IGNORED or theirs is None:
            continue
        before, codes = old.cells(theirs), not _counts(column)
        seen = by_cells(before, new.cells(heading), lines, codes=codes)
        if seen is None or seen.lines < ENOUGH_LINES or seen.score >= STRANGE:
            continue
        others = {h: by_cells(before, new.cells(h), lines, codes=codes) for h in new.headings if h != heading}
        best = max(others, key=lambda h: others[h].score if others[h] else 0.0, default=None)  # type: ignore[union-attr]
        rival = others.get(best or "")
        if best and rival and rival.score >= max(STRANGE, seen.score + RIVAL):
            found.append(
                Proposal(
                    table,
                    column,
                    theirs,
                    None,
                    OPEN,
                    f"le nom est resté, mais ses cellules ne sont plus celles de {old.millesime} "
                    f"({seen.score:.0%} sur {seen.lines} lignes) : ce sont celles de « {best} » ({rival.score:.0%})",
                    (heading, best),
                    same=True,
                )
            )
    return found
