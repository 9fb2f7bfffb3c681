"""Delimited text: CSV with `;`, `,` or `|`, in UTF-8 or Windows-1252."""

import csv
import re
from collections import deque
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv

from pipelines.catalogue.layouts import Layout
from pipelines.errors import Place, RefusedError
from pipelines.readers import Extract, Ragged, cut_at_stop, text_columns, typed_records
from pipelines.readers import lines as texts
from pipelines.readers.inspection import Inspected, inspect, refuse_cut
from pipelines.readers.lines import arrow, cells_of, is_blank, reader, without_blank_lines

# A quoted cell may hold line breaks; a quote that stays open longer is a stray one.
RECORD_LINES = 20


def read(path: Path, layout: Layout, where: Place) -> list[Extract]:
    """Reads a delimited file whole, as text. Raises RefusedError where it disagrees with its layout."""
    if layout.fields:
        survey = inspect(path, layout, where)
        refuse_cut(layout, survey, where)
        typed = _rejoin(typed_records.read(path, layout, where), layout)
        typed.ended = survey.ends_with_newline
        return [cut_at_stop(typed, layout)]
    survey, headings, header_line = opened(path, layout, where)
    try:
        extract = None if survey.broken else _quickly(path, layout, headings, header_line, survey.lines)
        if extract is None:
            extract = _slowly(path, layout, headings, header_line, broken=survey.broken)
        extract = _rejoin(extract, layout)
    except (pa.ArrowInvalid, csv.Error) as error:
        raise RefusedError(
            f"Le texte délimité ne se lit pas{_why(error)}.",
            where=where,
            expected=f"des lignes séparées par « {layout.delimiter} », guillemets fermés",
            todo="reprendre le fichier d'origine",
        ) from error
    extract.ended = survey.ends_with_newline
    return [cut_at_stop(extract, layout)]


def opened(path: Path, layout: Layout, where: Place) -> tuple[Inspected, list[str], int]:
    """What one pass over the bytes tells, the names of the columns, and the line where the header ends.

    Raises RefusedError where the file isn't the text that the layout says, or its end seems cut.
    """
    survey = inspect(path, layout, where)
    try:
        headings, header_line = _headings(path, layout, broken=survey.broken)
    except csv.Error as error:
        raise RefusedError(
            f"L'en-tête ne se lit pas{_why(error)}.",
            where=replace(where, line=1),
            expected="une ligne de noms de colonnes",
            todo="reprendre le fichier d'origine",
        ) from error
    if not headings:
        raise RefusedError(
            f"Le fichier s'arrête avant son en-tête (ligne {max(layout.header)}).",
            where=where,
            expected="une ligne de noms de colonnes, puis les données",
            todo="télécharger de nouveau",
        )
    if len(headings) == 1 and layout.delimiter in headings[0]:
        raise RefusedError(
            "Chaque ligne de ce fichier est entre guillemets : elle n'y est qu'une seule cellule.",
            where=replace(where, line=header_line),
            expected=f"des cellules séparées par « {layout.delimiter} », chacune entre guillemets ou non",
            todo="reprendre le fichier d'origine : un tableur ou un éditeur l'a enregistré ainsi",
        )
    refuse_cut(layout, survey, where)
    return survey, headings, header_line


def _why(error: Exception) -> str:
    """Why a text can't be parted, where the library says it; its words are in English."""
    long = "field larger" in str(error)
    return f" : une cellule y a plus de {csv.field_size_limit()} caractères, un guillemet reste ouvert" if long else ""


def _headings(path: Path, layout: Layout, *, broken: bool) -> tuple[list[str], int]:
    """The names of the columns, and the physical line where the header ends."""
    with texts.opened(path, layout, broken=broken)[0] as handle:
        records = reader(handle, layout)
        wanted = max(layout.header)
        for number, row in enumerate(records, start=1):
            if number == 1 and re.fullmatch(r"sep=.?", layout.delimiter.join(row).strip(), re.IGNORECASE):
                wanted += 1  # a spreadsheet's own line, which names the separator of those after it
            if number == wanted:
                return [cell.strip() for cell in row], records.line_num
    return [], 0


def _quickly(path: Path, layout: Layout, headings: list[str], header_line: int, lines: int) -> Extract | None:
    """With Arrow, where each record is one line; None where line numbers would not be exact."""
    names = [f"c{i}" for i in range(len(headings))]
    ragged: list[Ragged] = []

    def keep(row: pacsv.InvalidRow) -> str:
        number = header_line + len(ragged) + 1 if row.number is None else row.number
        ragged.append(Ragged(number, row.actual_columns, row.expected_columns, row.text))
        return "skip"

    def parse(threads: bool) -> pa.Table:
        ragged.clear()
        options = arrow(
            layout, names, keep, skip=header_line, threads=threads, newlines_in_values=False, ignore_empty_lines=True
        )
        return pacsv.read_csv(path, **options)

    table = parse(threads=True)
    if ragged:
        table = parse(threads=False)
    if table.num_rows + len(ragged) != lines - header_line:
        return None
    bad = {r.line for r in ragged}
    numbers = [n for n in range(header_line + 1, lines + 1) if n not in bad] if bad else None
    return without_blank_lines(
        Extract(
            file=path.name,
            headings=headings,
            columns=list(table.columns),
            lines=pa.array(numbers if numbers is not None else range(header_line + 1, lines + 1), type=pa.int64()),
            header_line=header_line,
            ragged=[r for r in ragged if not is_blank(r.text, layout)],
        )
    )


def _slowly(path: Path, layout: Layout, headings: list[str], header_line: int, *, broken: bool) -> Extract:
    """Line by line with exact line numbers, for files with records over several lines or blank lines.

    A quote that is never closed would swallow what follows: only its own line is set aside.
    """
    rows: list[list[str | None]] = []
    lines: list[int] = []
    ragged: list[Ragged] = []
    width = len(headings)
    handle, mended = texts.opened(path, layout, broken=broken)
    with handle:
        numbered = enumerate(handle, start=1)
        waiting: deque[tuple[int, str]] = deque()
        while True:
            number, text = waiting.popleft() if waiting else next(numbered, (0, ""))
            if not number:
                break
            if number <= header_line or is_blank(text, layout):
                continue
            cells: list[str] | None
            if _quote_stays_open(text, layout):
                while len(waiting) < RECORD_LINES and (following := next(numbered, None)):
                    waiting.append(following)
                cells, taken = _over_lines(text, [t for _, t in waiting], layout, width)
                for _ in range(taken):
                    waiting.popleft()
                if cells is None:
                    read = cells_of(text, layout, strict=False) or []
                    ragged.append(Ragged(number, len(read), width, text.rstrip("\r\n"), "guillemet jamais fermé"))
                    continue
            else:
                cells = cells_of(text.rstrip("\r\n"), layout, strict=False) or []
            if len(cells) == width:
                rows.append([*cells])
                lines.append(number)
            else:
                ragged.append(Ragged(number, len(cells), width, text.rstrip("\r\n")))
    return Extract(
        file=path.name,
        headings=headings,
        columns=text_columns(rows, width),
        lines=pa.array(lines, type=pa.int64()),
        header_line=header_line,
        ragged=ragged,
        rejoined=mended,
    )


def _quote_stays_open(text: str, layout: Layout) -> bool:
    """Whether a line ends inside a quoted cell."""
    if not layout.quote or layout.quote not in text:
        return False
    # A marker after the line is a cell of its own, unless a quote still holds it.
    marked = cells_of(text.rstrip("\r\n") + layout.delimiter + "\x00", layout, strict=False)
    return not marked or marked[-1] != "\x00"


def _over_lines(text: str, following: list[str], layout: Layout, width: int) -> tuple[list[str] | None, int]:
    """The record that an open quote continues on the next lines, and how many of them it takes."""
    for taken, more in enumerate(following, start=1):
        text += more
        cells = cells_of(text.rstrip("\r\n"), layout, strict=True)
        if cells is not None and len(cells) == width:
            return cells, taken
    return None, 0


def _rejoin(extract: Extract, layout: Layout) -> Extract:
    """Puts back together a record that a stray line break cut in two.

    Only where nothing else is possible: two neighbouring lines, both short, whose cells make exactly
    one record (SAE's GHT file of 2022 has one, inside a group's name). The repair is reported.
    """
    pieces = sorted(extract.ragged, key=lambda r: r.line)
    rows: list[tuple[int, list[str]]] = []
    left: list[Ragged] = []
    while pieces:
        first = pieces.pop(0)
        second = pieces[0] if pieces else None
        if second and second.line == first.line + 1 and first.cells + second.cells - 1 == first.expected:
            pieces.pop(0)
            cells = cells_of(f"{first.text} {second.text}", layout, strict=False) or []
            if len(cells) == first.expected:
                rows.append((first.line, cells))
                continue
            left += [first, second]
        else:
            left.append(first)
    if not rows:
        return extract
    mended = text_columns([[*cells] for _, cells in rows], len(extract.headings))
    lines = pa.array([*extract.lines.to_pylist(), *(line for line, _ in rows)], type=pa.int64())
    order = pa.array(sorted(range(len(lines)), key=lambda i: lines[i].as_py()))
    extract.columns = [
        pa.chunked_array([*column.chunks, *extra.chunks]).take(order)
        for column, extra in zip(extract.columns, mended, strict=True)
    ]
    extract.lines = lines.take(order)
    extract.ragged = left
    extract.rejoined += [line for line, _ in rows]
    return extract
