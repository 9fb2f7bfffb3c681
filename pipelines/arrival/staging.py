"""Staging: the extract's cells as typed Parquet, and nothing else.

Cells are trimmed, renamed, cast by the column map, and unpivoted where the layout says so; `_fichier`
and `_ligne` say where each row comes from. A cell that can't be read as the map says is left empty, and told with
its reason; its line goes, and never reaches `core`, only where that cell says which line it is.

What identifies a person leaves here as a keyed hash or not at all: of a source with such a column, lines
set aside keep their place and their reason, never their text.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from pipelines import readers
from pipelines.arrival import personnes, typed
from pipelines.arrival.aside import WHOLE, Aside, Unread, refused_file
from pipelines.arrival.headings import match
from pipelines.catalogue import CAPTURED, PERSON, Column, Source
from pipelines.catalogue.advice import again
from pipelines.catalogue.layouts import pattern, plainly
from pipelines.database.duck import literal
from pipelines.errors import Place, RefusedError
from pipelines.readers import Extract, Ragged

# What stands around a cell and shows nothing: every blank, and the signs without width that pages leave in a copy.
BLANK = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\u00ad\u200b\u200c\u200d\u2060\ufeff"


@dataclass
class Staged:
    """One staged table: where it is, how many rows it holds, what was set aside and remarked.

    `formless`: column -> cells that were emptied for their form, and the file and line of the first; `mended`: column
    -> cells that the catalogue says how to mend (repairs.py); `hidden`: lines that a sheet hides, and that were read;
    `beside`: sheets that nobody reads, their lines, and those of the sheet of the same headings that is read.
    """

    table: str
    path: Path
    rows: int
    quarantined: int
    unknown_headings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    rejoined: list[str] = field(default_factory=list)
    formless: dict[str, list[Any]] = field(default_factory=dict)
    mended: dict[str, int] = field(default_factory=dict)
    headers: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    beside: list[list[Any]] = field(default_factory=list)


def text_table(
    source: Source, table: str, millesime: int, extract: Extract, where: Place, aside: Aside, key: bytes = b""
) -> pa.Table:
    """The mapped cells of one extract as text that SQL can cast, under our names, with `_fichier` and `_ligne`.

    Cells that identify a person are hashed with `key` here, and those of another form than their column's are
    emptied, before anything else sees them. `aside` takes what can't be read.
    """
    layout = source.layout(table, millesime)
    found = match(source, table, millesime, extract, where)
    slices = _slices(source, table, millesime, extract, where)
    trimmed = _cells(source, table, extract, found, key, aside.formless)
    parts = []
    for captures, index in slices:
        cells, places = dict(trimmed), dict(found)
        if layout.unpivot and index is not None:
            cells[layout.unpivot.value], places[layout.unpivot.value] = _trimmed(extract.columns[index]), index
        for column in source.of_table(table):
            if column.name not in cells:
                cells[column.name] = _captured(column, millesime, captures, extract.rows)
        parts.append(_typeable(source, table, millesime, extract, cells, places, aside))
    return pa.concat_tables(parts)


def _typeable(
    source: Source,
    table: str,
    millesime: int,
    extract: Extract,
    cells: dict[str, pa.ChunkedArray | pa.Array],
    places: dict[str, int],
    aside: Aside,
) -> pa.Table:
    """The lines of an extract as text that SQL can cast, without those whose key can't be read."""
    layout = source.layout(table, millesime)
    arrays: dict[str, pa.ChunkedArray | pa.Array] = {}
    unread: list[Unread] = []
    for column in source.of_table(table):
        read = typed.read(column, layout, cells[column.name], file=extract.file)
        arrays[column.name] = read.values
        if read.status is not None:
            arrays[f"{column.name}_statut"] = read.status
        unread += [(row, column, text, why) for row, text, why in read.unread]
    arrays["_fichier"] = pa.repeat(pa.scalar(extract.file, pa.string()), extract.rows)
    arrays["_ligne"] = extract.lines
    made = pa.table(arrays)
    gone = aside.unread(source, table, extract, cells, places, unread) if unread else set()
    return made.filter(pa.array([row not in gone for row in range(extract.rows)])) if gone else made


def _slices(
    source: Source, table: str, millesime: int, extract: Extract, where: Place
) -> list[tuple[dict[str, str], int | None]]:
    """What is captured for each row that a line gives, and the index of its value: one row, or one per heading.

    Raises RefusedError where no heading is one to turn into a key.
    """
    layout = source.layout(table, millesime)
    if not layout.unpivot:
        return [(extract.captures, None)]
    rule = pattern(layout.unpivot.heading, millesime)
    slices = [
        ({**extract.captures, **named.groupdict()}, index)
        for index, heading in enumerate(extract.headings)
        if (named := rule.fullmatch(heading.strip()))
    ]
    if not slices:
        raise RefusedError(
            f"Aucune colonne ne s'appelle « {plainly(layout.unpivot.heading, millesime)} ».",
            where=replace(where, line=extract.header_line),
            expected="une colonne par modalité ; l'en-tête a : " + ", ".join(extract.headings[:15]),
            todo=again(where.source, where.millesime),
        )
    return [*slices]


def _cells(
    source: Source,
    table: str,
    extract: Extract,
    found: dict[str, int],
    key: bytes,
    formless: dict[str, list[Any]],
) -> dict[str, pa.ChunkedArray | pa.Array]:
    """The trimmed cells of the mapped columns; those of persons hashed, those of another form emptied and counted."""
    trimmed = {name: _trimmed(extract.columns[index]) for name, index in found.items()}
    for column in source.of_table(table):
        if column.type == PERSON and column.name in trimmed:
            trimmed[column.name] = personnes.hashed(trimmed[column.name], key)
        form = source.tables[table].formes.get(column.name)
        if form and column.name in trimmed:
            trimmed[column.name], count, first = _formed(trimmed[column.name], form)
            if count:
                formless.setdefault(column.name, [0, extract.file, extract.lines[first].as_py()])[0] += count
    return trimmed


def _captured(column: Column, millesime: int, captures: dict[str, str], length: int) -> pa.Array:
    """What the name of the file, sheet or heading says of a column; nothing where the column is absent."""
    names = column.headings(millesime)
    named = CAPTURED.fullmatch(names[0]) if names else None
    if not named:
        return pa.nulls(length, pa.string())
    return pa.repeat(pa.scalar(captures.get(named[1]), pa.string()), length)


def _trimmed(column: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    """Text without the blanks around it, of any kind; missing where nothing is left."""
    text = pc.utf8_trim(column, BLANK)
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def _formed(column: pa.ChunkedArray | pa.Array, form: str) -> tuple[pa.ChunkedArray | pa.Array, int, int]:
    """A column without the cells that are not of that form; how many they were, and the place of the first."""
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    # Codes repeat: each text of a batch is looked at once.
    coded = pc.dictionary_encode(whole)
    known = pc.match_substring_regex(coded.dictionary, f"^(?:{form})$")
    if pc.all(known).as_py() is not False:
        return column, 0, 0
    good = pc.fill_null(pc.take(known, coded.indices), True)
    other = pc.invert(good)
    return pc.if_else(good, whole, pa.scalar(None, pa.string())), pc.sum(other).as_py(), pc.index(other, True).as_py()


def read_files(
    source: Source, table: str, millesime: int, files: Iterable[Path], aside: Aside, key: bytes = b""
) -> pa.Table:
    """Text of all files of a table; `aside` takes the rest.

    Raises RefusedError for a file that can't be read, is cut in the middle of a line, or has no row.
    """
    layout = source.layout(table, millesime)
    parts: list[pa.Table] = []
    for path in files:
        where = Place(source=source.id, millesime=millesime, table=table, file=path.name)
        try:
            extracts = readers.read(path, layout, where)
        except RefusedError as error:
            if not layout.isolated:
                raise
            aside.rows.append(refused_file(table, path, error))
            continue
        for extract in extracts:
            place = replace(where, file=extract.file)
            part = text_table(source, table, millesime, extract, place, aside, key)
            last = max(extract.ragged, key=lambda r: r.line, default=None)
            end = extract.lines[-1].as_py() if extract.rows else 0
            # A short last line that is properly ended is a footer or a fault of its own, not a cut file.
            if last and last.line > end and not extract.ended and not extract.notes:
                raise RefusedError(
                    f"Le fichier est coupé : sa dernière ligne a {last.cells} cellule(s) sur {last.expected}.",
                    where=replace(place, line=last.line),
                    expected="un fichier entier",
                    todo="télécharger de nouveau",
                )
            if not extract.rows and not layout.isolated:
                raise _no_row(place, extract.ragged)
            aside.add(source, table, millesime, extract)
            parts.append(part)
    if not any(part.num_rows for part in parts):  # only deposits come to this: elsewhere it was said above
        first = aside.rows[0] if aside.rows else None
        raise RefusedError(
            f"Aucun des {len(aside.rows)} dépôts n'est recevable."
            if not parts
            else "Aucune réponse des dépôts n'est recevable."
            if source.questionnaire
            else "Aucune ligne du fichier n'est recevable.",
            where=replace(
                where,
                file=str(first["fichier"]) if first else None,
                line=int(str(first["ligne"])) if first and not source.questionnaire else None,
            ),
            expected="au moins un classeur rempli dans le gabarit de cette campagne"
            if source.questionnaire
            else f"des lignes du modèle (atlas contrat {source.id} MODELE.xlsx), chaque cellule du type de sa colonne",
            todo=str(first["motif"]) if first else "",
        )
    return pa.concat_tables(parts)


def _no_row(where: Place, ragged: Sequence[Ragged]) -> RefusedError:
    """Says why a file gives no row: it has no line, or none has the cells of the header."""
    if ragged:
        (cells, expected), count = Counter((r.cells, r.expected) for r in ragged).most_common(1)[0]
        return RefusedError(
            f"{count} lignes ont {cells} cellules au lieu de {expected} : aucune ne se lit.",
            where=replace(where, line=ragged[0].line),
            expected=f"des lignes de {expected} cellules, comme l'en-tête",
            todo=again(where.source, where.millesime),
        )
    return RefusedError(
        "Le fichier n'a que son en-tête : aucune ligne de données.",
        where=where,
        expected="au moins une ligne",
        todo="télécharger de nouveau ; si le producteur n'a rien publié, retirer ce millésime",
    )


def stream_files(
    source: Source, table: str, millesime: int, files: Iterable[Path], aside: Aside, key: bytes = b""
) -> Iterator[pa.RecordBatch]:
    """As `read_files`, a batch at a time: what a file holds is never in memory at once."""
    layout = source.layout(table, millesime)
    for path in files:
        where = Place(source=source.id, millesime=millesime, table=table, file=path.name)
        rows, ragged = 0, []

        def wanted(headings: Extract, where: Place = where) -> list[int]:
            return list(match(source, table, millesime, headings, where).values())

        for extract in readers.stream(path, layout, where, wanted):
            aside.add(source, table, millesime, extract)
            rows += extract.rows
            ragged += extract.ragged if not rows else []
            part = text_table(source, table, millesime, extract, where, aside, key)
            yield from part.combine_chunks().to_batches()
        if not rows:
            raise _no_row(where, ragged)


def stage(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    table: str,
    millesime: int,
    files: list[Path],
    folder: Path,
    *,
    key: bytes = b"",
) -> tuple[Staged, list[dict[str, object]]]:
    """Writes one staged table to `folder/<table>.parquet`; `key` hashes persons, where the table has some.

    Returns it with the rows set aside (shape of QUARANTINE_SCHEMA).
    Raises RefusedError as `read_files` does.
    """
    if source.personal and not key:
        raise ValueError(f"{source.id} has personal keys: staging it takes the key that hashes them")
    target = folder / f"{table}.parquet"
    if source.layout(table, millesime).streamed:
        return _stage_streamed(connection, source, table, millesime, files, target, key)
    aside = Aside()
    connection.register("lu", read_files(source, table, millesime, files, aside, key))
    try:
        rows = _written(connection, typed.select(source, table, millesime), target)
    finally:
        connection.unregister("lu")
    return _told(table, target, rows, aside), aside.rows


def _told(table: str, target: Path, rows: int, aside: Aside) -> Staged:
    return Staged(
        table,
        target,
        rows,
        sum(1 for row in aside.rows if row["colonne"] == WHOLE),
        aside.strangers,
        aside.notes,
        aside.rejoined,
        aside.formless,
        headers=aside.headers,
        hidden=aside.hidden,
        beside=aside.beside,
    )


def _written(connection: duckdb.DuckDBPyConnection, query: str, target: Path) -> int:
    """Writes the rows of a query as Parquet, in their order; returns their number."""
    done = connection.execute(f"COPY ({query}) TO {literal(str(target))} (FORMAT parquet, COMPRESSION zstd)").fetchall()
    return int(done[0][0])


def _stage_streamed(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    table: str,
    millesime: int,
    files: list[Path],
    target: Path,
    key: bytes,
) -> tuple[Staged, list[dict[str, object]]]:
    aside = Aside()
    faults: list[Exception] = []

    def batches() -> Iterator[pa.RecordBatch]:
        try:
            yield from stream_files(source, table, millesime, files, aside, key)
        except Exception as error:  # DuckDB would tell it in words of its own
            faults.append(error)
            raise

    layout = source.layout(table, millesime)
    names = [
        name
        for c in source.of_table(table)
        for name in ([c.name, f"{c.name}_statut"] if layout.signs and c.sql != "VARCHAR" else [c.name])
    ]
    schema = pa.schema([*((name, pa.string()) for name in (*names, "_fichier")), ("_ligne", pa.int64())])
    connection.register("lu", pa.RecordBatchReader.from_batches(schema, batches()))
    try:
        rows = _written(connection, typed.select(source, table, millesime), target)
    except duckdb.Error:
        if faults:
            raise faults[0] from None
        raise
    finally:
        connection.unregister("lu")
    return _told(table, target, rows, aside), aside.rows
