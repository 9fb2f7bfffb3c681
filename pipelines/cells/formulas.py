"""What a workbook says of its cells, which the library that reads values does not hand over.

Errors of calculation, formulas, hidden lines: from the XML of an .xlsx or an .ods, from the records of an .xls. The
parts of an archive are read as they come out of it: sheets of national workbooks have hundreds of millions of
characters.
"""

import html
import io
import itertools
import re
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

_BLOCK = 1 << 22
_CELL = re.compile(
    rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(?P<inside>.*?)</(?:\w+:)?c>)",
    re.DOTALL,
)
_FORMULA = re.compile(rb"<(?:\w+:)?f\b[^>]*?(?:/>|>(?P<said>.*?)</(?:\w+:)?f>)", re.DOTALL)
_VALUE = re.compile(rb"<(?:\w+:)?v\b[^>]*>(?P<said>.*?)</(?:\w+:)?v>", re.DOTALL)
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*>")
_OLE = b"\xd0\xcf\x11\xe0"
_MOST = 10_000  # cells or lines that one element of an .ods repeats, of those looked at


@dataclass
class Odd:
    """The odd cells of a sheet, by address: `errors` as the sheet shows them, `unsaved` formulas, which have no value.

    `computed` are the other formulas, where they were asked for; `hidden`, the numbers of the lines not shown.
    """

    errors: dict[str, str] = field(default_factory=dict)
    unsaved: dict[str, str] = field(default_factory=dict)
    computed: set[str] = field(default_factory=set)
    hidden: list[int] = field(default_factory=list)


# These libraries take longer to import than most workbooks to read, and few workbooks have anything to ask them.


def name_of(row: int, column: int) -> str:
    """The name of a cell by its row and its column, from zero."""
    from xlsxwriter.utility import xl_rowcol_to_cell

    return str(xl_rowcol_to_cell(row, column))


def place_of(name: str) -> tuple[int, int]:
    """The row and the column, from zero, of a cell by its name."""
    from xlsxwriter.utility import xl_cell_to_rowcol

    row, column = xl_cell_to_rowcol(name)
    return row, column


def odd(path: Path, *, computed: bool = False, sheets: re.Pattern[str] | None = None) -> dict[str, Odd]:
    """By sheet, what is odd in a workbook. Nothing for other formats, nor where its parts can't be found.

    `sheets`: the pattern of the names of those to look at. Of an .xls, formulas can't be told from values.
    """
    if not zipfile.is_zipfile(path):
        with path.open("rb") as handle:
            ole = handle.read(len(_OLE)) == _OLE
        found = _of_xls(path) if ole else {}
    else:
        with zipfile.ZipFile(path) as book:
            names = set(book.namelist())
            if "content.xml" in names:
                with book.open("content.xml") as handle:
                    found = _of_ods(handle, computed)
            elif {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
                found = _of_xlsx(book, names, computed, sheets)
            else:
                found = {}
    return {name: said for name, said in found.items() if sheets is None or sheets.fullmatch(name.strip())}


def _of_xlsx(book: zipfile.ZipFile, names: set[str], computed: bool, sheets: re.Pattern[str] | None) -> dict[str, Odd]:
    found: dict[str, Odd] = {}
    targets = {
        identifier: target.removeprefix("/xl/")
        for element in re.findall(r"<Relationship\b[^>]*>", _text(book, "xl/_rels/workbook.xml.rels"))
        if (identifier := _attribute(element, "Id")) and (target := _attribute(element, "Target"))
    }
    for element in re.findall(r"<(?:\w+:)?sheet\b[^>]*>", _text(book, "xl/workbook.xml")):
        part = f"xl/{targets.get(_attribute(element, 'r:id'), '')}"
        name = _attribute(element, "name")
        if part in names and (sheets is None or sheets.fullmatch(name.strip())):
            with book.open(part) as handle:
                found[name] = _of_sheet(handle, computed)
    return found


def _of_xls(path: Path) -> dict[str, Odd]:
    """The errors and the hidden lines of an .xls; nothing of one that this second library can't read."""
    import xlrd

    try:
        book = xlrd.open_workbook(str(path), formatting_info=True, logfile=io.StringIO())
    except Exception:  # damaged in ways of its own: whether it can be read at all is told by who reads the values
        return {}
    found = {}
    for sheet in book.sheets():
        said = found[sheet.name] = Odd()
        for row in range(sheet.nrows):
            for column, kind in enumerate(sheet.row_types(row)):
                if kind == xlrd.XL_CELL_ERROR:
                    code = sheet.cell_value(row, column)
                    said.errors[name_of(row, column)] = xlrd.error_text_from_code.get(code, "#N/A")
        said.hidden = sorted(row + 1 for row, shown in sheet.rowinfo_map.items() if shown.hidden)
    return found


def _of_ods(handle: IO[bytes], computed: bool) -> dict[str, Odd]:
    """What the XML of an .ods says, sheet by sheet; of what it repeats, the first ones."""
    found: dict[str, Odd] = {}
    said, row, repeated, cells = Odd(), 0, 1, 0
    for event, element in ET.iterparse(handle, events=("start", "end")):  # noqa: S314 (expat bounds what entities make)
        kind, given = _local(element.tag), {_local(key): value for key, value in element.attrib.items()}
        if event == "start" and kind == "table":
            said, row = found.setdefault(given.get("name", ""), Odd()), 0
        elif event == "start" and kind == "table-row":
            repeated, cells = int(given.get("number-rows-repeated", 1)), 0
            if given.get("visibility") in ("collapse", "filter"):
                said.hidden += range(row + 1, row + 1 + min(repeated, _MOST))
        elif event == "end" and kind in ("table-cell", "covered-table-cell"):
            wide = int(given.get("number-columns-repeated", 1))
            if given:
                _note_ods(said, element, range(row, row + min(repeated, _MOST)), range(cells, cells + wide), computed)
            cells += wide
        elif event == "end" and kind == "table-row":
            row += repeated
            element.clear()
    return found


def _note_ods(said: Odd, element: ET.Element, rows: range, columns: range, computed: bool) -> None:
    """Notes an element of an .ods, which stands for the cells of these rows and columns."""
    given = {_local(key): value for key, value in element.attrib.items()}
    # Two attributes have that name, in two namespaces; the one that says « error » is LibreOffice's own.
    kinds = {value for key, value in element.attrib.items() if _local(key) == "value-type"}
    shown, formula = "".join(element.itertext()).strip(), given.get("formula", "")
    error, unsaved = "error" in kinds, bool(formula) and not kinds and not shown
    if not (error or unsaved or (formula and computed)):
        return
    for address in itertools.islice((name_of(i, j) for i in rows for j in columns), _MOST):
        if error:
            said.errors[address] = shown or "#N/A"
        elif unsaved:
            said.unsaved[address] = "=" + (formula.partition("=")[2] or "…")
        else:
            said.computed.add(address)


def _local(name: str) -> str:
    """The name of an element or an attribute, without its namespace."""
    return name.rpartition("}")[2]


def _of_sheet(handle: IO[bytes], computed: bool) -> Odd:
    said = Odd()
    for text in _lines(handle):
        if b"hidden=" in text:
            said.hidden += [
                int(number)
                for row in _ROW.findall(text)
                if _attribute(row.decode("utf-8", "replace"), "hidden") in ("1", "true")
                and (number := _attribute(row.decode("utf-8", "replace"), "r")).isdigit()
            ]
        if b't="e"' not in text and b"<f" not in text and b":f" not in text:
            continue
        for cell in _CELL.finditer(text):
            _note(said, cell[1].decode("utf-8", "replace"), cell["inside"] or b"", computed)
    return said


def _note(said: Odd, attributes: str, inside: bytes, computed: bool) -> None:
    address, kind = _attribute(attributes, "r"), _attribute(attributes, "t")
    formula, value = _FORMULA.search(inside), _VALUE.search(inside)
    result = _plain(value["said"]) if value else ""
    if not re.fullmatch(r"[A-Z]{1,3}[0-9]{1,7}", address):
        return
    if kind == "e":
        said.errors[address] = result or "#N/A"
    elif formula and not result and kind != "str":
        said.unsaved[address] = "=" + (_plain(formula["said"] or b"") or "…")
    elif formula and computed:
        said.computed.add(address)


def _lines(handle: IO[bytes]) -> Iterator[bytes]:
    """The XML of a sheet in blocks of whole lines of cells."""
    rest = b""
    while block := handle.read(_BLOCK):
        text = rest + block
        end = max(text.rfind(b"</row>"), text.rfind(b":row>"))
        if end >= 0:
            yield text[:end]
        rest = text[max(end, 0) :]
    yield rest


def _text(book: zipfile.ZipFile, name: str, limit: int = 50_000_000) -> str:
    """A part of a workbook that lists its sheets, up to a size that none has."""
    with book.open(name) as handle:
        return handle.read(limit).decode("utf-8", "replace")


def _plain(said: bytes) -> str:
    return html.unescape(said.decode("utf-8", "replace")).strip()


def _attribute(element: str, name: str) -> str:
    match = re.search(rf'\s{name}="([^"]*)"', element)
    return html.unescape(match[1]) if match else ""
