"""How a table lies in the files of its producer."""

import functools
import re
from typing import Literal

from pydantic import Field, model_validator

from pipelines.cells import notation
from pipelines.questionnaires import Questionnaire
from pipelines.strict import Strict


class Unpivot(Strict):
    """Turns headings into keys: each column whose heading matches gives one row per line."""

    heading: str
    value: str


class Layout(Strict):
    """How one table lies in the files of the vintages from `since` on.

    `file`, `sheet` and `unpivot.heading` are regular expressions; `{millesime}` and `{aa}` stand
    for the vintage and its last two digits, and named groups become columns (`<annee>` in the map).
    `header` lists the lines that hold the column names (1 = first); where a workbook has more or fewer
    lines of title from one sheet to the next, they count from the first line that has a cell matching
    `header_cell`. The `units` lines under the header give units, and are no data. Reading stops at the
    first line whose first filled cell matches `stop`: what follows is kept as notes. `markers` says
    which texts stand for a number that is not published, and why; they are compared without case, blanks nor dots.
    `decimal` and `thousands` are the marks of its numbers, blanks between groups of three digits being read
    everywhere; a column that has other ones says so in the map (`ecriture`). A `streamed` file is read in batches,
    its size costs no memory; it has one record a line, quotes nothing, and ends its last line.

    `reader: deposit` is delimited text, JSON
    records or the sheet of a workbook, as the file's extension says: what a person may deposit either way. `isolated`
    says that each file is a deposit of its own: one that can't be read is set aside with its reason, and
    the others stand.

    A delimited file without a header has `fields`, the names of its cells in their published order. Its
    first cell may tell the type of each line: `record` is the one that the table reads, `others` are those
    that other tables read; a line of no known type is set aside. `preamble` is what the first line says
    before the data; its named groups become columns.

    A `json_tree` is one JSON object. `rows` is the way down to the objects that are the lines
    (`pmej.ege`), each step an array or a single object. Headings are paths inside a line
    (`siret`, `adresse.codePostal`); `parents` are values of the objects above, by their whole path (`#`: the
    line's rank in its own array), and `roots` are values of the document itself, which become columns as
    `<name>`.
    """

    since: int
    file: str
    reader: Literal["delimited", "workbook", "deposit", "json", "json_tree", "geojson", "questionnaire"] = "delimited"
    delimiter: str = ";"
    encoding: Literal["utf-8", "cp1252"] = "utf-8"
    quote: str | None = '"'
    final_newline: bool = True
    header: list[int] = [1]
    fields: list[str] = []
    record: str | None = None
    others: list[str] = []
    preamble: str | None = None
    rows: str | None = None
    parents: list[str] = []
    roots: list[str] = []
    header_cell: str | None = None
    units: int = Field(default=0, ge=0)
    sheet: str | None = None
    stop: str | None = None
    decimal: Literal[".", ","] = "."
    thousands: str = ""
    markers: dict[str, str] = {}
    unpivot: Unpivot | None = None
    streamed: bool = False
    isolated: bool = False
    questionnaire: Questionnaire | None = None

    @property
    def signs(self) -> dict[str, str]:
        """The markers as texts are compared with them, and why there is no number."""
        return _signs(tuple(self.markers.items()))

    @model_validator(mode="after")
    def _streamable(self) -> "Layout":
        plain = self.reader == "delimited" and self.quote is None and self.final_newline
        if self.streamed and not (plain and self.header == [1] and not self.stop and not self.unpivot):
            raise ValueError(
                "`streamed` veut du texte délimité sans guillemets (`quote: null`), un en-tête d'une ligne, "
                "une dernière ligne finie, ni `stop` ni `unpivot`"
            )
        return self


@functools.cache
def _signs(markers: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return {notation.sign(text): why for text, why in markers}


PRIVATE = 0xE000  # code points that no name has


def plainly(text: str, millesime: int | None = None) -> str:
    """A pattern of the catalogue as a person reads it: one name that it accepts, `…` where anything may stand."""
    said = text.replace("{millesime}", str(millesime)) if millesime else text
    said = said.replace("{aa}", f"{millesime % 100:02d}") if millesime else said
    said = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", r"<\1>", said)
    said = re.sub(r"\(\?[!=<][^()]*\)", "", said)
    said = re.sub(r"\\\.(\([\w?|]+\)|\w+\?)(?=\)?$|\|)", _endings, said)
    # A sign that stands for itself is put out of the way of what follows.
    said = re.sub(r"\\([ -/:-@\[-`{-~])", lambda found: chr(PRIVATE + ord(found[1])), said)
    while (once := re.sub(r"\(([^()|]*)(\|[^()]*)?\)\??", _alternative, said)) != said:
        said = once
    said = re.sub(r"\[\^[^\]]*\][*+]?|\[[^\]]*\][*+]", "…", said)
    said = re.sub(r"\[([^\]])[^\]]*\]", r"\1", said)
    said = re.sub(r"\\[dwsS][*+]?(\{[\d,]+\})?|\.([*+]\??|\{[\d,]+\})", "…", said)
    said = re.sub(r"\w\?", "", said)
    said = re.sub(r"[\ue000-\ue07f]", lambda found: chr(ord(found[0]) - PRIVATE), said)
    return " ou ".join(dict.fromkeys(said.split("|")))


def _endings(found: re.Match[str]) -> str:
    """All that a name may end with: « .xlsx, .xls ou .csv »."""
    ends = [end for text in found[1].strip("()").split("|") for end in _letters(text)]
    return ", ".join(f".{end}" for end in ends[:-1]) + (" ou " if ends[1:] else "") + f".{ends[-1]}"


def _letters(text: str) -> list[str]:
    """A text whose last letter may be absent, with it and without."""
    return [text[:-1], text[:-2]] if text.endswith("?") else [text]


def _alternative(found: re.Match[str]) -> str:
    """The first of several, or nothing where it may be absent."""
    return "" if found[0].endswith("?") else found[1]


def pattern(text: str, millesime: int) -> re.Pattern[str]:
    """A pattern of the catalogue for one vintage (matches a whole name, whatever its case)."""
    filled = text.replace("{millesime}", str(millesime)).replace("{aa}", f"{millesime % 100:02d}")
    return re.compile(filled, re.IGNORECASE)
