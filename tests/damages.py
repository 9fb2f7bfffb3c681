"""Extracts damaged as life damages them: a small model of a text, a workbook or a document, and what is done to it.

A damage is a tuple, its name first: a failing input is kept as it is read (test_robustesse.py). Numbers that say a
line, a column or a place are taken modulo how many there are.
"""

import csv
import datetime as dt
import gzip
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from xml.sax.saxutils import escape, quoteattr

import openpyxl
import py7zr
import xlwt
from hypothesis import strategies as st
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

Damage = tuple[Any, ...]

# What people and producers write in a cell.
TEXTS = [
    *(
        "",
        " ",
        "0",
        "7",
        "-7",
        "+12",
        "007",
        "1 234",
        "1\u00a0234",
        "1\u202f234,5",
        "1.234",
        "1,234",
        "1.234,5",
        "1,234.5",
    ),
    *(
        "12,5",
        "12.5",
        "1234567,891",
        "1e3",
        "1E+05",
        "12 %",
        "12 €",
        "12,",
        ",5",
        "1.0",
        "1,0",
        "1.000",
        "12.340",
        "1 23",
    ),
    *("99999999999999999999", "-0", "\u221212", "١٢", "½", "1/2", "12'345", "'12", "’12", "12;5", "0x10", "inf", "nan"),
    *("nd", "ND", "n.d.", "NC", "ns", "s", "*", "-", "–", "…", "///", "N/A", "?", "null", "NaN", "x", "vrai", "Total"),
    *("#REF!", "#N/A", "#DIV/0!", "#VALEUR!", "Err:502", "=40+28", "=A1", "####", "2024", "01/02/2024", "2024-02-30"),
    *(
        "31/12/2024",
        "2024-12-31",
        "45657",
        "TOTAL",
        "Sous-total Normandie",
        "l’Orne",
        "l'Orne",
        'CH "Nord"',
        "a|b",
        "é",
    ),
]
LETTERS = st.text(st.characters(codec="cp1252", exclude_categories=["Cc", "Cs"]), max_size=12)
WORDS = st.sampled_from(TEXTS) | LETTERS
AT = st.integers(0, 400)


@dataclass
class Text:
    """The lines of a delimited file, and how they become bytes."""

    lines: list[str]
    header: int  # lines before the data
    delimiter: str
    encoding: str
    quote: str | None
    ends: str = "\n"
    bom: bool = False
    final: bool = True
    name: str = ""
    raw: list[Damage] = field(default_factory=list)

    def cells(self, line: int) -> list[str]:
        quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE
        return next(
            csv.reader([" ".join(self.lines[line].splitlines())], delimiter=self.delimiter, quoting=quoting), []
        )

    def put(self, line: int, cells: Sequence[str]) -> None:
        if self.quote is None:
            self.lines[line] = self.delimiter.join(cells)
            return
        out = io.StringIO()
        csv.writer(out, delimiter=self.delimiter, lineterminator="").writerow(cells)
        self.lines[line] = out.getvalue()

    def bytes(self) -> bytes:
        text = self.ends.join(self.lines) + (self.ends if self.final else "")
        data = text.encode(self.encoding, "replace")
        data = b"\xef\xbb\xbf" + data if self.bom else data
        for damage in self.raw:
            data = raw(data, damage)
        return data


def raw(data: bytes, damage: Damage) -> bytes:
    """What is done to bytes."""
    match damage:
        case ("cut", share):
            return data[: len(data) * (share % 100) // 100]
        case ("byte", at, value):
            at %= max(1, len(data))
            return data[:at] + bytes([value]) + data[at + 1 :]
        case ("insert", at, value):
            at %= max(1, len(data))
            return data[:at] + bytes(value) + data[at:]
    raise ValueError(damage)


def damage_text(text: Text, damage: Damage) -> None:  # noqa: C901
    """Does one thing to a text."""
    data = len(text.lines) - text.header
    line = text.header + damage[1] % max(1, data) if len(damage) > 1 and isinstance(damage[1], int) else 0
    line = min(line, len(text.lines) - 1)
    match damage:
        case ("cell", _, column, said):
            cells = text.cells(line)
            cells[column % len(cells)] = said
            text.put(line, cells)
        case ("twice", _):
            text.lines.insert(line, text.lines[line])
        case ("total", _):
            cells = text.cells(line)
            first = next((i for i, cell in enumerate(cells) if not cell.strip().isdigit()), 0)
            cells[first] = "TOTAL"
            text.lines.append(text.lines[line])
            text.put(len(text.lines) - 1, cells)
        case ("blank", _, said):
            text.lines.insert(line, said * max(0, len(text.cells(0)) - 1) if said == text.delimiter else said)
        case ("note", _, said):
            text.lines.insert(line, said)
        case ("header", _):
            text.lines[line:line] = text.lines[: text.header]
        case ("short", _):
            text.put(line, text.cells(line)[:-1])
        case ("long", _, said):
            text.put(line, [*text.cells(line), said])
        case ("split", _, at):
            whole = text.lines[line]
            text.lines[line : line + 1] = [whole[: at % (len(whole) + 1)], whole[at % (len(whole) + 1) :]]
        case ("quote", _, at, mark):
            whole = text.lines[line]
            text.lines[line] = whole[: at % (len(whole) + 1)] + mark + whole[at % (len(whole) + 1) :]
        case ("move", _, to):
            for i in range(len(text.lines)):
                cells = text.cells(i)
                if cells:
                    cells.insert(to % len(cells), cells.pop(damage[1] % len(cells)))
                    text.put(i, cells)
        case ("drop", column):
            for i in range(len(text.lines)):
                cells = text.cells(i)
                if cells:
                    del cells[column % len(cells)]
                    text.put(i, cells)
        case ("title", column, said):
            if text.header:
                cells = text.cells(text.header - 1)
                cells[column % len(cells)] = said
                text.put(text.header - 1, cells)
        case ("separator", said):
            text.lines = [line.replace(text.delimiter, said) for line in text.lines]
        case ("sep",):
            text.lines.insert(0, f"sep={text.delimiter}")
        case ("ends", said):
            text.ends = said
        case ("encode", said):
            text.encoding = said
        case ("bom",):
            text.bom = True
        case ("unended",):
            text.final = False
        case ("name", _) | ("pack", _):
            text.name = damage_name(damage)
        case _:
            text.raw.append(damage)


def damage_name(damage: Damage) -> str:
    """What stands for the file once it is packed, or under another name; see `packed`."""
    return f"{damage[0]}:{damage[1]}"


def packed(name: str, data: bytes, how: str) -> tuple[str, bytes]:
    """A file under another extension, or in an archive."""
    kind, _, said = how.partition(":")
    stem = name.rsplit(".", 1)[0]
    if kind == "name":
        return f"{stem}.{said}", data
    out = io.BytesIO()
    if said == "gz":
        return f"{name}.gz", gzip.compress(data, mtime=0)
    if said == "7z":
        with py7zr.SevenZipFile(out, "w") as archive:
            archive.writestr(data, f"Bases/{name}")
        return f"{stem}.7z", out.getvalue()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for folder in said.removeprefix("zip").split("+"):
            book.writestr(f"{folder}/{name}" if folder else name, data)
    return f"{stem}.zip", out.getvalue()


NAMES = st.one_of(
    st.tuples(st.just("name"), st.sampled_from(["txt", "csv", "xls", "xlsx", "ods", "CSV", "zip", "json"])),
    st.tuples(st.just("pack"), st.sampled_from(["zip", "zipBases", "zipA+B", "7z", "gz"])),
)
BYTES = st.one_of(
    st.tuples(st.just("cut"), st.integers(0, 99)),
    st.tuples(st.just("byte"), st.integers(0, 50_000), st.integers(0, 255)),
    st.tuples(
        st.just("insert"),
        st.integers(0, 50_000),
        st.sampled_from(
            [b"\x00", b"\r", b"\n", b'"', b"\xff", b"\xe9", b"\xc3", b"\x1a", b"\t", b"\x85", b"\x0c", b"\x81"]
        ),
    ),
)
TEXT_CELL = st.tuples(st.just("cell"), AT, AT, WORDS)
TEXT_DAMAGES = st.one_of(
    *[TEXT_CELL] * 6,
    st.tuples(st.just("twice"), AT),
    st.tuples(st.just("total"), AT),
    st.tuples(st.just("blank"), AT, st.sampled_from(["", " ", ";", ",", "\t"])),
    st.tuples(st.just("note"), AT, st.sampled_from(["Source : Insee", "* provisoire", "(1) hors Mayotte;;", "Note"])),
    st.tuples(st.just("header"), AT),
    st.tuples(st.just("short"), AT),
    st.tuples(st.just("long"), AT, WORDS),
    st.tuples(st.just("split"), AT, AT),
    st.tuples(st.just("quote"), AT, AT, st.sampled_from(['"', "'", '""', '";"', '"\n'])),
    st.tuples(st.just("move"), AT, AT),
    st.tuples(st.just("drop"), AT),
    st.tuples(st.just("title"), AT, WORDS),
    st.tuples(st.just("separator"), st.sampled_from([",", "\t", "|", ";"])),
    st.just(("sep",)),
    st.tuples(st.just("ends"), st.sampled_from(["\r\n", "\r", "\r\r\n", "\n\n"])),
    st.tuples(st.just("encode"), st.sampled_from(["utf-8", "cp1252", "utf-16", "utf-16-le", "mac-roman", "cp437"])),
    st.just(("bom",)),
    st.just(("unended",)),
    NAMES,
    BYTES,
    BYTES,
)

# --- workbooks ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Error:
    """An error of calculation, as the sheet shows it."""

    said: str


@dataclass(frozen=True)
class Formula:
    """A formula whose result was not saved."""

    said: str


Cell = str | int | float | bool | dt.date | Error | Formula | None


@dataclass
class Book:
    """The sheets of a workbook, line by line, the lines that each hides, and its format."""

    sheets: dict[str, list[list[Cell]]]
    kind: str
    header: int
    hidden: dict[str, set[int]] = field(default_factory=dict)
    far: list[tuple[str, int, int]] = field(default_factory=list)  # cells filled far from the table, of an .xlsx
    name: str = ""
    raw: list[Damage] = field(default_factory=list)

    def bytes(self) -> bytes:
        data = {"xlsx": as_xlsx, "xls": as_xls, "ods": as_ods}[self.kind](self)
        for damage in self.raw:
            data = raw(data, damage)
        return data


VALUES = st.one_of(
    *[st.sampled_from(TEXTS)] * 2,
    st.sampled_from([Error("#REF!"), Error("#N/A"), Error("#DIV/0!"), Formula("=40+28"), Formula("=SUM(A1:A3)")]),
    st.sampled_from([None, True, 12, -3, 0, 1.5, 1.234, 1234.0, 2592185.0000000005, 1e20, 0.1 + 0.2, 45657]),
    st.sampled_from([dt.date(2024, 2, 1), dt.datetime(2024, 12, 31), dt.datetime(2024, 3, 1, 12, 30)]),
)
BOOK_CELL = st.tuples(st.just("cell"), AT, AT, AT, VALUES)
BOOK_DAMAGES = st.one_of(
    *[BOOK_CELL] * 6,
    st.tuples(st.just("twice"), AT, AT),
    st.tuples(st.just("blank"), AT, AT),
    st.tuples(st.just("note"), AT, AT, st.sampled_from(["Source : Insee", "TOTAL", "(1) hors Mayotte"])),
    st.tuples(st.just("header"), AT, AT),
    st.tuples(st.just("hide"), AT, AT),
    st.tuples(st.just("title"), AT, AT, WORDS),
    st.tuples(st.just("drop"), AT, AT),
    st.tuples(st.just("move"), AT, AT, AT),
    st.tuples(st.just("top"), AT),
    st.tuples(st.just("sheet"), AT, st.sampled_from(["Feuil1", "Données (2)", " Données", "DONNEES"])),
    st.tuples(st.just("far"), AT, st.sampled_from([60, 2_000, 1_048_575]), st.sampled_from([30, 300, 16_383])),
    st.tuples(st.just("kind"), st.sampled_from(["xlsx", "xls", "ods"])),
    NAMES,
    BYTES,
)


def damage_book(book: Book, damage: Damage) -> None:  # noqa: C901
    """Does one thing to a workbook."""
    if damage[0] in ("cut", "byte", "insert"):
        book.raw.append(damage)
        return
    where, at = [*damage[1:3], 0, 0][:2]
    sheet = list(book.sheets)[where % len(book.sheets)] if isinstance(where, int) else ""
    rows = book.sheets.get(sheet, [])
    line = book.header + at % max(1, len(rows) - book.header) if isinstance(at, int) else 0
    line = min(line, max(0, len(rows) - 1))
    match damage:
        case ("cell", _, _, column, said):
            if rows and rows[line]:
                rows[line][column % len(rows[line])] = said
        case ("twice", _, _) if rows:
            rows.insert(line, [*rows[line]])
        case ("blank", _, _):
            rows.insert(line, [])
        case ("note", _, _, said):
            rows.insert(line, [said])
        case ("header", _, _):
            rows[line:line] = [[*row] for row in rows[: book.header]]
        case ("hide", _, _):
            book.hidden.setdefault(sheet, set()).add(line + 1)
        case ("title", _, column, said):
            if rows and rows[book.header - 1]:
                rows[book.header - 1][column % len(rows[book.header - 1])] = said
        case ("drop", _, column):
            for row in rows:
                if row:
                    del row[column % max(map(len, rows)) :][:1]
                    row[column % len(row) : column % len(row) + 1] = []
        case ("move", _, column, to):
            width = max(map(len, rows), default=0)
            for row in rows:
                row += [None] * (width - len(row))
                if row:
                    row.insert(to % width, row.pop(column % width))
        case ("top", _):
            rows.insert(0, ["Titre ajouté"])
        case ("sheet", _, said):
            book.sheets = {said if name == sheet else name: cells for name, cells in book.sheets.items()}
        case ("far", _, row, column):
            book.far.append((sheet, row, column))
        case ("kind", said):
            book.kind = said
        case ("name", _) | ("pack", _):
            book.name = damage_name(damage)


def as_xlsx(book: Book) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in book.sheets.items():
        sheet = made.create_sheet(name[:31])
        for i, row in enumerate(rows, 1):
            for j, value in enumerate(row, 1):
                if value is not None:
                    _put(sheet.cell(i, j), value)
        for line in book.hidden.get(name, ()):
            sheet.row_dimensions[line].hidden = True
        for _, row_far, column in [far for far in book.far if far[0] == name]:
            sheet.cell(row_far + 1, column + 1).value = 1
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _put(cell: Any, value: Cell) -> None:
    """Writes a value in a cell of an .xlsx: a text that looks like a formula is one only where it is."""
    if isinstance(value, Error | Formula):
        cell.value, cell.data_type = value.said, "e" if isinstance(value, Error) else "f"
    elif isinstance(value, str):
        cell.value, cell.data_type = ILLEGAL_CHARACTERS_RE.sub("", value), "s"
    else:
        cell.value = value


def as_xls(book: Book) -> bytes:
    made = xlwt.Workbook(encoding="utf-8")
    day = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    for name, rows in book.sheets.items():
        sheet = made.add_sheet(name[:31], cell_overwrite_ok=True)
        for i, row in enumerate(rows):
            for j, value in enumerate(row[:256]):
                if isinstance(value, Error):
                    sheet.row(i).set_cell_error(j, "#N/A!" if value.said == "#N/A" else value.said)  # its own spelling
                elif isinstance(value, dt.date):
                    sheet.write(i, j, value, day)
                elif isinstance(value, int) and not isinstance(value, bool) and abs(value) > 1 << 29:
                    sheet.write(i, j, float(value))
                elif value is not None and not isinstance(value, Formula):
                    sheet.write(i, j, value)
        for line in book.hidden.get(name, ()):
            sheet.row(line - 1).hidden = True
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


FILTERED = ' table:visibility="filter"'
SPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
}


def as_ods(book: Book) -> bytes:
    """As LibreOffice writes it: errors have no value, blank cells and lines are repeated."""
    tables = []
    for name, rows in book.sheets.items():
        lines = "".join(
            f"<table:table-row{FILTERED if i in book.hidden.get(name, ()) else ''}>"
            f"{''.join(map(_ods_cell, row)) or '<table:table-cell/>'}</table:table-row>"
            for i, row in enumerate(rows, 1)
        )
        blank = '<table:table-cell table:number-columns-repeated="16384"/>'
        rest = f'<table:table-row table:number-rows-repeated="1000000">{blank}</table:table-row>'
        tables.append(f"<table:table table:name={quoteattr(name)}>{lines}{rest}</table:table>")
    spaces = " ".join(f'xmlns:{short}="{long}"' for short, long in SPACES.items())
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            '<?xml version="1.0"?><manifest:manifest '
            'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}><office:body>'
            f"<office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body></office:document-content>",
        )
    return out.getvalue()


def _ods_cell(value: Cell) -> str:
    match value:
        case None:
            return "<table:table-cell/>"
        case Error(said):
            kind = 'table:formula="of:=A1" office:value-type="string" office:string-value="" calcext:value-type="error"'
        case Formula(said):
            return f"<table:table-cell table:formula={quoteattr('of:' + said)}/>"
        case bool():
            kind, said = f'office:value-type="boolean" office:boolean-value="{str(value).lower()}"', str(value)
        case int() | float():
            kind, said = f'office:value-type="float" office:value="{value!r}"', repr(value)
        case dt.date():
            kind, said = f'office:value-type="date" office:date-value="{value.isoformat()}"', value.isoformat()
        case _:
            said = "".join(c for c in str(value) if c >= " ")
            kind = 'office:value-type="string"'
    return f"<table:table-cell {kind}><text:p>{escape(str(said))}</text:p></table:table-cell>"


# --- documents ------------------------------------------------------------------------------------------

JSON_CELL: st.SearchStrategy[Damage] = st.tuples(
    st.just("cell"), AT, AT, st.one_of(WORDS, st.sampled_from([None, True, 12, 1.5, -1, [], {}, ["a"]]))
)
JSON_DAMAGES = st.one_of(
    *[JSON_CELL] * 4,
    st.tuples(st.just("twice"), AT),
    st.tuples(st.just("drop"), AT, AT),
    st.tuples(st.just("rename"), AT, AT, LETTERS),
    st.tuples(st.just("record"), AT, st.sampled_from([None, 12, "texte", [], {}])),
    st.just(("whole", [])),
    st.just(("whole", {})),
    st.just(("deep",)),
    st.tuples(st.just("encode"), st.sampled_from(["cp1252", "utf-16", "utf-8-sig"])),
    NAMES,
    BYTES,
    BYTES,
)


@dataclass
class Document:
    """A JSON document, and the list of its records, which is a part of it."""

    whole: Any
    records: list[Any]
    encoding: str = "utf-8"
    name: str = ""
    raw: list[Damage] = field(default_factory=list)

    def bytes(self) -> bytes:
        data = json.dumps(self.whole, ensure_ascii=False, indent=0).encode(self.encoding, "replace")
        for damage in self.raw:
            data = b"[" * 200_000 + data if damage[0] == "deep" else raw(data, damage)
        return data


def damage_document(document: Document, damage: Damage) -> None:
    """Does one thing to a document."""
    records = document.records
    at = damage[1] % len(records) if len(damage) > 1 and isinstance(damage[1], int) and records else 0
    record = records[at] if records else {}
    keys = list(record) if isinstance(record, dict) else []
    match damage:
        case ("cell", _, key, said) if keys:
            record[keys[key % len(keys)]] = said
        case ("twice", _) if records:
            records.insert(at, json.loads(json.dumps(record)))
        case ("drop", _, key) if keys:
            del record[keys[key % len(keys)]]
        case ("rename", _, key, said) if keys:
            record[said] = record.pop(keys[key % len(keys)])
        case ("record", _, said) if records:
            records[at] = said
        case ("whole", said):
            document.whole, document.records = said, []
        case ("encode", said):
            document.encoding = said
        case ("name", _) | ("pack", _):
            document.name = damage_name(damage)
        case ("deep",) | ("cut", *_) | ("byte", *_) | ("insert", *_):
            document.raw.append(damage)
