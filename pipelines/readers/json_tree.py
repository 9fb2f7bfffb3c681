"""JSON as one object whose branches are the tables (FINESS+), read as a stream: plain, or gzip-compressed.

Only the rows of one branch are kept, as columns of text; the document itself is never whole in memory.
"""

import contextlib
import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import ijson
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.catalogue import Layout
from pipelines.errors import Place, RefusedError
from pipelines.readers import Extract

GZIP = b"\x1f\x8b"
BATCH = 20_000
BLOCK = 1 << 20
RANK = "#"  # the heading of a line's rank in its own array, where the layout asks for it
CODED = {"code", "system"}  # a value of a code list, as the schema writes it; the flow has the code alone

Record = dict[str, Any]


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    with path.open("rb") as raw:
        compressed = raw.read(2) == GZIP
        raw.seek(0)
        if compressed:
            with gzip.open(raw) as plain:
                yield plain  # type: ignore[misc]
        else:
            yield raw


def text(value: Any) -> str | None:
    """A value as text: the code of a coded one, the items of a list of plain values with a blank between."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, list):
        return " ".join(filter(None, map(text, value))) or None
    return str(value)


def _child(record: Any, key: str) -> Any:
    """A value by its key, whatever the key's case (the schema and the flow disagree on it)."""
    if not isinstance(record, dict):
        return None
    if key in record:
        return record[key]
    return next((value for name, value in record.items() if name.casefold() == key.casefold()), None)


def _coded(value: Any) -> Any:
    return value.get("code") if isinstance(value, dict) and value and set(value) <= CODED else value


def _fill(cells: dict[str, str | None], record: Record, prefix: str = "") -> None:
    """Adds the plain values of an object by their path. Lists of objects are tables of their own, left out."""
    for key, raw in record.items():
        if raw is None or raw.__class__ is str:  # nearly all of them
            cells[prefix + key] = raw
            continue
        value = _coded(raw)
        if isinstance(value, dict):
            _fill(cells, value, f"{prefix}{key}.")
        elif not (isinstance(value, list) and any(isinstance(item, dict | list) for item in value)):
            cells[prefix + key] = text(value)


def _objects(value: Any) -> list[Record]:
    """The objects of an array, or the only one where there is no array."""
    found = value if isinstance(value, list) else [value]
    return [item for item in found if isinstance(item, dict)]


def _lines(top: Record, steps: list[str], rank: int) -> Iterator[tuple[list[Record], int]]:
    """The objects at the end of the way, each with those above it, and its rank in its own array."""
    if not steps:
        yield [top], rank
        return
    for position, below in enumerate(_objects(_child(top, steps[0])), start=1):
        for line, last in _lines(below, steps[1:], position):
            yield [top, *line], last


def _above(line: list[Record], steps: list[str], path: str) -> str | None:
    """The value of an object above, by its whole path."""
    keys = path.split(".")
    depth = 0
    while depth < min(len(keys), len(steps)) and keys[depth] == steps[depth]:
        depth += 1
    value: Any = line[depth - 1]
    for key in keys[depth:]:
        value = _child(value, key)
    return text(_coded(value))


def _branch(path: Path, root: str) -> Iterator[Record]:
    """The objects under a key of the document: those of its array, or the only one."""
    found = False
    with _opened(path) as handle:
        for item in ijson.items(handle, f"{root}.item", buf_size=BLOCK):
            found = True
            if isinstance(item, dict):
                yield item
    if not found:
        with _opened(path) as handle:
            for item in ijson.items(handle, root, buf_size=BLOCK):
                if isinstance(item, dict):
                    yield item


def _root(path: Path, key: str) -> str | None:
    """A value of the document itself."""
    with _opened(path) as handle:
        return text(next(ijson.items(handle, key, buf_size=BLOCK), None))


class _Columns:
    """Columns of text that grow by batches; a heading met late is missing in the rows before it.

    Headings that differ by their case alone are one column, under the first of them.
    """

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.rows: list[dict[str, str | None]] = []
        self.batches: list[dict[str, pa.Array]] = []
        self.lengths: list[int] = []

    def add(self, cells: dict[str, str | None]) -> None:
        self.rows.append(cells)
        if len(self.rows) == BATCH:
            self.flush()

    def flush(self) -> None:
        if not self.rows:
            return
        batch: dict[str, pa.Array] = {}
        for name in {name: None for cells in self.rows for name in cells}:
            key = name.casefold()
            self.names.setdefault(key, name)
            column = pa.array([cells.get(name) for cells in self.rows], pa.string())
            batch[key] = pc.coalesce(batch[key], column) if key in batch else column
        self.batches.append(batch)
        self.lengths.append(len(self.rows))
        self.rows = []

    def table(self) -> dict[str, pa.ChunkedArray]:
        """The columns by heading, without those that only say that an object is missing."""
        self.flush()
        parents = {key.rpartition(".")[0] for key in self.names}
        return {
            name: pa.chunked_array(
                [
                    batch.get(key, pa.nulls(length, pa.string()))
                    for batch, length in zip(self.batches, self.lengths, strict=True)
                ],
                pa.string(),
            )
            for key, name in self.names.items()
            if key not in parents
        }


def _rows(path: Path, layout: Layout, steps: list[str], columns: _Columns) -> None:
    for position, top in enumerate(_branch(path, steps[0]), start=1):
        for line, rank in _lines(top, steps[1:], position):
            cells = {p: str(rank) if p == RANK else _above(line, steps, p) for p in layout.parents}
            _fill(cells, line[-1])
            columns.add(cells)


def read(path: Path, layout: Layout, where: Place) -> list[Extract]:
    """Reads the objects at the end of the layout's way. Raises RefusedError where there are none."""
    steps = (layout.rows or "").split(".")
    columns = _Columns()
    try:
        captures = {key: value for key in layout.roots if (value := _root(path, key)) is not None}
        _rows(path, layout, steps, columns)
    except UnicodeDecodeError as error:
        raise _refused("Le fichier JSON n'est pas en UTF-8.", where, "du JSON en UTF-8") from error
    except (ijson.JSONError, EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise _refused(f"Le JSON est coupé ou abîmé ({error}).", where, "un document JSON entier") from error
    found = columns.table()
    count = sum(columns.lengths)
    if not count:
        raise _refused(
            f"Le document JSON n'a rien sous « {layout.rows} ».", where, f"des objets sous « {layout.rows} »"
        )
    missing = [key for key in layout.roots if key not in captures]
    if missing:
        raise _refused(f"Le document JSON ne dit pas : {', '.join(missing)}.", where, "ses propres dates et version")
    return [
        Extract(
            file=path.name,
            headings=[*found],
            columns=[*found.values()],
            lines=pa.array(range(1, count + 1), type=pa.int64()),
            header_line=0,
            captures=captures,
        )
    ]


def _refused(what: str, where: Place, expected: str) -> RefusedError:
    return RefusedError(
        " ".join(what.split()),
        where=where,
        expected=expected,
        todo="télécharger de nouveau ; si le producteur a changé la structure du document, corriger `rows` "
        f"(pipelines/catalogue/{where.source}.yml) dans un layout daté",
    )
