"""Numbers and lists as French readers write them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal

from pipelines.publish.rows import Row, Value, text_of

# The low bound of an interval (`bas` in its name), whose column shows both.
BETWEEN = "entre_"
BY_ROW = "selon"  # each row says its own, in its column `<key>_format`, else `format`
NOTHING = "rien"  # the statut of a column whose empty cells say nothing: a reserve that isn't made
UNKNOWN = "nd"  # the sign where nothing says why
UNMARKED = ("text", "link", "year", "bool", "date")  # kinds of what is no measure
SIGNED = "signe_"  # a number with its sign, in its own unit; « signed » is a change, in percent
PARTIAL_COLUMN = "nombres_partiels"  # of a CSV, whose numbers stay numbers
PARTIAL = "*"  # beside a number whose statut is « partiel »: the sum of what is known, not of all
NARROW, NBSP, MINUS = "\u202f", "\u00a0", "\u2212"
# What a spreadsheet would run. Full-width signs too: a Japanese or Chinese Excel takes them for the plain ones.
FORMULA = r"^[=+\-@\t\r\n＝＋－＠]"


@dataclass(frozen=True)
class ShownColumn:
    """A column of a table for readers: `kind` is text, year, n0 to n2, pct0, pct1, or signed (a change in %).

    `empty` is the statut of an empty cell where its line has none; `signs`, the sign of each statut (vues.statuts).
    `detail` is the kind of what stands in parentheses after the value, which is in `<key>_detail`.
    """

    key: str
    label: str
    kind: str = "text"
    empty: str = ""
    detail: str = ""
    unit: str = ""
    description: str = ""
    signs: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def numeric(self) -> bool:
        """Aligned on the right."""
        return self.kind not in ("text", "link", "bool", "date") and not self.kind.startswith(BETWEEN)

    def sign(self, statut: str | None) -> str:
        """The sign in place of a number that isn't there: never blank. `nd` where nothing else is known."""
        return self.signs.get(statut or "", UNKNOWN)

    @property
    def heading(self) -> str:
        """Its words with its unit, for a spreadsheet."""
        return f"{self.label} ({self.shown_unit})" if self.shown_unit else self.label

    @property
    def shown_unit(self) -> str:
        """The unit of its values as they are shown: a share is a percentage; nothing where its words say it already."""
        if self.kind.startswith(("pct", "signed")):
            return f"% {self.unit.removeprefix('part').removeprefix(', de 0 à 1').strip()}".strip()
        words = self.unit.removeprefix("de ").replace("habitants", "hab.") if " " in self.unit else self.unit
        return "" if self.unit == "année" or words.lower() in self.label.lower() else self.unit


def rounded(value: Value, kind: str) -> Decimal:
    """The value that is shown: a share becomes a percentage."""
    exact = Decimal(str(value))
    if kind.startswith(("pct", "signed")):
        exact *= 100
    return _at(exact, int(kind[-1]) if kind[-1].isdigit() else 1)


def _at(value: Decimal, decimals: int) -> Decimal:
    # Half up, as people round: a page and a sheet must not differ by their last digit.
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def nombre(value: Decimal | int | None, decimals: int = 0, *, sign: bool = False) -> str:
    """A number in French: narrow no-break spaces, decimal comma, true minus; empty without value."""
    if value is None:
        return ""
    shown = _at(Decimal(value), decimals)
    text = f"{abs(shown):,f}".replace(",", NARROW).replace(".", ",")
    if shown < 0:
        return MINUS + text
    return "+" + text if sign and shown > 0 else text


def percent(value: Decimal | None, decimals: int = 0, *, sign: bool = False) -> str:
    """A share as a percentage; empty without value."""
    return f"{nombre(100 * value, decimals, sign=sign)}{NARROW}%" if value is not None else ""


def french(value: Value, kind: str = "n0") -> str:
    """A value of a column of that kind, in French; « nd » where there is none."""
    if value is None:
        return "nd"
    if kind in ("text", "link", "year"):
        return str(value)
    if kind == "bool":
        return "oui" if value else "non"
    if kind == "date":
        return f"{value:%d/%m/%Y}"
    if kind.startswith(SIGNED):
        return nombre(Decimal(str(value)), int(kind[-1]), sign=True)
    decimals = int(kind[-1]) if kind[-1].isdigit() else 1
    write = percent if kind.startswith(("pct", "signed")) else nombre
    return write(Decimal(str(value)), decimals, sign=kind.startswith("signed"))


def cell(row: Row, column: ShownColumn) -> str:
    """What a cell shows: its value in French, or the sign that says why it is empty."""
    value, kind = row[column.key], kind_of(row, column)
    if kind.startswith(BETWEEN):
        shown = interval(value, row[column.key.replace("bas", "haut")], kind.removeprefix(BETWEEN))
        return shown + PARTIAL if shown and marked(row, column) else shown
    if value is None:
        return absence(row, column)
    text = french(value, kind)
    if marked(row, column):
        text += PARTIAL
    detail = row.get(f"{column.key}_detail") if column.detail else None
    return text if detail is None else f"{text} ({french(detail, column.detail)})"


def absence(row: Row, column: ShownColumn) -> str:
    """The sign of an empty cell; nothing where the column says so.

    Its statut is that of its own column (`<key>_statut`), else that of the column, else that of the line (`statut`).
    """
    return "" if column.empty == NOTHING else column.sign(_statut(row, column))


def in_words(row: Row, column: ShownColumn) -> str:
    """What a cell shows, as a sentence says it: of an interval, the one bound."""
    return cell(row, replace(column, kind=kind_of(row, column).removeprefix(BETWEEN)))


def _statut(row: Row, column: ShownColumn) -> str:
    return text_of(row, f"{column.key}_statut", "") or column.empty or text_of(row, "statut", "")


def marked(row: Row, column: ShownColumn) -> bool:
    """Whether a mark stands beside its number: the sum of what is known, not of all.

    A number without a statut of its own has that of its line; not a year, nor what the column empties by itself.
    """
    value = row[column.key]
    if value is None or not isinstance(value, int | Decimal) or kind_of(row, column) in UNMARKED:
        return False
    own = text_of(row, f"{column.key}_statut", "")
    return (own or ("" if column.empty else text_of(row, "statut", ""))) == "partiel"


def partial(row: Row, columns: Sequence[ShownColumn]) -> str:
    """The headings of the numbers of a row that a mark stands beside: a CSV keeps its numbers as numbers."""
    return ", ".join(column.label for column in columns if marked(row, column))


def kind_of(row: Row, column: ShownColumn) -> str:
    """How a cell is shown: as its column, or as its row says."""
    if column.kind != BY_ROW:
        return column.kind
    return text_of(row, f"{column.key}_format", "") or text_of(row, "format")


def interval(low: Value, high: Value, kind: str) -> str:
    """An interval; empty where there is none."""
    if low is None or high is None:
        return ""
    return f"{french(low, kind).removesuffix(NARROW + '%')}{NBSP}à{NBSP}{french(high, kind)}"


def capital(text: str) -> str:
    """Words that begin a sentence or a heading."""
    return text[:1].upper() + text[1:]


def joined(names: Sequence[str]) -> str:
    """« a, b et c »."""
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " et " + names[-1]


def written(row: Row, column: ShownColumn) -> str:
    """A cell of a CSV for French spreadsheets: a number as one, and what a page shows where it is none."""
    told = column.kind == BY_ROW or column.kind.startswith(BETWEEN)
    return cell(row, column) if told or row[column.key] is None else machine(row[column.key], column.kind)


def machine(value: Value, kind: str) -> str:
    """A value in a CSV for French spreadsheets; what could be taken for a formula is preceded by an apostrophe."""
    if value is None:
        return ""
    if kind in ("text", "link"):
        text = str(value)
        return f"'{text}" if re.match(FORMULA, text) else text
    if kind == "year":
        return str(value)
    if kind == "bool":
        return "VRAI" if value else "FAUX"
    if kind == "date":
        return french(value, kind)
    exact = rounded(value, f"{kind[:-1]}6").normalize()
    return f"{exact:f}".replace(".", ",")
