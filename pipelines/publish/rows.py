"""What a row of a view holds, and how its cells are read by those that calculate or compare.

A cell that is only shown is a Value, whatever it holds (numbers.cell). Code that needs a number, a year or words asks
for one: a view that gives something else is told by its column, and not by an error of Python.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import NoReturn

from pipelines.errors import BuildError

Value = str | int | Decimal | dt.date | None  # a BOOLEAN is an int, as Python has it
Row = Mapping[str, Value]
Line = dict[str, Value]  # a row that is being made


def text_of(row: Row, name: str, default: str | None = None) -> str:
    """The words that a column holds; `default` where there are none."""
    value = row[name] if default is None else row.get(name)
    if value is None and default is not None:
        return default
    return value if isinstance(value, str) else _refuse(name, value, "des mots")


def number_of(row: Row, name: str) -> int | Decimal:
    """The number that a column holds."""
    value = row[name]
    return value if isinstance(value, int | Decimal) else _refuse(name, value, "un nombre")


def whole_of(row: Row, name: str) -> int:
    """The year or the rank that a column holds."""
    value = row[name]
    return value if isinstance(value, int) else _refuse(name, value, "un nombre entier")


def _refuse(name: str, value: Value, expected: str) -> NoReturn:
    raise BuildError(
        f"La colonne « {name} » d'une vue porte {value!r}.",
        expected=expected,
        todo="corriger la vue qui la calcule (sql/vues/), ou la figure qui la lit (pipelines/publish/site/pages/)",
    )
