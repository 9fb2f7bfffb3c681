"""The lines of delimited text, and their cells, by a layout."""

import csv
import io
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from pipelines.catalogue.layouts import Layout
from pipelines.readers import Extract
from pipelines.readers.inspection import CHUNK

if TYPE_CHECKING:
    import _csv


class Unbroken(io.RawIOBase):
    """The bytes of a text whose carriage returns in the middle of a line are blanks; `mended` are those lines."""

    def __init__(self, path: Path) -> None:
        self.raw = path.open("rb")
        self.lines = enumerate(self.raw, start=1)
        self.rest = b""
        self.mended: list[int] = []

    def readable(self) -> bool:
        """It is read, never written."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fills a buffer with whole lines, and keeps what is too much for it."""
        parts, size = [self.rest], len(self.rest)
        while size < len(buffer) and (numbered := next(self.lines, None)):
            number, line = numbered
            parts.append(unbroken(line))
            size += len(parts[-1])
            if b"\r" in line.rstrip(b"\r\n"):
                self.mended.append(number)
        text = b"".join(parts)
        given, self.rest = text[: len(buffer)], text[len(buffer) :]
        buffer[: len(given)] = given
        return len(given)

    def close(self) -> None:
        """Closes the file under it."""
        self.raw.close()
        super().close()


def unbroken(line: bytes) -> bytes:
    """A line with a blank in place of each carriage return in its middle; before its feed, one is enough."""
    text = line.rstrip(b"\r\n")
    end = line[len(text) :]
    return text.replace(b"\r", b" ") + (b"\r\n" if end.startswith(b"\r") and end.endswith(b"\n") else end)


def opened(path: Path, layout: Layout, *, broken: bool) -> tuple[IO[str], list[int]]:
    """A text to be read line by line; where it is `broken`, without the carriage returns that cut its lines.

    The numbers of the lines that were cut are listed as they are read.
    """
    if not broken:
        return path.open(encoding=encoding(layout), newline=""), []
    raw = Unbroken(path)
    return io.TextIOWrapper(io.BufferedReader(raw), encoding=encoding(layout), newline=""), raw.mended


def reader(lines: Iterable[str], layout: Layout, *, strict: bool = False) -> "_csv.Reader":
    """The records of lines, cell by cell."""
    return csv.reader(
        lines,
        delimiter=layout.delimiter,
        quotechar=layout.quote or '"',
        quoting=csv.QUOTE_MINIMAL if layout.quote else csv.QUOTE_NONE,
        strict=strict,
    )


def encoding(layout: Layout) -> str:
    """The name of a layout's encoding, as Python decodes it; a byte order mark is no text."""
    return "utf-8-sig" if layout.encoding == "utf-8" else layout.encoding


def cells_of(text: str, layout: Layout, *, strict: bool) -> list[str] | None:
    """The cells of one record; None where `strict` and its quotes are not in order."""
    try:
        return next(reader([text], layout, strict=strict), [])
    except csv.Error:
        if strict:
            return None
        raise


def is_blank(text: str, layout: Layout) -> bool:
    """Whether a line has nothing but separators and empty cells: spreadsheets leave such lines behind."""
    return not text.replace(layout.delimiter, "").replace(layout.quote or "", "").strip()


def without_blank_lines(extract: Extract) -> Extract:
    """Drops the lines whose cells are all empty; the others keep their own line numbers."""
    blank: pa.ChunkedArray | None = None
    for column in extract.columns:
        empty = pc.equal(pc.utf8_trim_whitespace(column), "")
        blank = empty if blank is None else pc.and_(blank, empty)
        if not pc.any(blank).as_py():
            return extract
    if blank is None:
        return extract
    keep = pc.invert(blank).combine_chunks()
    extract.columns = [column.filter(keep) for column in extract.columns]
    extract.lines = extract.lines.filter(keep)
    return extract


def arrow(
    layout: Layout,
    names: list[str],
    keep: Callable[[pacsv.InvalidRow], str],
    *,
    skip: int = 0,
    threads: bool = False,
    only: list[str] | None = None,
    **parsing: Any,
) -> dict[str, Any]:
    """Arrow's options to read a layout's cells as text, under these names, from the line after `skip`.

    `keep` is told each line of another width; their numbers are only known without `threads`. `only` are the columns
    to read. `parsing` is what else its parser is told.
    """
    wanted = names if only is None else only
    return {
        "read_options": pacsv.ReadOptions(
            column_names=names,
            skip_rows=skip,
            encoding="utf8" if layout.encoding == "utf-8" else layout.encoding,
            use_threads=threads,
            block_size=8 * CHUNK,
        ),
        "parse_options": pacsv.ParseOptions(
            delimiter=layout.delimiter, quote_char=layout.quote or False, invalid_row_handler=keep, **parsing
        ),
        "convert_options": pacsv.ConvertOptions(
            include_columns=only,
            column_types={name: pa.string() for name in wanted},
            strings_can_be_null=False,
        ),
    }
