"""From text to the types of the column map: Arrow reads what is written, SQL gives it its type.

Each text of a column is looked at once. The plain ones, digits with the declared mark, are left as they are; the
others are read one by one by the grammar of the column (notation.py), or told.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.catalogue import Column, Source
from pipelines.catalogue.layouts import Layout
from pipelines.cells import notation
from pipelines.database.duck import quoted

INTEGERS = {"TINYINT": 8, "SMALLINT": 16, "INTEGER": 32, "BIGINT": 64, "HUGEINT": 128}
DECIMAL = re.compile(r"DECIMAL\((\d+),\s*(\d+)\)")
# Readers of what people fill, or may have typed: a text among numbers is one that a person wrote.
BY_HAND = ("workbook", "deposit", "questionnaire")
# Of a number that can't be read, there is one, and we don't know it.
UNREAD = "nd"

Text: TypeAlias = pa.ChunkedArray | pa.Array
NOTHING = pa.nulls(1, pa.string())[0]  # pa.scalar would import pandas, which takes a second


@dataclass
class Read:
    """A column once read: its values as SQL casts them, why there is none where there is none, what can't be read.

    `unread`: the rows of cells that are not what the column holds, each with its text and what is wrong with it.
    """

    values: Text
    status: Text | None = None
    unread: list[tuple[int, str, str]] = field(default_factory=list)


def read(column: Column, layout: Layout, cells: Text, *, file: str = "") -> Read:
    """Reads the trimmed texts of one column; `file`, the name of what they come from."""
    whole = cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells
    by_hand = layout.reader in BY_HAND and not file.endswith(".json")
    if column.sql == "VARCHAR":
        return _text(whole, sheet=file.endswith("]")) if not layout.streamed else Read(whole)
    plain, understand = _grammar(column, layout, by_hand)
    coded = pc.dictionary_encode(whole)
    known = pc.match_substring_regex(coded.dictionary, f"^(?:{plain})$")
    if pc.all(known).as_py() is not False:
        return Read(whole, _told(whole, layout))
    values: list[str | None] = []
    status: list[str] = []
    wrong: dict[int, str] = {}
    for code, (text, easy) in enumerate(zip(coded.dictionary.to_pylist(), known.to_pylist(), strict=True)):
        said = None if easy else notation.missing(text, layout.signs)
        value: str | None = text
        if not easy and said is None:
            try:
                value = understand(text)
            except notation.UnreadError as error:
                said, wrong[code] = UNREAD, str(error)
        values.append(value if said is None else None)
        status.append(said or "publié")
    told = pc.fill_null(pc.take(pa.array(status, pa.string()), coded.indices), "vide") if layout.signs else None
    return Read(pc.take(pa.array(values, pa.string()), coded.indices), told, _places(coded, wrong))


def _told(whole: pa.Array, layout: Layout) -> pa.Array | None:
    """The status of cells that are all plain, or empty."""
    return pc.if_else(pc.is_null(whole), "vide", "publié") if layout.signs else None


def _text(whole: pa.Array, *, sheet: bool) -> Read:
    """A column of text, without the errors of calculation that a spreadsheet left in place of some.

    Of a `sheet`, without the fourth decimal that says that a cell is a number (readers/cells.py).
    """
    if sheet:
        whole = pc.replace_substring_regex(whole, r"^(-?[0-9]+[.][0-9]{3})0$", r"\1")
    odd = pc.fill_null(pc.match_substring_regex(whole, "^(#|=|Err)"), False)
    if not pc.any(odd).as_py():
        return Read(whole)
    coded = pc.dictionary_encode(whole)
    texts = enumerate(coded.dictionary.to_pylist())
    wrong = {code: notation.error(text) for code, text in texts if notation.is_error(text)}
    unread = _places(coded, wrong)
    gone = pa.array(sorted(wrong), coded.indices.type)
    return Read(pc.if_else(pc.is_in(coded.indices, value_set=gone), NOTHING, whole), unread=unread)


def _places(coded: pa.DictionaryArray, wrong: dict[int, str]) -> list[tuple[int, str, str]]:
    """The rows of the texts that are wrong, in order."""
    if not wrong:
        return []
    rows = pc.indices_nonzero(pc.is_in(coded.indices, value_set=pa.array(sorted(wrong), coded.indices.type)))
    return [
        (row, coded.dictionary[code].as_py(), wrong[code])
        for row in rows.to_pylist()
        if (code := coded.indices[row].as_py()) is not None
    ]


def _grammar(column: Column, layout: Layout, by_hand: bool) -> tuple[str, Callable[[str], str]]:
    """The pattern of the plain texts of a column, and what reads the others, or raises UnreadError."""
    if column.type == "DATE":
        form = column.ecriture or notation.ISO

        def day(text: str) -> str:
            _refuse_error(text)
            return notation.date(text, form).isoformat()

        return "", day  # each is looked at: not every one written so is in the calendar
    scale = DECIMAL.fullmatch(column.type)
    if scale is None and column.type not in INTEGERS:
        raise ValueError(f"colonne {column.name} : le type {column.type} ne se lit pas")
    decimals = int(scale[2]) if scale else 0
    most = 10 ** (int(scale[1]) - decimals) if scale else 1 << (INTEGERS[column.type] - 1)
    said = notation.Numbers(
        decimal=column.marks[1] or layout.decimal,
        thousands=column.marks[0] or layout.thousands,
        unit=column.unit,
        whole=scale is None,
        by_hand=by_hand,
    )

    def value(text: str) -> str:
        _refuse_error(text)
        found = notation.number(text, said)
        if abs(found) >= most or abs(found := found.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)) >= most:
            raise notation.UnreadError("dépasse ce que la colonne peut contenir")
        return f"{found:f}"

    digits = f"[+-]?[0-9]{{1,{max(1, len(str(most)) - 2)}}}"
    if scale is None:
        return digits, value
    # Three digits after the mark are looked at where people write: they may be thousands.
    mark = r"([.]([0-9]{1,2}|[0-9]{4,}))?" if by_hand else r"([.][0-9]+)?" if said.decimal == "." else ""
    return digits + mark, value


def _refuse_error(text: str) -> None:
    if notation.is_error(text):
        raise notation.UnreadError(notation.error(text))


def select(source: Source, table: str, millesime: int) -> str:
    """SQL of the typed rows of `lu`, a table of texts that `read` has gone through."""
    layout = source.layout(table, millesime)
    typed = []
    for column in source.of_table(table):
        name = quoted(column.name)
        typed.append(name if column.sql == "VARCHAR" else f"CAST({name} AS {column.sql}) AS {name}")
        if layout.signs and column.sql != "VARCHAR":
            typed.append(quoted(f"{column.name}_statut"))
    return f"SELECT {', '.join(typed)}, _fichier, _ligne FROM lu"


def empty_select(source: Source, table: str) -> str:
    """SQL of a staged table without rows: marts stand, empty, where a source is absent."""
    marked = any(layout.signs for layout in source.tables[table].layouts)
    columns = []
    for column in source.of_table(table):
        columns.append(f"NULL::{column.sql} AS {quoted(column.name)}")
        if marked and column.sql != "VARCHAR":
            columns.append(f"NULL::VARCHAR AS {quoted(column.name + '_statut')}")
    return f"SELECT {', '.join(columns)}, NULL::VARCHAR AS _fichier, NULL::BIGINT AS _ligne WHERE false"
