"""Extracts to be damaged: each file of a folder of extracts, cut to some lines, as a model that writes it again."""

import csv
import io
import json
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import openpyxl
import xlrd
from damages import Book, Cell, Damage, Document, Error, Text, damage_book, damage_document, damage_text, packed

from pipelines import catalogue
from pipelines.catalogue import Source
from pipelines.catalogue.layouts import Layout, pattern
from pipelines.connectors import mirror

LINES = 40
SHEETS = 2
Model = Text | Book | Document


@dataclass
class Seed:
    """One file of a vintage, its table, its model, and the files that must stand beside it."""

    source: str
    millesime: int
    table: str
    name: str
    model: Model
    beside: dict[str, bytes]

    @property
    def id(self) -> str:
        return f"{self.source}/{self.millesime}/{self.name}"

    def damaged(self, damages: list[Damage]) -> tuple[str, bytes, Model]:
        """The name and the bytes of the file once damaged, and its model."""
        model = deepcopy(self.model)
        for damage in damages:
            do: Any = {Text: damage_text, Book: damage_book, Document: damage_document}[type(model)]
            do(model, damage)
        data, name = model.bytes(), self.name
        if isinstance(model, Book) and model.kind != self.name.rsplit(".", 1)[-1] and not model.name:
            name = f"{name.rsplit('.', 1)[0]}.{model.kind}"
        return (*packed(name, data, model.name), model) if model.name else (name, data, model)


def all_of(root: Path, *, whole: tuple[str, ...] = ()) -> list[Seed]:
    """The seeds of a folder of extracts, in order; those sources are not cut."""
    found = []
    for source in catalogue.load_all():
        for millesime in mirror.vintages(root, source):
            offered = mirror.offer(root, source, millesime)
            # One deposit is enough: each stands by itself.
            files = [] if offered.packed else offered.files[:1] if source.questionnaire else offered.files
            tables = {path.name: _tables(source, millesime, path) for path in files}
            models = {
                path.name: made
                for path in files
                if tables[path.name]
                and (made := model(path, source, tables[path.name], millesime, cut=source.id not in whole))
            }
            small = {name: made.bytes() for name, made in models.items()}
            for name, made in models.items():
                beside = {other: data for other, data in small.items() if other != name}
                found += [Seed(source.id, millesime, table, name, made, beside) for table in tables[name]]
    return found


def _tables(source: Source, millesime: int, path: Path) -> list[str]:
    """The tables that a file holds."""
    return [
        name
        for name, table in source.tables.items()
        if table.exists_in(millesime) and pattern(source.layout(name, millesime).file, millesime).fullmatch(path.name)
    ]


def model(path: Path, source: Source, tables: list[str], millesime: int, *, cut: bool) -> Model | None:
    """A file as a model that writes it again, cut to its first lines; None for one that has none here."""
    end = LINES if cut and not source.questionnaire else 1_000_000
    layouts = [source.layout(table, millesime) for table in tables]
    if path.suffix in (".csv", ".txt"):
        return _text(path, layouts[0], end)
    if path.suffix in (".xlsx", ".xls"):
        reader = _xlsx if path.suffix == ".xlsx" else _xls
        sheets = {name: rows for layout in layouts for name, rows in reader(path, layout, millesime, end)}
        # Of a Strict OOXML workbook, openpyxl sees no sheet.
        return Book(sheets, path.suffix[1:], max(layouts[0].header)) if sheets else None
    if path.suffix in (".json", ".geojson"):
        return _document(path, layouts[0], end)
    return None


def _text(path: Path, layout: Layout, end: int) -> Text:
    data = path.read_bytes()
    encoding = "utf-8-sig" if layout.encoding == "utf-8" else layout.encoding
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if layout.quote else csv.QUOTE_NONE
    header = max(layout.header) if not layout.fields else (1 if layout.preamble else 0)
    records = list(
        csv.reader(io.StringIO(data.decode(encoding), newline=""), delimiter=layout.delimiter, quoting=quoting)
    )
    kept = records[: header + end]
    made = Text([""] * len(kept), header, layout.delimiter, layout.encoding, layout.quote)
    made.bom = data.startswith(b"\xef\xbb\xbf")
    for i, cells in enumerate(kept):
        made.put(i, [" ".join(cell.split("\n")) for cell in cells])
    return made


def _wanted(name: str, layout: Layout, millesime: int) -> bool:
    return pattern(layout.sheet or ".*", millesime).fullmatch(name.strip()) is not None


def _xlsx(path: Path, layout: Layout, millesime: int, end: int) -> Iterator[tuple[str, list[list[Cell]]]]:
    read = openpyxl.load_workbook(path, read_only=True, data_only=True)
    names = [name for name in read.sheetnames if _wanted(name, layout, millesime)]
    for name in names if layout.questionnaire else names[:SHEETS]:
        rows = [list(row) for row in read[name].iter_rows(max_row=end + 10, values_only=True)]
        yield name, rows


def _xls(path: Path, layout: Layout, millesime: int, end: int) -> Iterator[tuple[str, list[list[Cell]]]]:
    read = xlrd.open_workbook(str(path))
    for sheet in [s for s in read.sheets() if _wanted(s.name, layout, millesime)][:SHEETS]:
        rows: list[list[Cell]] = []
        for i in range(min(sheet.nrows, end + 10)):
            cells: list[Cell] = []
            for cell in sheet.row(i):
                known = xlrd.error_text_from_code.get(cell.value, "#N/A") if cell.ctype == xlrd.XL_CELL_ERROR else ""
                cells.append(Error(known) if known else cell.value if cell.value != "" else None)
            rows.append(cells)
        yield sheet.name, rows


def _document(path: Path, layout: Layout, end: int) -> Document:
    whole = json.loads(path.read_text(encoding="utf-8-sig"))
    if isinstance(whole, list):
        del whole[end:]
        return Document(whole, whole)
    if layout.reader == "geojson":
        return Document(whole, whole.get("features", []))
    records = whole.get((layout.rows or "").split(".")[0], [])
    for branch in whole.values():
        if isinstance(branch, list):
            del branch[10:]
    return Document(whole, records if isinstance(records, list) else [])
