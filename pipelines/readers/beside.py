"""The sheets of a workbook that nobody reads, where they have the headings of one that is read.

Most explain, or sum up. One with the same headings holds the same things: the whole of what is read, or the rest of it.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipelines import catalogue
from pipelines.catalogue import normalise
from pipelines.catalogue.layouts import pattern
from pipelines.errors import Place
from pipelines.readers import Extract

# Share of the headings of a sheet that another one has, where it holds the same things; and how few headings say it.
SHARE, HEADINGS_MIN = 0.8, 3


def others(where: Place) -> str:
    """A pattern of the names of sheets that some table of the source reads."""
    if where.source not in catalogue.sources():
        return ".*"
    source, millesime = catalogue.load(str(where.source)), where.millesime or 0
    layouts = [source.layout(table, millesime) for table in source.tables]
    names = [layout.sheet or ".*" for layout in layouts if layout.reader in ("workbook", "deposit")]
    return "|".join(f"(?:{re.sub(r'[?]P<[^>]*>', '?:', pattern(name, millesime).pattern)})" for name in names)


def note(path: Path, beside: dict[str, Any], extracts: Sequence[Extract]) -> None:
    """Tells, with the extract of the same headings that has most lines, each sheet that nobody reads, and its lines."""
    for sheet, seen in beside.items():
        alike = [(extract, lines) for extract in extracts if (lines := _lines(seen, extract))]
        if alike:
            extract, lines = max(alike, key=lambda pair: pair[0].rows)
            extract.beside[f"{path.name}[{sheet}]"] = lines


def _lines(seen: dict[str, Any], extract: Extract) -> int:
    """The lines of a sheet under the headings of another one; none where it doesn't have them."""
    names = {normalise(cell) for cell in extract.header[-1] if cell and cell.strip()}
    if len(names) < HEADINGS_MIN:
        return 0
    for line, filled in zip(seen["first"], seen["filled"], strict=True):
        if len(names & {normalise(cell) for cell in line}) >= SHARE * len(names):
            return int(seen["lines"] - filled)
    return 0
