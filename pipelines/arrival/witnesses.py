"""The two witnesses of a renaming, heard together: the name of a heading, and its cells."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pipelines.arrival.likeness import Join, Likeness, by_cells, by_name, folded, squashed, substitution
from pipelines.arrival.observed import Observed
from pipelines.arrival.typed import INTEGERS
from pipelines.catalogue import ABSENT, ACCEPTED, CAPTURED, IGNORED, NOWHERE, Column

ALIKE = 0.5  # cells of one column from a year to the next: on average half of each number is found again, or more
SAME = 0.8  # cells that are known again whatever their name
APART = 0.15  # how much more alike than any other they then are
NEAR = 0.8  # names of which one is the other, hardly changed
KIN = 0.5  # names that have something in common
SERIES = 3  # headings changed in the same way, from which it is a rule of the producer
MANY = 30  # distinct texts that nobody could find under the same keys by chance

Level = Literal["sûr", "probable", "à décider"]
SURE: Level = "sûr"
LIKELY: Level = "probable"
OPEN: Level = "à décider"


@dataclass(frozen=True)
class Heard:
    """What the witnesses say of one column: its heading, how sure, why; `others` it may be.

    `again` says that the map knows that name for it, from some other vintage.
    """

    heading: str | None
    level: Level
    why: str
    others: tuple[str, ...] = ()
    again: bool = False


@dataclass(frozen=True)
class _Pair:
    """A column and a heading that it may have become: how alike in name, and in cells where these say something."""

    name: float
    cells: Likeness | None
    change: tuple[str, str]

    @property
    def score(self) -> float:
        return self.cells.score if self.cells else 0.0


Pairs = dict[str, dict[str, _Pair]]


def hear(
    lost: Sequence[Column], strangers: Sequence[str], new: Observed, old: Observed | None, lines: Join | None
) -> dict[str, Heard]:
    """What each column that lost its heading may be called now, by name of column."""
    pairs = {c.name: _pairs(c, strangers, new, old, lines) for c in lost}
    series = _series(pairs)
    return {c.name: _judged(c, pairs, series, old) for c in lost}


def names(column: Column) -> list[str]:
    """All names that the producer ever gave a column, as the map knows them."""
    said = (name for text in column.theirs.values() for name in ACCEPTED.findall(text))
    plain = (n for n in said if n not in (ABSENT, NOWHERE) and not CAPTURED.fullmatch(n) and not n.startswith("/"))
    return list(dict.fromkeys(plain))


def _pairs(
    column: Column, strangers: Sequence[str], new: Observed, old: Observed | None, lines: Join | None
) -> dict[str, _Pair]:
    called = names(column)
    theirs = old.heading_of(column) if old else None
    counts = column.type in INTEGERS or column.type.startswith("DECIMAL")
    found = {}
    for heading in strangers:
        cells = new.cells(heading)
        if counts and cells.filled and not (cells.numeric and (cells.whole or column.type not in INTEGERS)):
            continue
        like = None
        if old and theirs:
            like = by_cells(old.cells(theirs), cells, lines, codes=not counts and column.type != IGNORED)
        near = max((by_name(name, heading) for name in called), default=0.0)
        found[heading] = _Pair(near, like, substitution(theirs or (called or [""])[-1], heading))
    return found


def _best(pairs: Pairs, column: str) -> tuple[str, float] | None:
    """The heading whose cells are most like those of a column, both ways, and how much more than any other."""
    mine = pairs[column]
    joined = {h: p.score for h, p in mine.items() if p.cells and p.cells.joined}
    if not joined:
        return None
    heading = max(joined, key=lambda h: joined[h])
    rivals = [score for h, score in joined.items() if h != heading]
    rivals += [p[heading].score for c, p in pairs.items() if c != column and heading in p]
    return heading, joined[heading] - max(rivals, default=0.0)


def _series(pairs: Pairs) -> Counter[tuple[str, str]]:
    """The changes of name that the cells of several columns attest."""
    found: Counter[tuple[str, str]] = Counter()
    for column, mine in pairs.items():
        best = _best(pairs, column)
        if best and best[1] > 0 and mine[best[0]].score >= ALIKE and mine[best[0]].name >= KIN:
            found[mine[best[0]].change] += 1
    return Counter({change: count for change, count in found.items() if count >= SERIES})


def _by_name(column: Column, pairs: Pairs, series: Counter[tuple[str, str]]) -> tuple[str, str] | None:
    """The heading that the name alone points to, and in what words; None where it points to none, or to several."""
    mine = pairs[column.name]
    past = names(column)
    for alike, said in (
        (folded, "même nom, à l'écriture près"),
        (squashed, "mêmes lettres"),
    ):
        same = [h for h in mine if any(alike(h) == alike(name) for name in past)]
        if len(same) == 1:
            return same[0], said
    ruled = sorted((h for h in mine if series[mine[h].change]), key=lambda h: -series[mine[h].change])
    if ruled and (len(ruled) == 1 or series[mine[ruled[0]].change] > series[mine[ruled[1]].change]):
        out, put = mine[ruled[0]].change
        count = series[mine[ruled[0]].change]
        change = f"{put.upper()} pour {out.upper()}" if out else f"+ {put.upper()}"
        return ruled[0], f"comme {count - 1} autres ({change})"
    if not mine:
        return None
    first = max(mine, key=lambda h: mine[h].name)
    rivals = [p.name for h, p in mine.items() if h != first]
    rivals += [p[first].name for c, p in pairs.items() if c != column.name and first in p]
    if mine[first].name >= NEAR and mine[first].name - max(rivals, default=0.0) >= 0.1:
        return first, "nom proche"
    return None


def _judged(column: Column, pairs: Pairs, series: Counter[tuple[str, str]], old: Observed | None) -> Heard:
    mine = pairs[column.name]
    named = _by_name(column, pairs, series)
    best = _best(pairs, column.name)
    cells, margin = best if best and mine[best[0]].score >= ALIKE and best[1] >= 0 else (None, 0.0)
    again = bool(named and any(folded(named[0]) == folded(name) for name in names(column)))
    said = {h: _said(mine[h].cells, old) for h in mine}
    if named and cells == named[0] and margin > 0:
        return Heard(cells, SURE, f"{named[1]} ; {said[cells]}", again=again)
    differ = bool(named and mine[named[0]].cells and mine[named[0]].score < ALIKE)
    elsewhere = bool(named and cells and mine[named[0]].score < mine[cells].score - 0.05)
    if named and again and (column.type == IGNORED or not (differ or elsewhere)):
        # The map knows that name, for this column and no other.
        back = not column.headings(old.millesime if old else 0)
        return Heard(named[0], LIKELY if back else SURE, f"{named[1]} ; {said[named[0]]}", again=True)
    if named and cells and cells != named[0]:
        why = f"{named[1]} ; {said[named[0]]} ; celles de « {cells} » y ressemblent aussi ({mine[cells].score:.0%})"
        return Heard(None if elsewhere else named[0], OPEN if elsewhere else LIKELY, why, (named[0], cells))
    if named:
        if differ:
            return Heard(None, OPEN, f"{named[1]}, mais {said[named[0]]}", (named[0],))
        return Heard(named[0], LIKELY, f"{named[1]} ; {said[named[0]]}", (named[0],))
    if cells:
        return _by_cells(mine, cells, margin, said[cells])
    likely = [h for h in mine if mine[h].name >= KIN + 0.1 or mine[h].score >= ALIKE]
    likely.sort(key=lambda h: -(mine[h].name + mine[h].score))
    why = "rien n'y ressemble assez pour le dire" if likely else "rien n'y ressemble : sans doute absente"
    return Heard(None, OPEN, why, tuple(likely[:4]))


def _by_cells(mine: dict[str, _Pair], heading: str, margin: float, said: str) -> Heard:
    """What cells alone are worth, whose name points nowhere."""
    pair = mine[heading]
    sure = pair.score >= SAME and margin >= APART and (pair.name >= KIN or (pair.cells and pair.cells.values >= MANY))
    if sure:
        return Heard(heading, SURE, said)
    others = tuple(sorted(mine, key=lambda h: -mine[h].score)[:3])
    return Heard(heading if margin >= 0.1 else None, LIKELY if margin >= 0.1 else OPEN, said, others)


def _said(cells: Likeness | None, old: Observed | None) -> str:
    """What cells say, in words."""
    if old is None:
        return "aucune cellule à quoi comparer les siennes"
    if cells is None:
        return "trop peu de cellules pour les comparer"
    if not cells.joined:
        return f"valeurs semblables à {cells.score:.0%} (sans clé qui joigne les lignes)"
    return f"cellules semblables à {cells.score:.0%} ({cells.lines} lignes)"
