"""Readers: the bytes of one file -> a table of text, with the line that each record comes from.

One reader per family of format. None of them guesses: separator, encoding, sheet and header are
said by the layout, and a file that does not agree is refused with a message that names the place.
"""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa

from pipelines.catalogue.layouts import Layout, pattern
from pipelines.errors import Place, RefusedError


@dataclass(frozen=True)
class Ragged:
    """A line that has not as many cells as the header, whose cells can't be told apart, or that breaks `rule`."""

    line: int
    cells: int
    expected: int
    text: str
    fault: str = ""
    rule: str = "ligne_irreguliere"

    @property
    def reason(self) -> str:
        """Why the line is set aside."""
        return self.fault or f"{self.cells} cellule(s) au lieu de {self.expected}"


@dataclass
class Extract:
    """Cells of one file or sheet, all text; `captures` are read from the names of file and sheet.

    `ended` is false where the last line has no end of line: it may be cut. `header` are the lines of the header as
    they stand, where a reader has more than the names made of them; `headers` are the lines of those met later on;
    `hidden`, those that the sheet doesn't show and that are read all the same; `beside`, the sheets of the same
    headings that nobody reads, and how many lines each has.
    """

    file: str
    headings: list[str]
    columns: list[pa.ChunkedArray]
    lines: pa.Array
    header_line: int
    captures: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    ragged: list[Ragged] = field(default_factory=list)
    rejoined: list[int] = field(default_factory=list)
    ended: bool = True
    header: list[list[str | None]] = field(default_factory=list)
    headers: list[int] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    beside: dict[str, int] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Number of records read."""
        return len(self.lines)


def read(path: Path, layout: Layout, where: Place) -> list[Extract]:
    """Reads one file by its layout: one extract, or one per sheet of a workbook.

    Raises RefusedError where the file isn't what the layout says.
    """
    from pipelines.readers import blocks, delimited, geojson, json_records, json_tree, questionnaire, workbook

    families: dict[str, Callable[[Path, Layout, Place], list[Extract]]] = {
        "delimited": delimited.read,
        "workbook": workbook.read,
        "json": json_records.read,
        "json_tree": json_tree.read,
        "geojson": geojson.read,
        "questionnaire": questionnaire.read,
    }
    if layout.reader == "deposit":
        by_extension = {".csv": "delimited", ".json": "json"}
        layout = layout.model_copy(update={"reader": by_extension.get(path.suffix.lower(), "workbook")})
    refuse_unreadable(path, layout, where)
    extracts = families[layout.reader](path, layout, where)
    if layout.reader in ("delimited", "workbook") and not layout.fields:
        extracts = [part for whole in extracts for part in blocks.split(whole, whole.header or [list(whole.headings)])]
    named = pattern(layout.file, where.millesime or 0).fullmatch(path.name)
    if named:
        for extract in extracts:
            extract.captures = {**named.groupdict(), **extract.captures}
    return extracts


def stream(path: Path, layout: Layout, where: Place, wanted: Callable[[Extract], Collection[int]]) -> Iterator[Extract]:
    """Reads one file of a `streamed` layout in batches, each an extract of some thousand lines.

    `wanted` is asked once, with the headings alone, which columns to read. Raises RefusedError as `read`.
    """
    from pipelines.readers import streamed

    refuse_unreadable(path, layout, where)
    named = pattern(layout.file, where.millesime or 0).fullmatch(path.name)
    for extract in streamed.stream(path, layout, where, wanted):
        extract.captures = named.groupdict() if named else {}
        yield extract


def refuse_unreadable(path: Path, layout: Layout, where: Place) -> None:
    """Refuses what no extract can be: an empty file, or what a site answers in place of one."""
    with path.open("rb") as handle:
        start = handle.read(4096)
    if not start.strip(b"\x00 \t\r\n"):
        raise RefusedError(
            "Le fichier est vide." if not start else "Le fichier ne contient que des octets vides.",
            where=where,
            expected="un extrait avec son en-tête et ses lignes",
            todo="reprendre le fichier d'origine, et le déposer de nouveau"
            + (f" (atlas source {where.source} dit d'où il vient)" if where.source else ""),
        )
    if re.match(
        rb"(\xef\xbb\xbf)?\s*(<!doctype\s+html|<html|<head|<body|<\?xml[^>]*>\s*<!doctype\s+html)",
        start,
        re.I,
    ):
        title = re.search(rb"<title[^>]*>(.*?)</title>", start, re.I | re.S)
        said = f" Elle s'intitule « {title[1].decode('utf-8', 'replace').strip()[:80]} »." if title else ""
        raise RefusedError(
            f"C'est une page web (HTML), pas un extrait.{said}",
            where=where,
            expected="le fichier de données lui-même",
            todo="le site a sans doute répondu par une page d'erreur ou de connexion : télécharger de nouveau",
        )
    if layout.reader in ("delimited", "workbook", "questionnaire") and re.match(
        rb"(\xef\xbb\xbf)?\s*[\[{]\s*[\"{\[}\]]", start
    ):
        raise RefusedError(
            "C'est du JSON, pas "
            + (f"du texte séparé par « {layout.delimiter} »." if layout.reader == "delimited" else "un classeur."),
            where=where,
            expected="le fichier de données lui-même, au format que dit le catalogue",
            todo="l'API a sans doute répondu par un message d'erreur, ou l'export est à demander en CSV : "
            "télécharger de nouveau",
        )


def cut_at_stop(extract: Extract, layout: Layout) -> Extract:
    """Keeps what precedes the first line whose first cell matches the layout's stop rule.

    The lines after it (footers, sources, reading notes) become notes; ragged ones there are no fault.
    """
    if not layout.stop or not extract.columns or not extract.rows:
        return extract
    rule = re.compile(layout.stop, re.IGNORECASE)
    first_cells = extract.columns[0].to_pylist()
    stop = next((i for i, cell in enumerate(first_cells) if rule.match((cell or "").strip())), None)
    ragged_stop = next((r.line for r in extract.ragged if rule.match(r.text.strip().strip('"'))), None)
    stop_line = min(
        (line for line in (None if stop is None else extract.lines[stop].as_py(), ragged_stop) if line is not None),
        default=None,
    )
    if stop_line is None:
        return extract
    keep = sum(1 for line in extract.lines.to_pylist() if line < stop_line)
    tail = [
        " ".join(filter(None, ((column[i].as_py() or "").strip() for column in extract.columns)))
        for i in range(keep, extract.rows)
    ] + [r.text.strip() for r in extract.ragged if r.line >= stop_line]
    return replace(
        extract,
        columns=[column.slice(0, keep) for column in extract.columns],
        lines=extract.lines.slice(0, keep),
        notes=extract.notes + [note for note in tail if note],
        ragged=[r for r in extract.ragged if r.line < stop_line],
    )


def text_columns(rows: list[list[str | None]], width: int) -> list[pa.ChunkedArray]:
    """Rows of text turned into columns; short rows are padded with missing cells."""
    return [
        pa.chunked_array([pa.array([row[i] if i < len(row) else None for row in rows], type=pa.string())])
        for i in range(width)
    ]
