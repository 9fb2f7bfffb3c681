"""Extracts to be damaged: each file of a folder of extracts, cut to some lines, as a model that writes it again."""

import csv
import io
import json
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import openpyxl
import xlrd
from damages import Book, Cell, Damage, Document, Error, Text, damage_book, damage_document, damage_text, packed

from pipelines import catalogue
from pipelines.catalogue import Source
from pipelines.catalogue.layouts import Layout, pattern
from pipelines.connectors import mirror
from pipelines.connectors import packed as archives

LINES = 40
SHEETS = 2
Model = Text | Book | Document
# The name of the archive in which all files of a vintage come, of the sources whose entry knows one.
ARCHIVES = {
    "bmo": "BMO_{millesime}.zip",
    "decoupage_administratif": "etalab-decoupage-administratif-0.0.0.tgz",
    "insee_bpe": "DS_BPE_CSV_FR.zip",
    "insee_cog": "table-appartenance-geo-communes-{millesime}.zip",
    "rpps": "PS_LibreAcces_202501020805.zip",
    "sae": "SAE {millesime} Bases statistiques.zip",
}


@dataclass
class Seed:
    """One file of a vintage, its table, its model, and the files that must stand beside it, in one `archive` or not."""

    source: str
    millesime: int
    table: str
    name: str
    model: Model
    beside: dict[str, bytes]
    archive: str = ""

    @property
    def id(self) -> str:
        return f"{self.source}/{self.millesime}/{self.name}"

    def sent(self, files: dict[str, bytes]) -> dict[str, bytes]:
        """The files as they are laid in the folder of extracts."""
        if not self.archive:
            return files
        out = io.BytesIO()
        if self.archive.endswith(".tgz"):
            with tarfile.open(fileobj=out, mode="w:gz") as tar:
                for name, data in files.items():
                    member = tarfile.TarInfo(f"package/{name}")
                    member.size = len(data)
                    tar.addfile(member, io.BytesIO(data))
        else:
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
                for name, data in files.items():
                    book.writestr(f"Bases/{name}", data)
        return {self.archive: out.getvalue()}

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
            found += _of(source, millesime, files, cut=source.id not in whole)
    return found


def in_archives(root: Path) -> list[Seed]:
    """The seeds of the sources that come in an archive, their files inside one, as they are or as they were there."""
    found = []
    for source in (s for s in catalogue.load_all() if s.archive is not None):
        for millesime in mirror.vintages(root, source):
            offered = mirror.offer(root, source, millesime)
            with tempfile.TemporaryDirectory() as folder:
                files = [path for path in offered.files if path.name not in offered.packed]
                for path in offered.files:
                    if path.name in offered.packed:
                        files += archives.unpack(path, source, millesime, Path(folder))
                name = ARCHIVES[source.id].format(millesime=millesime)
                found += [replace(one, archive=name) for one in _of(source, millesime, files, cut=True)]
    return found


def _of(source: Source, millesime: int, files: Sequence[Path], *, cut: bool) -> list[Seed]:
    """A seed for each table of each file of a vintage."""
    tables = {path.name: _tables(source, millesime, path) for path in files}
    models = {
        path.name: made
        for path in files
        if tables[path.name] and (made := model(path, source, tables[path.name], millesime, cut=cut))
    }
    small = {name: made.bytes() for name, made in models.items()}
    return [
        Seed(source.id, millesime, table, name, made, {o: data for o, data in small.items() if o != name})
        for name, made in models.items()
        for table in tables[name]
    ]


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
