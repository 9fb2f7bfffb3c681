"""Delimited text: CSV with `;`, `,` or `|`, in UTF-8 or Windows-1252."""

import codecs
import csv
import re
import struct
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from pipelines.catalogue import Layout
from pipelines.errors import Place, RefusedError
from pipelines.readers import Extract, Ragged, cut_at_stop, text_columns

if TYPE_CHECKING:
    import _csv

CHUNK = 1 << 20
BOM = b"\xef\xbb\xbf"
# A quoted cell may hold line breaks; a quote that stays open longer is a stray one.
RECORD_LINES = 20
# Ragged lines kept of a streamed file: with more, it isn't the file that the layout describes.
RAGGED_MAX = 100_000


@dataclass(frozen=True)
class _Survey:
    """What one pass over the bytes tells: physical lines, and whether the last one is ended."""

    lines: int
    ends_with_newline: bool


class _Decodes:
    """Feeds blocks to a strict decoder and remembers where it failed."""

    def __init__(self, encoding: str) -> None:
        self.decoder = codecs.getincrementaldecoder(encoding)("strict")
        self.failed_at: int | None = None
        self.fed = 0

    def feed(self, block: bytes, final: bool = False) -> None:
        if self.failed_at is not None:
            return
        pending = len(self.decoder.getstate()[0])
        if not pending and _valid_utf8(block, self.decoder):
            self.fed += len(block)
            return
        try:
            self.decoder.decode(block, final)
        except UnicodeDecodeError as error:
            self.failed_at = self.fed - pending + error.start
        self.fed += len(block)


def _valid_utf8(block: bytes, decoder: codecs.IncrementalDecoder) -> bool:
    """Whether a block is UTF-8 to its last byte, as Arrow tells it some ten times as fast as a decoder."""
    if not block or not isinstance(decoder, codecs.BufferedIncrementalDecoder):
        return False
    ends = pa.py_buffer(struct.pack("<ii", 0, len(block)))
    try:
        pa.Array.from_buffers(pa.string(), 1, [None, ends, pa.py_buffer(block)]).validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _line_of(path: Path, offset: int) -> int:
    with path.open("rb") as handle:
        return handle.read(offset).count(b"\n") + 1


def _kind(start: bytes, nul: int, size: int) -> str | None:
    """What a file is when it isn't delimited text, by its first bytes; None where it may be text."""
    magic = {
        b"PK\x03\x04": "un classeur (xlsx, ods) ou une archive zip",
        b"\xd0\xcf\x11\xe0": "un classeur xls",
        b"7z\xbc\xaf": "une archive 7z",
        b"\x1f\x8b": "une archive gzip",
        b"%PDF": "un document PDF",
    }
    for known, kind in magic.items():
        if start.startswith(known):
            return kind
    # Half of the bytes of a Latin text in UTF-16 are null; a damaged file has a few.
    if start[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) or nul > size / 5:
        return "du texte en UTF-16 (« Unicode » des tableurs) ou un fichier binaire"
    return None


def _survey(path: Path, layout: Layout, where: Place) -> _Survey:
    """One pass over the bytes. Refuses another encoding than the layout's, and binary content."""
    utf8, declared = _Decodes("utf-8"), _Decodes(layout.encoding)
    newlines, nul, first_nul, size, ascii_only, last, start = 0, 0, -1, 0, True, b"", b""
    with path.open("rb") as handle:
        while block := handle.read(CHUNK) + handle.readline(CHUNK):  # whole lines, so whole characters
            start = start or block[:4]
            newlines += block.count(b"\n")
            if found := block.count(b"\x00"):
                first_nul = size + block.index(b"\x00") if first_nul < 0 else first_nul
                nul += found
            size += len(block)
            ascii_only = ascii_only and block.isascii()
            utf8.feed(block)
            if layout.encoding != "utf-8":
                declared.feed(block)
            last = block[-1:]
    utf8.feed(b"", final=True)
    if layout.encoding == "utf-8":
        declared = utf8
    else:
        declared.feed(b"", final=True)
    kind = _kind(start, nul, size)
    if kind is not None:
        raise RefusedError(
            f"Ce n'est pas du texte délimité, mais {kind}.",
            where=where,
            expected=f"du texte en {_name(layout.encoding)}, séparé par « {layout.delimiter} »",
            todo="déposer le fichier d'origine du producteur, sans l'avoir ouvert ni enregistré dans un tableur",
        )
    if nul:
        raise RefusedError(
            f"Le fichier est abîmé : {nul} octet(s) nul(s) dans le texte.",
            where=replace(where, line=_line_of(path, first_nul)),
            expected=f"du texte en {_name(layout.encoding)}, sans octet nul",
            todo="télécharger de nouveau : le transfert ou le disque a laissé un trou dans le fichier",
        )
    if declared.failed_at is not None:
        hint = " ; il se lit en Windows-1252" if layout.encoding == "utf-8" else ""
        raise RefusedError(
            f"Le fichier n'est pas en {_name(layout.encoding)} : un octet y est illisible{hint}.",
            where=replace(where, line=_line_of(path, declared.failed_at)),
            expected=f"du texte en {_name(layout.encoding)}",
            todo="reprendre le fichier d'origine ; si le producteur a changé d'encodage, le dire dans "
            f"`encoding` (pipelines/catalogue/{where.source}.yml)",
        )
    if layout.encoding == "cp1252" and not ascii_only and utf8.failed_at is None:
        raise RefusedError(
            "Le fichier est en UTF-8, alors que ce millésime se lit en Windows-1252 : "
            "les accents seraient faux (« CÅ’UR » pour « CŒUR »).",
            where=where,
            expected="du texte en Windows-1252",
            todo="reprendre le fichier d'origine, sans l'avoir enregistré dans un tableur ; si le producteur est "
            f"passé à l'UTF-8, le dire dans `encoding` (pipelines/catalogue/{where.source}.yml)",
        )
    ended = last in (b"\n", b"\r")
    return _Survey(lines=newlines + (0 if last == b"\n" else 1), ends_with_newline=ended)


def _name(encoding: str) -> str:
    """What an encoding is called in a message."""
    return {"utf-8": "UTF-8", "cp1252": "Windows-1252"}[encoding]


def _reader(lines: Iterable[str], layout: Layout, *, strict: bool = False) -> "_csv.Reader":
    return csv.reader(
        lines,
        delimiter=layout.delimiter,
        quotechar=layout.quote or '"',
        quoting=csv.QUOTE_MINIMAL if layout.quote else csv.QUOTE_NONE,
        strict=strict,
    )


def _encoding(layout: Layout) -> str:
    return "utf-8-sig" if layout.encoding == "utf-8" else layout.encoding


def _headings(path: Path, layout: Layout) -> tuple[list[str], int]:
    """The names of the columns, and the physical line where the header ends."""
    with path.open(encoding=_encoding(layout), newline="") as handle:
        reader = _reader(handle, layout)
        wanted = max(layout.header)
        for number, row in enumerate(reader, start=1):
            if number == wanted:
                return [cell.strip() for cell in row], reader.line_num
    return [], 0


def _cells(text: str, layout: Layout, *, strict: bool) -> list[str] | None:
    """The cells of one record; None where `strict` and its quotes are not in order."""
    try:
        return next(_reader([text], layout, strict=strict), [])
    except csv.Error:
        if strict:
            return None
        raise


def _quote_stays_open(text: str, layout: Layout) -> bool:
    """Whether a line ends inside a quoted cell."""
    if not layout.quote or layout.quote not in text:
        return False
    # A marker after the line is a cell of its own, unless a quote still holds it.
    marked = _cells(text.rstrip("\r\n") + layout.delimiter + "\x00", layout, strict=False)
    return not marked or marked[-1] != "\x00"


def _slowly(path: Path, layout: Layout, headings: list[str], header_line: int) -> Extract:
    """Line by line with exact line numbers, for files with records over several lines or blank lines.

    A quote that is never closed would swallow what follows: only its own line is set aside.
    """
    rows: list[list[str | None]] = []
    lines: list[int] = []
    ragged: list[Ragged] = []
    width = len(headings)
    with path.open(encoding=_encoding(layout), newline="") as handle:
        numbered = enumerate(handle, start=1)
        waiting: deque[tuple[int, str]] = deque()
        while True:
            number, text = waiting.popleft() if waiting else next(numbered, (0, ""))
            if not number:
                break
            if number <= header_line or _is_blank(text, layout):
                continue
            cells: list[str] | None
            if _quote_stays_open(text, layout):
                while len(waiting) < RECORD_LINES and (following := next(numbered, None)):
                    waiting.append(following)
                cells, taken = _over_lines(text, [t for _, t in waiting], layout, width)
                for _ in range(taken):
                    waiting.popleft()
                if cells is None:
                    read = _cells(text, layout, strict=False) or []
                    ragged.append(Ragged(number, len(read), width, text.rstrip("\r\n"), "guillemet jamais fermé"))
                    continue
            else:
                cells = _cells(text.rstrip("\r\n"), layout, strict=False) or []
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
    )


def _over_lines(text: str, following: list[str], layout: Layout, width: int) -> tuple[list[str] | None, int]:
    """The record that an open quote continues on the next lines, and how many of them it takes."""
    for taken, more in enumerate(following, start=1):
        text += more
        cells = _cells(text.rstrip("\r\n"), layout, strict=True)
        if cells is not None and len(cells) == width:
            return cells, taken
    return None, 0


def _is_blank(text: str, layout: Layout) -> bool:
    """Whether a line has nothing but separators and empty cells: spreadsheets leave such lines behind."""
    return not text.replace(layout.delimiter, "").replace(layout.quote or "", "").strip()


def _without_blank_lines(extract: Extract) -> Extract:
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


def stream(path: Path, layout: Layout, where: Place, wanted: Callable[[Extract], Collection[int]]) -> Iterator[Extract]:
    """Reads a file in batches of some thousand lines, each an extract of its own, in the order of the file.

    `wanted` is asked once, with an extract that has the headings and no line: it answers the indexes of
    the columns to read; the others come without a cell. Raises RefusedError as `read` does.
    """
    survey, headings, header_line = _opened(path, layout, where)
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
    options = {
        "read_options": pacsv.ReadOptions(
            column_names=names,
            skip_rows=header_line,
            encoding="utf8" if layout.encoding == "utf-8" else layout.encoding,
            use_threads=False,  # else the numbers of ragged lines are not known
            block_size=8 * CHUNK,
        ),
        "parse_options": pacsv.ParseOptions(
            delimiter=layout.delimiter,
            quote_char=False,
            newlines_in_values=False,
            ignore_empty_lines=False,
            invalid_row_handler=keep,
        ),
        "convert_options": pacsv.ConvertOptions(
            include_columns=kept,
            column_types={name: pa.string() for name in kept},
            strings_can_be_null=False,
        ),
    }
    line, aside = header_line + 1, 0
    for batch in _batches(path, options, where):
        # Lines set aside may belong to the next batches: those of this one end where its rows do.
        bad: list[Ragged] = []
        end = line + batch.num_rows
        while ragged and ragged[0].line < end:
            bad.append(ragged.popleft())
            end += 1
        skipped = {r.line for r in bad}
        lines = pa.array([n for n in range(line, end) if n not in skipped] if bad else range(line, end), pa.int64())
        unread = pa.repeat(pa.scalar("", pa.string()), batch.num_rows)
        cells = dict(zip(kept, batch.columns, strict=True))
        yield _without_blank_lines(
            replace(
                empty,
                columns=[pa.chunked_array([cells.get(name, unread)]) for name in names],
                lines=lines,
                ragged=[r for r in bad if not _is_blank(r.text, layout)],
            )
        )
        line, aside = end, aside + len(bad)
        _refuse_ragged(aside + len(ragged), len(names), layout, where)
    _refuse_ragged(aside + len(ragged), len(names), layout, where)
    line += len(ragged)
    if ragged:
        yield replace(empty, ragged=[r for r in ragged if not _is_blank(r.text, layout)])
    if line != survey.lines + 1:
        raise RefusedError(
            f"Des retours chariot coupent des lignes en deux : {survey.lines} fins de ligne, {line - 1} lignes lues.",
            where=where,
            expected="des lignes qui finissent toutes de la même façon",
            todo="reprendre le fichier d'origine, sans l'avoir converti",
        )


def _refuse_ragged(count: int, width: int, layout: Layout, where: Place) -> None:
    """Refuses a file most of whose lines are of another width than its header."""
    if count > RAGGED_MAX:
        raise RefusedError(
            f"Plus de {RAGGED_MAX} lignes n'ont pas autant de cellules que l'en-tête, qui en a {width}.",
            where=where,
            expected=f"des lignes de {width} cellules séparées par « {layout.delimiter} »",
            todo="reprendre le fichier d'origine ; si le producteur a changé l'en-tête ou le séparateur, "
            f"le dire dans le catalogue (pipelines/catalogue/{where.source}.yml)",
        )


def _batches(path: Path, options: dict[str, Any], where: Place) -> Iterator[pa.RecordBatch]:
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
        return pacsv.read_csv(
            path,
            read_options=pacsv.ReadOptions(
                column_names=names,
                skip_rows=header_line,
                encoding="utf8" if layout.encoding == "utf-8" else layout.encoding,
                use_threads=threads,
                block_size=8 * CHUNK,
            ),
            parse_options=pacsv.ParseOptions(
                delimiter=layout.delimiter,
                quote_char=layout.quote or False,
                newlines_in_values=False,
                invalid_row_handler=keep,
                ignore_empty_lines=True,
            ),
            convert_options=pacsv.ConvertOptions(
                column_types={name: pa.string() for name in names},
                strings_can_be_null=False,
            ),
        )

    table = parse(threads=True)
    if ragged:
        table = parse(threads=False)
    if table.num_rows + len(ragged) != lines - header_line:
        return None
    bad = {r.line for r in ragged}
    numbers = [n for n in range(header_line + 1, lines + 1) if n not in bad] if bad else None
    return _without_blank_lines(
        Extract(
            file=path.name,
            headings=headings,
            columns=list(table.columns),
            lines=pa.array(numbers if numbers is not None else range(header_line + 1, lines + 1), type=pa.int64()),
            header_line=header_line,
            ragged=[r for r in ragged if not _is_blank(r.text, layout)],
        )
    )


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
            cells = _cells(f"{first.text} {second.text}", layout, strict=False) or []
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
    extract.rejoined = [line for line, _ in rows]
    return extract


def _refuse_cut(layout: Layout, survey: _Survey, where: Place) -> None:
    """Refuses a file whose last line has no end, where its producer always ends it."""
    if layout.final_newline and not survey.ends_with_newline:
        raise RefusedError(
            "Le fichier ne finit pas par une fin de ligne : sa dernière ligne est sans doute coupée.",
            where=replace(where, line=survey.lines),
            expected="un fichier entier ; ce producteur termine toujours sa dernière ligne",
            todo="télécharger de nouveau ; s'il est bien entier, mettre `final_newline: false` "
            f"(pipelines/catalogue/{where.source}.yml)",
        )


def _preamble(first: bytes, layout: Layout, where: Place) -> dict[str, str]:
    """What the first line says of the file. Raises RefusedError where it isn't that line."""
    if layout.preamble is None:
        return {}
    text = first.decode(_encoding(layout)).strip()
    said = re.fullmatch(layout.preamble, text)
    if said is None:
        raise RefusedError(
            f"La première ligne n'est pas celle qui décrit le fichier : « {text[:80]} ».",
            where=replace(where, line=1),
            expected=f"une ligne comme « {layout.preamble} », puis les données",
            todo="reprendre le fichier d'origine, sans l'avoir trié ni coupé",
        )
    return said.groupdict(default="")


def _typed_records(path: Path, layout: Layout, where: Place) -> Extract:
    """Records of one type in a file without a header, whose first cell may tell the type of each line.

    A line of a type that the layout doesn't know is set aside. Raises RefusedError where no line is of
    the wanted type, or where most have another number of cells than the layout has fields.
    """
    lines = path.read_bytes().removeprefix(BOM).split(b"\n")
    captures = _preamble(lines[0], layout, where)
    delimiter = layout.delimiter.encode()
    known = {kind.encode() for kind in layout.others}
    width = len(layout.fields)
    picked: list[int] = []
    ragged: list[Ragged] = []
    for number, line in enumerate(lines[1:] if layout.preamble else lines, start=2 if layout.preamble else 1):
        kind = line.partition(delimiter)[0].strip()
        if layout.record is None or kind == layout.record.encode():
            if line.strip():
                picked.append(number)
        elif kind not in known and line.replace(delimiter, b"").strip():
            text = line.decode(_encoding(layout)).rstrip("\r")
            fault = f"type d'enregistrement inconnu : « {kind.decode(_encoding(layout))[:40]} »"
            cells = _cells(text, layout, strict=False) or []
            ragged.append(Ragged(number, len(cells), width, text, fault))
    bad: list[Ragged] = []

    def keep(row: pacsv.InvalidRow) -> str:
        bad.append(Ragged(picked[row.number - 1], row.actual_columns, row.expected_columns, row.text))
        return "skip"

    names = [f"c{i}" for i in range(width)]
    body = b"\n".join(lines[number - 1].rstrip(b"\r") for number in picked) + b"\n"
    table = (
        pacsv.read_csv(
            pa.BufferReader(body),
            read_options=pacsv.ReadOptions(
                column_names=names,
                encoding="utf8" if layout.encoding == "utf-8" else layout.encoding,
                use_threads=False,
                block_size=8 * CHUNK,
            ),
            parse_options=pacsv.ParseOptions(
                delimiter=layout.delimiter, quote_char=layout.quote or False, invalid_row_handler=keep
            ),
            convert_options=pacsv.ConvertOptions(
                column_types={name: pa.string() for name in names}, strings_can_be_null=False
            ),
        )
        if picked
        else pa.table({name: pa.array([], pa.string()) for name in names})
    )
    widths = Counter(r.cells for r in bad)
    if not picked or sum(widths.values()) > len(picked) / 2:
        usual = widths.most_common(1)[0][0] if widths else 0
        raise RefusedError(
            f"Les lignes « {layout.record} » ont {usual} champs au lieu de {width}."
            if picked
            else f"Aucune ligne n'est du type « {layout.record} ».",
            where=replace(where, line=bad[0].line if bad else None),
            expected=f"des lignes de {width} champs : {layout.delimiter.join(layout.fields[:6])} …",
            todo="reprendre le fichier d'origine ; si le producteur a ajouté ou retiré un champ, corriger `fields` "
            f"(pipelines/catalogue/{where.source}.yml) dans un layout daté",
        )
    if table.num_rows + len(bad) != len(picked):
        raise RefusedError(
            "Un guillemet reste ouvert d'une ligne à l'autre : les enregistrements ne se séparent plus.",
            where=where,
            expected="un enregistrement par ligne, guillemets fermés",
            todo="reprendre le fichier d'origine",
        )
    out = {r.line for r in bad}
    return Extract(
        file=path.name,
        headings=[*layout.fields],
        columns=list(table.columns),
        lines=pa.array([n for n in picked if n not in out], type=pa.int64()),
        header_line=0,
        captures=captures,
        ragged=sorted([*ragged, *bad], key=lambda r: r.line),
    )


def read(path: Path, layout: Layout, where: Place) -> list[Extract]:
    """Reads a delimited file whole, as text. Raises RefusedError where it disagrees with its layout."""
    if layout.fields:
        survey = _survey(path, layout, where)
        _refuse_cut(layout, survey, where)
        typed = _rejoin(_typed_records(path, layout, where), layout)
        typed.ended = survey.ends_with_newline
        return [cut_at_stop(typed, layout)]
    survey, headings, header_line = _opened(path, layout, where)
    try:
        extract = _quickly(path, layout, headings, header_line, survey.lines)
        if extract is None:
            extract = _slowly(path, layout, headings, header_line)
        extract = _rejoin(extract, layout)
    except (pa.ArrowInvalid, csv.Error) as error:
        raise RefusedError(
            f"Le texte délimité ne se lit pas : {error}",
            where=where,
            expected=f"des lignes séparées par « {layout.delimiter} », guillemets fermés",
            todo="reprendre le fichier d'origine",
        ) from error
    extract.ended = survey.ends_with_newline
    return [cut_at_stop(extract, layout)]


def _opened(path: Path, layout: Layout, where: Place) -> tuple[_Survey, list[str], int]:
    """What one pass over the bytes tells, the names of the columns, and the line where the header ends.

    Raises RefusedError where the file isn't the text that the layout says, or its end seems cut.
    """
    survey = _survey(path, layout, where)
    try:
        headings, header_line = _headings(path, layout)
    except csv.Error as error:
        raise RefusedError(
            f"L'en-tête ne se lit pas : {error}.",
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
    _refuse_cut(layout, survey, where)
    return survey, headings, header_line
