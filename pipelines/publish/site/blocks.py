"""What a page is made of: sections of text, key numbers, figures, tables, or the reason why there are none."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from pipelines.publish.figures.figure import Figure
from pipelines.publish.numbers import ShownColumn
from pipelines.publish.rows import Row
from pipelines.publish.site.declared import Bande


@dataclass(frozen=True)
class Text:
    """A paragraph; `[words](address)` is a link from the release's root."""

    text: str
    kind: ClassVar[str] = "text"


@dataclass(frozen=True)
class Absent:
    """Why a reader finds nothing here."""

    text: str
    kind: ClassVar[str] = "absent"


@dataclass(frozen=True)
class Card:
    """One key number, what it is, and what to compare it with."""

    value: str
    label: str
    detail: str = ""
    href: str = ""


@dataclass(frozen=True)
class Cards:
    """Key numbers side by side, or words in a list."""

    items: Sequence[Card]
    listed: bool = False
    kind: ClassVar[str] = "cards"


@dataclass(frozen=True)
class Links:
    """Ways on: (address, words, what is there)."""

    items: Sequence[tuple[str, str, str]]
    kind: ClassVar[str] = "links"


@dataclass(frozen=True)
class ShownTable:
    """A table for readers. A row's `_lien` is the address behind its first cell; `<key>_statut` or `statut` says why
    a cell is empty; `<key>_lien` is the address behind a cell, `<key>_teinte` its shade, from 1 to 5: it says again
    what the cell says in words. `_bande` is the words of a strip that stands in its place, or None where `_absente`
    says why.
    """

    caption: str
    columns: Sequence[ShownColumn]
    rows: Sequence[Row]
    note: str = ""
    folded: bool = False
    strip: Bande | None = None
    kind: ClassVar[str] = "table"


Block = Text | Absent | Cards | Links | ShownTable | Figure


@dataclass(frozen=True)
class Section:
    """A heading and its blocks; its anchor is its title's, unless another is given."""

    title: str
    blocks: Sequence[Block]
    anchor: str = ""

    @property
    def id(self) -> str:
        """Its anchor."""
        return self.anchor or slug(self.title)


@dataclass(frozen=True)
class Page:
    """One page: `path` from the release's root, `area` the entry of the menu that it belongs to.

    `searched`: a form above it finds lines of its tables.
    """

    path: str
    title: str
    lead: str
    area: str
    sections: Sequence[Section]
    trail: Sequence[tuple[str, str]] = field(default_factory=tuple)
    searched: bool = False


def slug(text: str) -> str:
    """Words as they stand in an address."""
    plain = unicodedata.normalize("NFKD", text.lower().replace("œ", "oe").replace("’", "-").replace("'", "-"))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
