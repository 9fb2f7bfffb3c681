"""Writes files byte for byte as the producers do: separators, encodings, line ends, workbooks.

Workbooks carry a fixed creation date and are stored without compression, so that neither the clock
nor the version of zlib shows in the bytes.
"""

import csv
import datetime as dt
import gzip
import io
import json
import os
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import py7zr
import xlsxwriter
import xlwt

Cell = str | int | float | None

CREATED = dt.datetime(2025, 1, 1)
STAMP = dt.datetime(2025, 1, 1, tzinfo=dt.UTC).timestamp()
STORED = [{"id": py7zr.FILTER_COPY}]
ZIP_DATE = (1980, 1, 1, 0, 0, 0)

# Transitional -> Strict names of Office Open XML, as Excel's « Strict » format writes them.
STRICT = (
    (
        b"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties",
        b"http://purl.oclc.org/ooxml/officeDocument/extendedProperties",
    ),
    (
        b"http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes",
        b"http://purl.oclc.org/ooxml/officeDocument/docPropsVTypes",
    ),
    (
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
    ),
    (
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    ),
    (
        b"http://schemas.openxmlformats.org/drawingml/2006/main",
        b"http://purl.oclc.org/ooxml/drawingml/main",
    ),
)


def delimited_text(
    header: Sequence[str], rows: Iterable[Sequence[Cell]], *, sep: str = ";", newline: str = "\n"
) -> str:
    """Delimited text; cells are quoted only where they must be, and a missing one is empty."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=sep, lineterminator=newline)
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def delimited(
    path: Path,
    header: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    sep: str = ";",
    newline: str = "\n",
    encoding: str = "utf-8",
    final_newline: bool = True,
    footer: bytes = b"",
) -> None:
    """Writes delimited text; `utf-8-sig` puts a byte order mark, `footer` is added as it stands."""
    text = delimited_text(header, rows, sep=sep, newline=newline)
    if not final_newline:
        text = text.removesuffix(newline)
    write(path, text.encode(encoding) + footer)


def query(connection: duckdb.DuckDBPyConnection, path: Path, header: str, select: str) -> None:
    """Writes the single text column of a query, a line each, under a header line: millions of lines in seconds.

    Nothing is quoted or escaped. The query must order its rows for the bytes to be the same everywhere.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    target, named = str(path).replace("'", "''"), header.replace('"', '""')
    connection.execute(
        f"COPY (SELECT ligne AS \"{named}\" FROM ({select}) AS t (ligne)) TO '{target}' "
        "(FORMAT csv, HEADER true, DELIMITER '\x01', QUOTE '', ESCAPE '')"
    )


def write(path: Path, content: bytes) -> None:
    """Writes bytes, with the folders above them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def seven_zip(path: Path, members: Mapping[str, bytes]) -> None:
    """Writes a .7z, stored without compression and with one fixed date: the same bytes everywhere."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as aside, py7zr.SevenZipFile(path, "w", filters=STORED) as archive:
        for rank, (name, content) in enumerate(members.items()):
            member = Path(aside) / str(rank)
            member.write_bytes(content)
            member.chmod(0o644)
            os.utime(member, (STAMP, STAMP))
            archive.write(member, name)


def json_document(path: Path, document: Any, *, indent: int | None = None, ascii_only: bool = False) -> None:
    """Writes a JSON document, compact unless `indent` is given, without a final line end."""
    separators = (",", ": ") if indent else (",", ":")
    text = json.dumps(document, ensure_ascii=ascii_only, indent=indent, separators=separators)
    write(path, text.encode())


def zipped(path: Path, name: str, sheets: Sequence[tuple[str, Sequence[Sequence[Cell]]]]) -> None:
    """Writes a .zip of one workbook, stored, with one fixed date."""
    inside = path.parent / name
    xlsx(inside, sheets)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo(name, ZIP_DATE), inside.read_bytes())
    inside.unlink()


def tarred(path: Path, name: str, data: bytes) -> None:
    """Writes a .tgz of one file, with one fixed date."""
    path.parent.mkdir(parents=True, exist_ok=True)
    info = tarfile.TarInfo(name)
    info.size = len(data)
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as archive:
        archive.addfile(info, io.BytesIO(data))
    path.write_bytes(gzip.compress(raw.getvalue(), mtime=0))


def xlsx(path: Path, sheets: Sequence[tuple[str, Sequence[Sequence[Cell]]]], *, strict: bool = False) -> None:
    """Writes a workbook, in Strict Office Open XML if asked."""
    raw = io.BytesIO()
    book = xlsxwriter.Workbook(raw, {"in_memory": True})
    book.set_properties({"created": CREATED, "comments": "Données fictives"})
    for name, rows in sheets:
        sheet = book.add_worksheet(name)
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                if isinstance(cell, str):
                    if cell:
                        sheet.write_string(r, c, cell)
                elif cell is not None:
                    sheet.write_number(r, c, cell)
    book.close()
    write(path, _repacked(raw, strict))


def workbook(path: Path, content: bytes) -> None:
    """Writes an .xlsx made elsewhere, stored without compression."""
    write(path, _repacked(io.BytesIO(content), strict=False))


def _repacked(raw: io.BytesIO, strict: bool) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as target:
        for name in source.namelist():
            content = source.read(name)
            if strict and name not in ("[Content_Types].xml", "docProps/core.xml"):
                for transitional, official in STRICT:
                    content = content.replace(transitional, official)
                if name == "xl/workbook.xml":
                    content = content.replace(b"<workbook ", b'<workbook conformance="strict" ', 1)
            entry = zipfile.ZipInfo(name, ZIP_DATE)
            entry.create_system = 3
            entry.external_attr = 0o600 << 16
            target.writestr(entry, content)
    return out.getvalue()


def xls(path: Path, sheets: Sequence[tuple[str, Sequence[Sequence[Cell]]]]) -> None:
    """Writes a workbook in the format of Excel 97-2003."""
    book = xlwt.Workbook(encoding="utf-8")
    book.set_owner("DONNEES FICTIVES")
    for name, rows in sheets:
        sheet = book.add_sheet(name)
        for r, row in enumerate(rows):
            line = sheet.row(r)
            for c, cell in enumerate(row):
                if isinstance(cell, str):
                    if cell:
                        line.set_cell_text(c, cell)
                elif cell is not None:
                    line.set_cell_number(c, cell)
    out = io.BytesIO()
    book.save(out)
    write(path, out.getvalue())
