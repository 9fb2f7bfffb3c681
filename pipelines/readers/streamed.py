"""Delimited text in batches: files whose size costs no memory."""

from collections import deque
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv

from pipelines.catalogue.advice import again
from pipelines.catalogue.layouts import Layout
from pipelines.errors import Place, RefusedError
from pipelines.readers import Extract, Ragged
from pipelines.readers.delimited import opened
from pipelines.readers.lines import Unbroken, arrow, is_blank, without_blank_lines

# Ragged lines kept of a streamed file: with more, it isn't the file that the layout describes.
RAGGED_MAX = 100_000


def stream(path: Path, layout: Layout, where: Place, wanted: Callable[[Extract], Collection[int]]) -> Iterator[Extract]:
    """Reads a file in batches of some thousand lines, each an extract of its own, in the order of the file.

    `wanted` is asked once, with an extract that has the headings and no line: it answers the indexes of
    the columns to read; the others come without a cell. Raises RefusedError as `read` does.
    """
    survey, headings, header_line = opened(path, layout, where)
    names = [f"c{i}" for i in range(len(headings))]
    nothing = pa.chunked_array([pa.array([], pa.string())])
    empty = Extract(path.name, headings, [nothing] * len(names), pa.array([], pa.int64()), header_line)
    kept = [names[i] for i in sorted(wanted(empty))]
    ragged: deque[Ragged] = deque()

    def keep(row: pacsv.InvalidRow) -> str:
        if len(ragged) <= RAGGED_MAX:  # more than that are told by their number alone
            ragged.append(Ragged(row.number, row.actual_columns, row.expected_columns, row.text))
        return "skip"

    if survey.lines <= header_line:
        return
    options = arrow(
        layout, names, keep, skip=header_line, only=kept, newlines_in_values=False, ignore_empty_lines=False
    )
    line, aside = header_line + 1, 0
    # Read so only where it must be: Arrow takes a carriage return alone for the end of a line.
    text = Unbroken(path) if survey.broken else path
    for batch in _batches(text, options, where):
        bad, lines = _numbered(batch, line, ragged)
        unread = pa.repeat(pa.scalar("", pa.string()), batch.num_rows)
        cells = dict(zip(kept, batch.columns, strict=True))
        yield without_blank_lines(
            replace(
                empty,
                columns=[pa.chunked_array([cells.get(name, unread)]) for name in names],
                lines=lines,
                ragged=[r for r in bad if not is_blank(r.text, layout)],
            )
        )
        line, aside = line + batch.num_rows + len(bad), aside + len(bad)
        _refuse_ragged(aside + len(ragged), len(names), layout, where)
    _refuse_ragged(aside + len(ragged), len(names), layout, where)
    line += len(ragged)
    mended = text.mended if isinstance(text, Unbroken) else []
    if ragged or mended:
        yield replace(empty, ragged=[r for r in ragged if not is_blank(r.text, layout)], rejoined=mended)
    if line != survey.lines + 1:
        raise RefusedError(
            f"Les lignes ne se comptent pas : {survey.lines} fins de ligne, {line - 1} lignes lues.",
            where=where,
            expected="des lignes qui finissent toutes de la même façon",
            todo="reprendre le fichier d'origine, sans l'avoir converti",
        )


def _numbered(batch: pa.RecordBatch, line: int, ragged: deque[Ragged]) -> tuple[list[Ragged], pa.Array]:
    """The lines set aside that stand among the rows of a batch, taken out of `ragged`; and the numbers of its rows.

    Lines set aside may belong to the next batches: those of this one end where its rows do.
    """
    bad: list[Ragged] = []
    end = line + batch.num_rows
    while ragged and ragged[0].line < end:
        bad.append(ragged.popleft())
        end += 1
    skipped = {r.line for r in bad}
    return bad, pa.array([n for n in range(line, end) if n not in skipped] if bad else range(line, end), pa.int64())


def _refuse_ragged(count: int, width: int, layout: Layout, where: Place) -> None:
    """Refuses a file most of whose lines are of another width than its header."""
    if count > RAGGED_MAX:
        raise RefusedError(
            f"Plus de {RAGGED_MAX} lignes n'ont pas autant de cellules que l'en-tête, qui en a {width}.",
            where=where,
            expected=f"des lignes de {width} cellules séparées par « {layout.delimiter} »",
            todo=again(where.source, where.millesime),
        )


def _batches(path: Path | Unbroken, options: dict[str, Any], where: Place) -> Iterator[pa.RecordBatch]:
    """The batches of a file, each parsed while the one before is used."""
    try:
        with pacsv.open_csv(path, **options) as batches, ThreadPoolExecutor(1) as ahead:
            pending = ahead.submit(next, batches, None)
            while (batch := pending.result()) is not None:
                pending = ahead.submit(next, batches, None)
                yield batch
    except pa.ArrowInvalid as error:  # its own words would quote the text
        raise RefusedError(
            "Le texte délimité ne se lit pas.",
            where=where,
            expected="du texte délimité, une ligne par enregistrement",
            todo="reprendre le fichier d'origine",
        ) from error
