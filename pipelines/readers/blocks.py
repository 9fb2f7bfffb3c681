"""A table that starts anew on its way: a header in the middle, under which columns may mean something else."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.readers import Extract

# A line is a header where at least two of its cells are names of columns, and most of those that are filled.
NAMES_MIN, SHARE = 2, 0.6


def headings(rows: Sequence[Sequence[str | None]]) -> list[str]:
    """Names of columns from one or more header rows: a merged group stands before each of its columns."""
    width = max(len(row) for row in rows)
    padded = [[(cell or "").strip() for cell in row] + [""] * (width - len(row)) for row in rows]
    names = padded[-1]
    for row in reversed(padded[:-1]):
        group, merged = "", []
        for cell, below in zip(row, names, strict=True):
            group = cell or group
            merged.append(f"{group} / {below}" if group and below else cell or below)
        names = merged
    return names


def split(extract: Extract, header: Sequence[Sequence[str | None]]) -> list[Extract]:
    """The parts of an extract between its headers; the extract alone where it has one.

    `header` are the rows of its own header. Under a later one, a column without a name keeps the one it had if it
    holds something, and has none if it is empty.
    """
    starts = _starts(extract, header)
    if not starts:
        return [extract]
    above = len(header) - 1
    bounds = [-1, *starts, extract.rows]
    parts = []
    for rank, (start, end) in enumerate(pairwise(bounds)):
        first, last = start + 1, end - (above if rank < len(starts) else 0)
        columns = [column.slice(first, last - first) for column in extract.columns]
        part = replace(
            extract,
            columns=columns,
            lines=extract.lines.slice(first, last - first),
            ragged=[],
            notes=[],
            hidden=[],
            beside={},
        )
        if rank:
            rows = [[column[i].as_py() for column in extract.columns] for i in range(start - above, start + 1)]
            said = zip(headings(rows), extract.headings, columns, strict=True)
            part.headings = [name or (before if _holds(column) else "") for name, before, column in said]
            part.header_line = extract.lines[start].as_py()
        parts.append(part)
    kept = [part for part in parts if part.rows] or parts[:1]
    kept[-1].ragged, kept[-1].notes, kept[-1].hidden = extract.ragged, extract.notes, extract.hidden
    kept[-1].beside = extract.beside
    kept[-1].headers = [part.header_line for part in parts[1:]]
    return kept


def _starts(extract: Extract, header: Sequence[Sequence[str | None]]) -> list[int]:
    """The rows that are a header, or the last line of one."""
    said = {cell for text in header[-1] if (cell := (text or "").strip()) and not cell.isdigit()}
    if len(said) < NAMES_MIN or not extract.rows:
        return []
    names = pa.array(sorted({*said, *(text for text in header[-1] if text and text.strip() in said)}), pa.string())
    found = _sum(extract, [pc.is_in(column, value_set=names) for column in extract.columns])
    likely = pc.indices_nonzero(pc.greater_equal(found, NAMES_MIN)).to_pylist()
    above = {cell for row in header[:-1] for text in row if (cell := (text or "").strip())}
    starts = []
    for row in likely:
        filled = [text for column in extract.columns if (text := (column[row].as_py() or "").strip())]
        whole = all(_is_above(extract, row - i, row, above) for i in range(1, len(header)))
        if whole and sum(text in said for text in filled) >= SHARE * len(filled):
            starts.append(row)
    return starts


def _is_above(extract: Extract, row: int, last: int, names: set[str]) -> bool:
    """Whether a row is the line of a header that stands that much above its last one."""
    if row < 0 or extract.lines[row].as_py() != extract.lines[last].as_py() - (last - row):
        return False
    filled = [text for column in extract.columns if (text := (column[row].as_py() or "").strip())]
    return bool(filled) and sum(text in names for text in filled) >= SHARE * len(filled)


def _holds(column: pa.ChunkedArray) -> bool:
    """Whether a column has a filled cell."""
    return bool(pc.any(pc.not_equal(pc.utf8_trim_whitespace(pc.fill_null(column, "")), "")).as_py())


def _sum(extract: Extract, masks: list[pa.ChunkedArray]) -> pa.Array:
    total = pa.repeat(pa.scalar(0, pa.int16()), extract.rows)
    for mask in masks:
        total = pc.add(total, pc.cast(mask.combine_chunks(), pa.int16()))
    return total
