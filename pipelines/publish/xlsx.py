"""How a workbook is written: a first sheet that says what is where, then a sheet a table.

A sheet says its title, source and notes above its headings, which are words with their unit. An empty number is a sign
that says why. Text is written as text: nothing in a cell can become a formula.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter

from pipelines.publish.numbers import BY_ROW, PARTIAL, SIGNED, ShownColumn, absence, french, kind_of, marked
from pipelines.publish.public import FICTIF
from pipelines.publish.rows import Row

README = "Lisez-moi"
# What Excel takes: a longer text would be refused.
CELL = 32_767
HEADINGS = ("Feuille", "Colonne", "Unité", "Ce qu'elle dit")


@dataclass(frozen=True)
class Sheet:
    """One table as people read it: columns, lines, what is said above them; `fixed` columns stay in sight."""

    name: str
    title: str
    columns: Sequence[ShownColumn]
    rows: Sequence[Row]
    said: Sequence[str]
    fixed: int = 0


@dataclass(frozen=True)
class Front:
    """What the first sheet says: title, signs, and the tables without a line, each with the reason."""

    title: str
    edition: int
    fictif: bool
    signs: Sequence[tuple[str, str]]
    empty: Sequence[tuple[str, str]]


def number_format(kind: str) -> str:
    """How Excel shows the values of a kind; separators and comma are those of the reader's computer.

    One that ends by the mark of a partial sum is shown with it: the number stays a number.
    """
    if kind.endswith(PARTIAL):
        return ";".join(f'{part}"{PARTIAL}"' for part in number_format(kind.removesuffix(PARTIAL)).split(";"))
    if kind in ("year", "date"):
        return {"year": "0", "date": "dd/mm/yyyy"}[kind]
    decimals = int(kind[-1]) if kind[-1].isdigit() else 1
    shown = "#,##0" + ("." + "0" * decimals if decimals else "")
    if kind.startswith(("pct", "signed")):
        shown = shown.removeprefix("#,##") + "%"
    return f"+{shown};-{shown};{shown}" if kind.startswith(("signed", SIGNED)) else shown


class _Formats:
    """The formats of a workbook, each made once."""

    def __init__(self, book: Any) -> None:
        self._base = {"font_name": "Calibri", "font_size": 10, "valign": "top"}
        self._book = book
        self._numbers: dict[str, Any] = {}
        self.title = self._add(bold=True, font_size=14, font_color="#1b3a5c")
        self.fictif = self._add(bold=True, font_color="#9c0006", bg_color="#ffc7ce")
        self.said = self._add(font_color="#444444")
        self.heading = self._add(bold=True, bg_color="#1b3a5c", font_color="#ffffff", text_wrap=True, border=1)
        self.text = self._add()
        self.link = self._add(font_color="#1b3a5c", underline=1)
        self.bold = self._add(bold=True)
        self.sign = self._add(align="right", italic=True, font_color="#666666")

    def _add(self, **more: Any) -> Any:
        return self._book.add_format({**self._base, **more})

    def number(self, kind: str) -> Any:
        """The format of the values of a kind."""
        if kind not in self._numbers:
            self._numbers[kind] = self._add(num_format=number_format(kind))
        return self._numbers[kind]


def write(path: Path, front: Front, sheets: Sequence[Sheet]) -> None:
    """Writes a workbook."""
    # Lines go to the disk as they are written: the longest table has a million cells.
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    book.set_properties(
        {
            "title": front.title,
            "subject": f"Atlas des professions et des spécialités médicales, édition {front.edition}",
            "comments": FICTIF if front.fictif else "",
            # No clock is released: the same content gives the same bytes.
            "created": dt.datetime(front.edition, 1, 1, tzinfo=dt.UTC),
        }
    )
    formats = _Formats(book)
    _write_front(book.add_worksheet(README), front, sheets, formats)
    for sheet in sheets:
        _write_sheet(book.add_worksheet(sheet.name), sheet, formats, fictif=front.fictif)
    book.close()


def _head(page: Any, title: str, formats: _Formats, *, fictif: bool) -> int:
    page.hide_gridlines(2)
    page.write_string(0, 0, title, formats.title)
    if fictif:
        page.write_string(1, 0, f"{FICTIF} : aucun de ces nombres ne décrit la réalité.", formats.fictif)
    return 2 if fictif else 1


def _write_front(page: Any, front: Front, sheets: Sequence[Sheet], formats: _Formats) -> None:
    """The first sheet: what is where, what has no line, the signs, and what each column is."""
    for rank, width in enumerate((34, 46, 24, 100)):
        page.set_column(rank, rank, width)
    row = _head(page, front.title, formats, fictif=front.fictif)
    page.write_string(
        row, 0, f"Atlas des professions et des spécialités médicales, édition {front.edition}", formats.said
    )
    row += 2
    page.write_string(row, 0, "Feuilles", formats.bold)
    for sheet in sheets:
        row += 1
        page.write_url(row, 0, f"internal:'{sheet.name.replace(chr(39), chr(39) * 2)}'!A1", formats.link, sheet.name)
        page.write_string(row, 1, sheet.title, formats.text)
    parts = (
        ("Sans ligne dans cette publication, donc sans feuille", front.empty),
        ("Signes d'une case sans nombre", [*front.signs, ("(vide)", "dans une colonne de texte : rien à dire")]),
    )
    for title, pairs in parts:
        if not pairs:
            continue
        row += 2
        page.write_string(row, 0, title, formats.bold)
        for left, right in pairs:
            row += 1
            page.write_string(row, 0, left, formats.text)
            page.write_string(row, 1, right, formats.text)
    row += 2
    for rank, heading in enumerate(HEADINGS):
        page.write_string(row, rank, heading, formats.heading)
    for sheet in sheets:
        for column in sheet.columns:
            row += 1
            for rank, said in enumerate((sheet.name, column.label, column.shown_unit, column.description)):
                page.write_string(row, rank, said, formats.text)


def _write_sheet(page: Any, sheet: Sheet, formats: _Formats, *, fictif: bool) -> None:
    for rank, column in enumerate(sheet.columns):
        page.set_column(rank, rank, _width(sheet, column))
    top = _head(page, sheet.title, formats, fictif=fictif) + len(sheet.said) + 1
    for row, sentence in enumerate(sheet.said, top - 1 - len(sheet.said)):
        page.write_string(row, 0, sentence, formats.said)
    page.set_row(top, 62)
    for rank, column in enumerate(sheet.columns):
        unit = f"\n({column.shown_unit})" if column.shown_unit else ""
        page.write_string(top, rank, column.label + unit, formats.heading)
    puts = [(rank, c.key, _writer(page, c, formats)) for rank, c in enumerate(sheet.columns)]
    for number, line in enumerate(sheet.rows, top + 1):
        for rank, key, put in puts:
            put(number, rank, line[key], line)
    page.autofilter(top, 0, top + max(len(sheet.rows), 1), max(len(sheet.columns) - 1, 0))
    page.freeze_panes(top + 1, sheet.fixed)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(top)


def _width(sheet: Sheet, column: ShownColumn) -> float:
    if column.numeric:
        return 13
    shown = (row[column.key] for row in sheet.rows[:200])
    longest = max((len(french(value, column.kind)) for value in shown if value is not None), default=0)
    return min(max(longest + 1, 10), 50)


Put = Callable[[int, int, Any, Row], None]


def _writer(page: Any, column: ShownColumn, formats: _Formats) -> Put:
    """What writes the cells of a column: numbers and dates as such, all else as text."""
    return _number_writer(page, column, formats) if column.numeric else _text_writer(page, column, formats)


def _text_writer(page: Any, column: ShownColumn, formats: _Formats) -> Put:
    date = formats.number("date") if column.kind == "date" else None

    def put(row: int, rank: int, value: Any, _line: Row) -> None:
        if value is None or value == "":
            return
        if date is not None:
            page.write_datetime(row, rank, value, date)
        else:
            page.write_string(row, rank, french(value, column.kind)[:CELL], formats.text)

    return put


def _number_writer(page: Any, column: ShownColumn, formats: _Formats) -> Put:
    fixed = None if column.kind == BY_ROW else formats.number(column.kind)

    def shown(line: Row) -> Any:
        kind = kind_of(line, column)
        return formats.number(kind + PARTIAL) if marked(line, column) else fixed or formats.number(kind)

    def put(row: int, rank: int, value: Any, line: Row) -> None:
        if value is None:
            page.write_string(row, rank, absence(line, column), formats.sign)
        else:
            page.write_number(row, rank, float(value), shown(line))

    return put
