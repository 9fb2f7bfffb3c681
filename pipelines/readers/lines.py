"""The lines of delimited text, and their cells, by a layout."""

import csv
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from pipelines.catalogue.layouts import Layout
from pipelines.readers import Extract
from pipelines.readers.inspection import CHUNK

if TYPE_CHECKING:
    import _csv


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
