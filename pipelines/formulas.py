"""What the XML of an .xlsx says of its cells, which the library that reads values does not hand over.

Errors of calculation, formulas, hidden lines. The parts are read as they come out of the archive: sheets of national
workbooks have hundreds of millions of characters.
"""

import html
import re
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


@dataclass
class Odd:
    """The odd cells of a sheet, by address: `errors` as the sheet shows them, `unsaved` formulas, which have no value.

    `computed` are the other formulas, where they were asked for; `hidden`, the numbers of the lines not shown.
    """

    errors: dict[str, str] = field(default_factory=dict)
    unsaved: dict[str, str] = field(default_factory=dict)
    computed: set[str] = field(default_factory=set)
    hidden: list[int] = field(default_factory=list)


def odd(path: Path, *, computed: bool = False, sheets: re.Pattern[str] | None = None) -> dict[str, Odd]:
    """By sheet, what is odd in an .xlsx. Nothing for other formats, nor where its parts can't be found.

    `sheets`: the pattern of the names of those to look at.
    """
    found: dict[str, Odd] = {}
    if not zipfile.is_zipfile(path):
        return found
    with zipfile.ZipFile(path) as book:
        names = set(book.namelist())
        if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
            return found
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
