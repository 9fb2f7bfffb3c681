"""How alike a column of one vintage and a heading of another are: by their names, and by their cells.

Cells are compared line by line where a key joins both vintages, else by what values they hold and how often, which
says less. Nothing here is told or kept but shares and counts: the cells may be those of persons.
"""

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

import numpy as np
import numpy.typing as npt

from pipelines.catalogue import normalise

NUMERIC = 0.9  # share of the filled cells that are numbers, from which a column is one of numbers
ENOUGH = 20_000  # lines after which more say nothing new
FEW = 10  # lines that say something, below which nothing is concluded from cells
_QUOTES = str.maketrans("’‘`´“”«»", "''''\"\"\"\"")
_BLANKS = str.maketrans("", "", " \u00a0\u202f\u2007")


def folded(name: str) -> str:
    """A heading without what producers change unaware: case, blanks, accents, the form of quotes."""
    plain = unicodedata.normalize("NFKD", normalise(name).translate(_QUOTES))
    return "".join(c for c in plain if not unicodedata.combining(c)).strip("'\" ")


def squashed(name: str) -> str:
    """Its letters and digits alone."""
    return "".join(c for c in folded(name) if c.isalnum())


def by_name(old: str, new: str) -> float:
    """How alike two headings are, from 0 to 1: by their letters, or by their words in any order."""
    if squashed(old) == squashed(new):
        return 1.0
    words = [Counter("".join(c if c.isalnum() else " " for c in folded(name)).split()) for name in (old, new)]
    shared = (words[0] & words[1]).total() / max(1, words[0].total(), words[1].total())
    return max(SequenceMatcher(None, folded(old), folded(new), autojunk=False).ratio(), 0.95 * shared)


def substitution(old: str, new: str) -> tuple[str, str]:
    """What was taken out of a heading, and what was put in its place: a producer renames by series."""
    a, b = folded(old), folded(new)
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    a, b = a[start:], b[start:]
    end = next((i for i, (x, y) in enumerate(zip(a[::-1], b[::-1], strict=False)) if x != y), min(len(a), len(b)))
    return a[: len(a) - end], b[: len(b) - end]


@dataclass
class Side:
    """The cells of one column, in the order of its lines; "" where there is nothing."""

    text: list[str]

    @cached_property
    def filled(self) -> int:
        """Number of cells that hold something."""
        return sum(1 for cell in self.text if cell)

    @cached_property
    def _read(self) -> npt.NDArray[np.float64]:
        return np.array([_number(cell) for cell in self.text], dtype=np.float64)

    @cached_property
    def numeric(self) -> bool:
        """Whether it holds numbers, but for a few cells."""
        return bool(self.filled) and int(np.isfinite(self._read).sum()) >= NUMERIC * self.filled

    @cached_property
    def whole(self) -> bool:
        """Whether all of its numbers are whole."""
        numbers = self._read[np.isfinite(self._read)]
        return bool((numbers == np.floor(numbers)).all())

    @cached_property
    def numbers(self) -> npt.NDArray[np.float64]:
        """Its numbers; what is empty or no number is 0, as a producer who leaves a blank means it."""
        return np.nan_to_num(self._read, nan=0.0)

    @cached_property
    def keys(self) -> list[str]:
        """Its cells as parts of a key: without case, nor the zeros that a spreadsheet takes away."""
        return [(c.lstrip("0") or "0") if c.isdigit() else c.casefold() for c in self.text]


def _number(cell: str) -> float:
    if not cell:
        return np.nan
    try:
        return float(cell.translate(_BLANKS).replace(",", "."))
    except ValueError:
        return np.nan


@dataclass(frozen=True)
class Likeness:
    """How alike cells are, from 0 to 1; over how many lines that say something, how many values, joined or not."""

    score: float
    lines: int
    values: int
    joined: bool


Join = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]


def join(old: Sequence[Side], new: Sequence[Side]) -> Join | None:
    """The lines of two vintages that have the same key, where each has it once; None where too few do."""
    if not old or not new:
        return None
    places = []
    for side in (old, new):
        keys = list(zip(*(cells.keys for cells in side), strict=True))
        count = Counter(keys)
        places.append({key: i for i, key in enumerate(keys) if count[key] == 1 and any(key)})
    shared = sorted(places[0].keys() & places[1].keys())
    shared = shared[:: 1 + len(shared) // ENOUGH]
    if len(shared) < 2 * FEW:
        return None
    return tuple(np.array([place[key] for key in shared], dtype=np.int64) for place in places)  # type: ignore[return-value]


def by_cells(old: Side, new: Side, lines: Join | None, *, codes: bool) -> Likeness | None:
    """How alike the cells of two columns are; None where they say too little to be compared.

    `codes` are texts, be they of digits: none is nearly another.
    """
    if not old.filled or not new.filled:
        return None
    numbers = not codes and old.numeric
    if numbers and not new.numeric:
        return Likeness(0.0, min(old.filled, new.filled), 0, lines is not None)
    found = _apart(old, new, numbers) if lines is None else _joined(old, new, lines, numbers)
    return found if found.lines >= FEW and found.values > 1 else None


def _joined(old: Side, new: Side, lines: Join, numbers: bool) -> Likeness:
    mine, theirs = lines
    if numbers:
        a, b = old.numbers[mine], new.numbers[theirs]
        said = (a != 0) | (b != 0)
        a, b = a[said], b[said]
        low, high = np.minimum(np.abs(a), np.abs(b)), np.maximum(np.abs(a), np.abs(b))
        alike = np.where(np.sign(a) * np.sign(b) < 0, 0.0, low / np.where(high == 0, 1, high))
        return Likeness(float(alike.mean()) if len(a) else 0.0, len(a), len(np.unique(a)), True)
    pairs = [(old.keys[i], new.keys[j]) for i, j in zip(mine, theirs, strict=True) if old.text[i] or new.text[j]]
    same = sum(1 for a, b in pairs if a == b)
    return Likeness(same / max(1, len(pairs)), len(pairs), len({a for a, _ in pairs}), True)


def _apart(old: Side, new: Side, numbers: bool) -> Likeness:
    """By the share of their cells that hold the same values: of numbers, by the greatest gap between their ranks."""
    lines = min(old.filled, new.filled)
    if numbers:
        a, b = (np.sort(cells.numbers[cells.numbers != 0]) for cells in (old, new))
        if not len(a) or not len(b):
            return Likeness(0.0, 0, 0, False)
        both = np.concatenate([a, b])
        ranks = [np.searchsorted(side, both, side="right") / len(side) for side in (a, b)]
        return Likeness(float(1 - np.abs(ranks[0] - ranks[1]).max()), lines, len(np.unique(a)), False)
    counts = [Counter(key for key in cells.keys if key) for cells in (old, new)]
    shared = sum(min(counts[0][k] / old.filled, counts[1][k] / new.filled) for k in counts[0].keys() & counts[1].keys())
    return Likeness(shared, lines, len(counts[0]), False)


def overlap(old: Side, new: Side) -> float:
    """The share of the distinct values of one column that the other has too: what tells a key under another name."""
    a, b = ({key for key in cells.keys if key} for cells in (old, new))
    return len(a & b) / max(1, min(len(a), len(b))) if min(len(a), len(b)) >= FEW else 0.0
