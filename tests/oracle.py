"""What a damaged extract says, read by other means than ours, held against what was staged of it and what was told.

The csv module, and the model of the workbook, give the cells; a small grammar of its own, the readings of a number.
Each line is staged or told, each staged cell is the one of its line, each cell that is not staged is blank or told,
and the sums of the numbers staged and of those set aside are those of the extract.
"""

import csv
import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, localcontext
from typing import Any, Literal

from damages import Book, Cell, Document, Error, Formula

from pipelines.catalogue import PERSON, Column, Source
from pipelines.catalogue.layouts import Layout, pattern

BLANK = re.compile(r"[\s\u00a0\u202f\u2007\u2009\ufeff\x1c-\x1f\x85]+")
# Blanks, and signs without width.
AROUND = r"[\s\x1c-\x1f\x85\u00ad\u200b-\u200d\u2060\ufeff]+"
TRIM = re.compile(f"^{AROUND}|{AROUND}$")
BY_HAND = ("workbook", "deposit", "questionnaire")


@dataclass
class Seen:
    """A file as it is read here: the names of its columns, its lines by number, and the lines nobody can part.

    `ragged` are the lines of another width; `loose` those where anything goes (an open quote, under another header).
    """

    headings: list[str] = field(default_factory=list)
    lines: dict[int, list[Cell]] = field(default_factory=dict)
    ragged: set[int] = field(default_factory=set)
    loose: set[int] = field(default_factory=set)


def text(data: bytes, layout: Layout) -> Seen | None:  # noqa: C901
    """The lines of a delimited file; None where it is not text of that encoding."""
    try:
        whole = data.decode("utf-8-sig" if layout.encoding == "utf-8" else layout.encoding)
    except UnicodeDecodeError:
        return None
    if "\n" not in whole:
        whole = whole.replace("\r", "\n")
    physical = [line.rstrip("\r").replace("\r", " ") for line in whole.split("\n")]
    seen, header = Seen(), max(layout.header) if not layout.fields else (1 if layout.preamble else 0)
    if physical and re.fullmatch(r"sep=.?", physical[0].strip(), re.IGNORECASE):
        header += 1
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if layout.quote else csv.QUOTE_NONE

    def cells(line: str) -> list[str]:
        return next(csv.reader([line], delimiter=layout.delimiter, quoting=quoting), [])

    seen.headings = [*layout.fields] or [c.strip() for c in cells(physical[header - 1])] if physical else []
    opened, stop = 0, re.compile(layout.stop, re.IGNORECASE) if layout.stop else None
    if layout.quote and any(line.count(layout.quote) % 2 for line in physical[:header]):
        return None
    for number, line in enumerate(physical[header:], header + 1):
        if stop and stop.match(line.strip().strip('"')):
            break
        odd = bool(layout.quote) and '"' in line and (line.count('"') % 2 or not _sound(line, layout.delimiter))
        opened = 20 if odd else opened - 1
        if odd or opened >= 0:
            seen.loose.add(number)
            if odd or opened > 0:
                continue
        said = cells(line)
        if layout.record is not None and (not said or said[0].strip() != layout.record):
            seen.loose.add(number)
        elif any(cell.strip() for cell in said):
            if len(said) == len(seen.headings):
                seen.lines[number] = [*said]
            else:
                seen.ragged.add(number)
    return seen


def _sound(line: str, delimiter: str) -> bool:
    """Whether quotes stand only around whole cells: elsewhere, readers differ on what they mean."""
    cell = r'("([^"]|"")*"|[^"]*?)'
    return re.fullmatch(rf"{cell}({re.escape(delimiter)}{cell})*", line) is not None


def book(model: Book, sheet: str, layout: Layout, millesime: int) -> Seen:
    """The lines of a sheet, by its model."""
    # An .xls doesn't say whether the result of a formula was saved: it reads as a blank.
    rows = [[None if model.kind == "xls" and isinstance(c, Formula) else c for c in row] for row in model.sheets[sheet]]
    above = 0
    if layout.header_cell is not None:
        rule = pattern(layout.header_cell, millesime)
        above = next((i for i, row in enumerate(rows) if any(rule.fullmatch(shown(c).strip()) for c in row)), 0)
    header = above + max(layout.header)
    width = max(map(len, rows), default=0)
    named = [[shown(c).strip() for c in rows[above + i - 1]] + [""] * width for i in layout.header] if rows else [[]]
    names = named[-1][:width]
    for group in reversed(named[:-1]):
        last = ""
        for i in range(width):
            last = group[i] or last
            names[i] = f"{last} / {names[i]}" if last and names[i] else group[i] or names[i]
    seen, stop = Seen(names), re.compile(layout.stop, re.IGNORECASE) if layout.stop else None
    for number, row in enumerate(rows[header + layout.units :], header + layout.units + 1):
        if stop and row and stop.match(shown(row[0]).strip()):
            break
        if any(shown(cell).strip() for cell in row):
            seen.lines[number] = [*row, *[None] * (width - len(row))]
    return seen


def records(document: Document) -> Seen:
    """The records of a list; the line is the rank of each."""
    names = list(dict.fromkeys(key for record in document.records for key in record))
    return Seen(names, {n: [record.get(k) for k in names] for n, record in enumerate(document.records, 1)})


def shown(cell: Any) -> str:
    """A cell as text."""
    if cell is None:
        return ""
    if isinstance(cell, Error | Formula):
        return cell.said
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, list | dict):
        return json.dumps(cell, ensure_ascii=False)
    if isinstance(cell, float) and float(f"{cell:.15g}").is_integer() and abs(cell) < 2**53:
        return str(int(float(f"{cell:.15g}")))
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, dt.date) else str(cell)


def readings(said: str, column: Column, layout: Layout, *, by_hand: bool) -> set[Decimal]:
    """All that a text may mean as a number: none, one, or several, of which none may be taken in silence."""
    clean = BLANK.sub(" ", said.replace("\u2212", "-")).strip()
    if column.unit and clean.casefold().endswith(column.unit.casefold()):
        clean = clean[: -len(column.unit)].strip()
    mark = column.marks[1] or layout.decimal
    thousands = (column.marks[0] or layout.thousands).strip()
    marks = (".", ",") if by_hand else (mark,)
    found: set[Decimal] = set()
    if not re.fullmatch(r"[+-]?[0-9., ]*[0-9][0-9., ]*([eE][+-]?[0-9]{1,3})?", clean):
        return found
    for decimal in marks:
        for group in {
            " ",
            thousands,
            *((".", ",") if by_hand else ()),
            *((",", ".") if column.type[:3] != "DEC" else ()),
        }:
            if group == decimal:
                continue
            whole = rf"[0-9]{{1,3}}({re.escape(group)}[0-9]{{3}})+" if group else r"[0-9]+"
            for body in (r"[0-9]+", whole, ""):
                if re.fullmatch(rf"[+-]?({body})({re.escape(decimal)}[0-9]*)?([eE][+-]?[0-9]{{1,3}})?", clean):
                    plain = clean.replace(group, "") if group and body == whole else clean
                    found.add(Decimal(plain.replace(decimal, ".")))
    return found


def _meant(cell: Cell, column: Column, layout: Layout, *, by_hand: bool) -> set[Decimal]:
    """All that a cell may mean as a number: one that holds a number means it."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return {Decimal(repr(cell))}
    return readings(TRIM.sub("", shown(cell)), column, layout, by_hand=by_hand)


# --- held against -----------------------------------------------------------------------------------------


@dataclass
class Told:
    """What staging made of a file: its rows by line, the lines set aside, and the cells."""

    rows: dict[int, list[dict[str, Any]]]
    lines: set[int]
    cells: set[tuple[int, str]]
    rejoined: set[int] = field(default_factory=set)
    headers: set[int] = field(default_factory=set)


def differences(source: Source, table: str, millesime: int, seen: Seen, told: Told, *, file: str) -> list[str]:
    """What neither the staged table nor what was told accounts for."""
    layout = source.layout(table, millesime)
    by_hand = layout.reader in BY_HAND and not file.endswith(".json")
    # A second header is told by its last line.
    again = min(told.headers) - len(layout.header) + 1 if told.headers else None
    loose = seen.loose | {n for n in (*seen.lines, *seen.ragged) if again is not None and n >= again}
    found = _lines(seen, told, loose)
    columns = _columns(source, table, millesime, seen.headings)
    kept = {n: cells for n, cells in seen.lines.items() if n not in loose and n in told.rows and n not in told.rejoined}
    for number, cells in kept.items():
        for column, places in columns:
            values = [row[column.name] for row in told.rows[number]]
            texts = [cells[i] for i in places]
            if layout.unpivot is None:
                values = values[:1]
            # Of a line that gives several, one whose heading can't be read is set aside as a line of its own.
            aside = (number, column.name) in told.cells or (layout.unpivot is not None and number in told.lines)
            found += _cells(number, column, texts, values, layout, by_hand, aside)
    if not loose and not told.rejoined and layout.unpivot is None:
        found += _sums(columns, kept, seen, told, layout, by_hand)
    return found


def _lines(seen: Seen, told: Told, loose: set[int]) -> list[str]:
    known = {*told.rows, *told.lines, *told.rejoined}
    lost = {*seen.lines, *seen.ragged} - known - loose - {n + 1 for n in told.rejoined}
    extra = set(told.rows) - set(seen.lines) - loose - told.rejoined
    return [
        *(f"ligne {n} : ni lue, ni écartée" for n in sorted(lost)[:5]),
        *(f"ligne {n} : lue, alors qu'elle n'est pas une ligne du tableau" for n in sorted(extra)[:5]),
    ]


def _columns(source: Source, table: str, millesime: int, headings: Sequence[str]) -> list[tuple[Column, list[int]]]:
    """The columns that can be compared, and where they stand; those whose names are in doubt are left out."""
    layout, entry = source.layout(table, millesime), source.tables[table]
    found = []
    for column in source.of_table(table):
        if column.type == PERSON or column.name in entry.formes or column.name in entry.reparations:
            continue
        if layout.unpivot and column.name == layout.unpivot.value:
            rule = pattern(layout.unpivot.heading, millesime)
            places = [i for i, h in enumerate(headings) if rule.fullmatch(h.strip())]
        else:
            names = column.headings(millesime)
            places = [i for i, h in enumerate(headings) if any(_same(name, h) for name in names)]
            if len(places) > 1:
                continue
        if places:
            found.append((column, places))
    return found


def _same(name: str, heading: str) -> bool:
    said = " ".join(BLANK.sub(" ", heading).split()).casefold()
    if name.startswith("/") and name.endswith("/"):
        return re.fullmatch(name[1:-1], said, re.IGNORECASE) is not None
    return " ".join(BLANK.sub(" ", name).split()).casefold() == said


def _cells(
    number: int, column: Column, cells: list[Cell], values: list[Any], layout: Layout, by_hand: bool, told: bool
) -> list[str]:
    """What is wrong with the staged values of a line in one column."""
    where = f"ligne {number}, {column.name}"
    texts = [TRIM.sub("", shown(cell)) for cell in cells]
    if column.sql == "VARCHAR":
        return [
            f"{where} : « {t} » lu « {v} »"
            for cell, t, v in zip(cells, texts, values, strict=False)
            if TRIM.sub("", v or "") not in (t, f"{cell:.15g}" if isinstance(cell, float) else t)
            and not (v is None and told)
        ]
    if column.type == "DATE":
        digits = [re.sub(r"\D", "", t) for t in texts]
        return [
            f"{where} : date « {t} » lue « {v} »"
            for t, d, v in zip(texts, digits, values, strict=False)
            if (v is None and t and not told and not _is_marker(t, layout))
            or (v is not None and sorted(d[:8]) != sorted(f"{v:%Y%m%d}") and f"{v:%Y}" not in d)
        ]
    left = Counter(v for v in values if v is not None)
    found = []
    for cell, said in zip(cells, texts, strict=True):
        mine = _meant(cell, column, layout, by_hand=by_hand)
        match = next((v for v in left if any(_near(v, r, column) for r in mine)), None)
        if match is not None:
            left[match] -= 1
            left += Counter()
            if len(mine) > 1 and not told:
                found.append(f"{where} : « {said} » a plusieurs lectures, lu {match}")
        elif said and not told and not _is_marker(said, layout):
            found.append(f"{where} : « {said} » n'est ni lu, ni écarté")
    return [*found, *(f"{where} : {v} lu, que la ligne ne dit pas ({texts})" for v in left)]


def _near(value: Any, said: Decimal, column: Column) -> bool:
    scale = re.search(r",\s*(\d+)\)", column.type)
    with localcontext(prec=60):
        rounded = Decimal("0.5") * Decimal(1).scaleb(-int(scale[1]) if scale else -9)
        # A spreadsheet shows 15 digits of a number.
        return abs(Decimal(str(value)) - said) <= max(rounded, abs(said) * Decimal("1e-14"))


def _is_marker(said: str, layout: Layout) -> bool:
    clean = re.sub(r"[\s\u00a0\u202f.]+", "", said).casefold() or ("…" if "." in said else "")
    return clean in {re.sub(r"[\s\u00a0\u202f.]+", "", m).casefold() or "…" for m in layout.markers}


def _sums(
    columns: Iterable[tuple[Column, list[int]]],
    kept: dict[int, list[Cell]],
    seen: Seen,
    told: Told,
    layout: Layout,
    by_hand: bool,
) -> list[str]:
    """Whether the sum of each number, staged and set aside, is that of the extract."""
    found = []
    for column, (place, *_) in columns:
        if column.sql == "VARCHAR" or column.type == "DATE":
            continue
        whole, aside = Decimal(0), Decimal(0)
        with localcontext(prec=1_100):  # of 1e999, a sum keeps the hundredths
            for number, cells in seen.lines.items():
                mine = _meant(cells[place], column, layout, by_hand=by_hand)
                value = min(mine, key=abs) if len(mine) == 1 else Decimal(0)
                whole += value
                if number not in kept or (number, column.name) in told.cells:
                    aside += value
            staged = sum(
                (Decimal(str(row[column.name] or 0)) for rows in told.rows.values() for row in rows), Decimal(0)
            )
            if abs(whole - aside - staged) > Decimal("0.01") * (1 + len(kept)):
                found.append(f"{column.name} : somme {whole}, écartée {aside}, lue {staged}")
    return found
