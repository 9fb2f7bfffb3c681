"""JSON as one object whose branches are the tables (FINESS+), read as a stream: plain, or gzip-compressed.

Only the rows of one branch are kept, as columns of text; the document itself is never whole in memory.
"""

import codecs
import contextlib
import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.catalogue.advice import again
from pipelines.catalogue.layouts import Layout
from pipelines.errors import Place, RefusedError
from pipelines.readers import Extract, json_records

GZIP = b"\x1f\x8b"
BATCH = 20_000
BLOCK = 1 << 20  # bytes read at once
VALUE_MAX = 64 * BLOCK  # characters of one object: more, and a bracket is missing
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


class _Document:
    """The members of one JSON object, read by blocks: the items of an array come one by one.

    The standard decoder reads an object whole, several times as fast as an event parser builds it. Numbers
    stay as they are written.
    """

    def __init__(self, handle: IO[bytes]) -> None:
        self.handle = handle
        self.utf8 = codecs.getincrementaldecoder("utf-8-sig")()
        self.decode = json.JSONDecoder(parse_int=str, parse_float=str).raw_decode
        self.text, self.at, self.ended = "", 0, False

    def _more(self) -> bool:
        """Reads on, as much again as what waits; False at the end of the file."""
        wanted = max(BLOCK, len(self.text) - self.at)
        block = b"" if self.ended else self.handle.read(wanted)
        self.ended = not block
        self.text = self.text[self.at :] + self.utf8.decode(block, final=self.ended)
        self.at = 0
        return not self.ended

    def _peek(self) -> str:
        """The next character that is no blank, '' at the end."""
        while True:
            while self.at < len(self.text) and self.text[self.at] in " \t\r\n":
                self.at += 1
            if self.at < len(self.text) or not self._more():
                return self.text[self.at : self.at + 1]

    def _take(self, expected: str) -> str:
        """Takes the next character, one of those expected. Raises ValueError for another."""
        found = self._peek()
        if not found or found not in expected:
            raise ValueError(f"« {found} » au lieu de « {' ou '.join(expected)} »")
        self.at += 1
        return found

    def _value(self) -> Any:
        """The next value whole."""
        self._peek()
        while True:
            try:
                value, end = self.decode(self.text, self.at)
            except json.JSONDecodeError as error:
                if len(self.text) - self.at > VALUE_MAX or not self._more():
                    raise ValueError("une valeur ne se lit pas") from error
                continue
            if end < len(self.text) or self.ended:
                self.at = end
                return value
            self._more()  # a number may go on in the next block

    def members(self) -> Iterator[tuple[str, Iterator[Any]]]:
        """Each key with its value, or the items of its array, to be read before the next key; none of an array."""
        if self._peek() == "[":
            return
        self._take("{")
        while self._peek() != "}":
            key = self._value()
            self._take(":")
            values = self._items() if self._peek() == "[" else iter([self._value()])
            yield key, values
            for _ in values:
                pass
            if self._peek() != "}":
                self._take(",")
        self._take("}")
        if self._peek():
            raise ValueError("du texte suit la fin du document")

    def _items(self) -> Iterator[Any]:
        self._take("[")
        while self._peek() != "]":
            yield self._value()
            if self._peek() != "]":
                self._take(",")
        self._take("]")


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


def _read(path: Path, layout: Layout, steps: list[str], columns: _Columns) -> dict[str, str]:
    """Fills the columns with the objects at the end of the way; returns what the document says of itself."""
    captures: dict[str, str] = {}
    missing = {steps[0], *layout.roots}
    with _opened(path) as handle:
        for key, values in _Document(handle).members():
            if key == steps[0]:
                _rows(values, layout, steps, columns)
            elif key in layout.roots and (value := text(next(values, None))) is not None:
                captures[key] = value
            missing.discard(key)
            if not missing:  # the rest is of other tables, which are read by themselves
                break
    return captures


def _rows(tops: Iterator[Any], layout: Layout, steps: list[str], columns: _Columns) -> None:
    for position, top in enumerate(filter(lambda item: isinstance(item, dict), tops), start=1):
        for line, rank in _lines(top, steps[1:], position):
            cells = {p: str(rank) if p == RANK else _above(line, steps, p) for p in layout.parents}
            _fill(cells, line[-1])
            columns.add(cells)


def read(path: Path, layout: Layout, where: Place) -> list[Extract]:
    """Reads the objects at the end of the layout's way. Raises RefusedError where there are none."""
    steps = (layout.rows or "").split(".")
    columns = _Columns()
    try:
        captures = _read(path, layout, steps, columns)
        found = columns.table()
        "".join([*found, *captures.values()]).encode()
    except UnicodeDecodeError as error:
        raise _refused("Le fichier JSON n'est pas en UTF-8.", where, "du JSON en UTF-8") from error
    except UnicodeEncodeError as error:
        raise json_records.unfit(error, where) from error
    except ValueError as error:
        raise _refused(f"Le JSON est coupé ou abîmé : {error}.", where, "un document JSON entier") from error
    except (RecursionError, EOFError, gzip.BadGzipFile, zlib.error) as error:  # their words are in English
        raise _refused("Le JSON est coupé ou abîmé.", where, "un document JSON entier") from error
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
        todo="télécharger de nouveau, ou " + again(where.source, where.millesime),
    )
