"""The kinds of figures that a page can name: each draws rows of a view, and says them in words.

A view gives the columns that the chart reads, under the chart's own names (charts.py).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.publish import charts
from pipelines.publish.charts import Spec
from pipelines.publish.views import Row, Views


@dataclass(frozen=True)
class Drawn:
    """A chart's specification, and what it shows in words."""

    spec: Spec
    words: str


Kind = Callable[[Sequence[Row], Mapping[str, Any], Views], Drawn | None]


def barres(rows: Sequence[Row], trace: Mapping[str, Any], views: Views) -> Drawn | None:
    """A bar for each known `valeur`. Options: unite, format."""
    known = [row for row in rows if row["valeur"] is not None]
    unit, kind = trace["unite"], trace.get("format", "n0")
    return Drawn(charts.bars(known, unit, kind=kind), charts.say_dots(known, unit, kind, [])) if known else None


def serie(rows: Sequence[Row], trace: Mapping[str, Any], views: Views) -> Drawn | None:
    """Lines over at least three years. Options: unite, format."""
    unit, kind = trace["unite"], trace.get("format", "n1")
    if len({row["annee"] for row in rows}) < 3:
        return None
    return Drawn(charts.series(rows, unit, kind=kind), charts.say_series(rows, unit, kind))


KINDS: dict[str, Kind] = {"barres": barres, "serie": serie}
