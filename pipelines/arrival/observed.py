"""A table of a vintage as its files show it: every heading, mapped or not, with its cells, to be held against another.

Where a file is not the text that its layout says, other separators and encodings are tried, and so is the other sign
of decimals: what had to be read otherwise is told, for a person to write in the catalogue.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from pipelines import readers
from pipelines.arrival.likeness import Side
from pipelines.catalogue import Column, Source, normalise, same_heading
from pipelines.catalogue.layouts import Layout, pattern
from pipelines.errors import Place, RefusedError
from pipelines.readers import Extract

LINES = 40_000  # lines of a table that are looked at: enough to know a column again
SEPARATORS = (";", ",", "|", "\t")
_DECIMALS = {sign: re.compile(rf"[+-]?[0-9\u00a0\u202f ]*[{sign}][0-9]+") for sign in ",."}


@dataclass
class Observed:
    """One table of one vintage; `changed` is what of its layout had to be read otherwise."""

    millesime: int
    layout: Layout
    extracts: list[Extract]
    changed: dict[str, str] = field(default_factory=dict)
    _cells: dict[str, Side] = field(default_factory=dict)

    @property
    def headings(self) -> list[str]:
        """Each heading once, in the order in which the files have them."""
        return list(dict.fromkeys(h for extract in self.extracts for h in extract.headings if normalise(h)))

    def cells(self, heading: str) -> Side:
        """The cells under a heading; nothing where one of the files goes without it."""
        if heading not in self._cells:
            self._cells[heading] = Side(list(chain.from_iterable(_column(e, heading) for e in self.extracts)))
        return self._cells[heading]

    def captured(self, name: str) -> Side:
        """What the names of files and sheets say, for each line."""
        return Side([text for e in self.extracts for text in [e.captures.get(name) or ""] * e.rows])

    def heading_of(self, column: Column) -> str | None:
        """The heading that the map names for a column in this vintage."""
        names = column.headings(self.millesime)
        return next((h for h in self.headings if any(same_heading(name, h) for name in names)), None)


def _column(extract: Extract, heading: str) -> list[str]:
    if heading not in extract.headings:
        return [""] * extract.rows
    return [(cell or "").strip() for cell in extract.columns[extract.headings.index(heading)].to_pylist()]


def observe(source: Source, table: str, millesime: int, files: Sequence[Path]) -> Observed | None:
    """A table of a vintage, from its files; None where the vintage doesn't have it.

    Raises RefusedError where no file of it can be read, in any way that is tried.
    """
    layout = source.layout(table, millesime)
    rule = pattern(layout.file, millesime)
    mine = [path for path in files if rule.fullmatch(path.name)]
    if not mine or not source.tables[table].exists_in(millesime):
        return None
    told: RefusedError | None = None
    for changed in _ways(layout, mine):
        tried = layout.model_copy(update=changed)
        try:
            return Observed(millesime, tried, list(_read(source, table, millesime, mine, tried)), changed)
        except RefusedError as error:
            told = told or error
    raise told or RefusedError("Aucun fichier ne se lit.", where=Place(source=source.id, millesime=millesime))


def _ways(layout: Layout, files: list[Path]) -> Iterator[dict[str, str]]:
    """The layout as it is, then what a producer of delimited text changes: its encoding, its separator, or both."""
    separator: dict[str, str] = {}
    if layout.reader == "delimited" and not layout.fields:
        with files[0].open("rb") as handle:
            start = handle.readline(1_000_000).decode("latin-1")
        best = max(SEPARATORS, key=start.count)
        # One that the header has not at all: nothing else can be meant.
        separator = {"delimiter": best} if start.count(best) and not start.count(layout.delimiter) else {}
    yield separator
    if layout.reader == "delimited":
        yield {**separator, "encoding": "cp1252" if layout.encoding == "utf-8" else "utf-8"}


def _read(source: Source, table: str, millesime: int, files: list[Path], layout: Layout) -> Iterator[Extract]:
    left = LINES
    for path in files:
        where = Place(source=source.id, millesime=millesime, table=table, file=path.name)
        extracts = (
            readers.stream(path, layout, where, lambda first: range(len(first.headings)))
            if layout.streamed
            else readers.read(path, layout, where)
        )
        for extract in extracts:
            extract.columns = [column.slice(0, left) for column in extract.columns]
            extract.lines = extract.lines.slice(0, left)
            left -= extract.rows
            yield extract
            if left <= 0:
                return


def decimals(seen: Observed, numbers: Iterable[str]) -> dict[str, str]:
    """The signs of decimals that are used under these headings, each with the first heading where it is."""
    found: dict[str, str] = {}
    for heading in numbers:
        for sign, rule in _DECIMALS.items():
            if sign not in found and any(rule.fullmatch(cell) for cell in seen.cells(heading).text):
                found[sign] = heading
    return found
