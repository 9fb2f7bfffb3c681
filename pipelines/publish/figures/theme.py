"""How all figures look: one width, colours, typeface, and numbers in French.

Colours can be told apart by colour-blind readers, and shapes, dashes or words always say the same thing as a colour.
The width is that of the whole picture, labels included: on a phone it shrinks by a third, and stays readable.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import altair as alt

from pipelines.publish.numbers import MINUS, NARROW, NBSP
from pipelines.publish.rows import Row, Value

Chart = alt.LayerChart

WIDTH, OVER_UNIT = 480, 30
INK, SOFT, GRID, LINE, ACCENT, BREAK, FICTIF = (
    "#1b2430", "#54606e", "#dfe5ec", "#9aa5b1", "#1b3a5c", "#8a1f28", "#a1232b",
)  # fmt: skip
# Okabe and Ito, those that stand out on white.
SERIES = ("#0b5c9e", "#c8500a", "#00795a", "#8f3f7d", "#4a4a4a", "#a67c00")
SHAPES = ("circle", "square", "triangle-up", "triangle-down", "cross", "diamond")
DASHES = ([1, 0], [7, 3], [2, 3], [9, 3, 2, 3], [4, 2], [1, 4])
BLUES = ("#dcebf5", "#a8cde4", "#63a3cb", "#2a70a5", "#0d3b66")
BROWNS = ("#fdeedb", "#fbcf9b", "#ef9d4c", "#c5630f", "#7c3303")
# Of zones, by degree (reference.zones): from the hardest access to the easiest.
DEGREES: dict[Value, str] = dict(enumerate(("#7c3303", "#ef9d4c", "#fbcf9b", "#a8cde4", "#63a3cb", "#2a70a5"), 1))
NO_DEGREE = "#8a94a0"
# What `face_a_france` says, as it is shown: colour, shape, words.
FACES = {
    "plus haut": ("#0b5c9e", "triangle-up", "plus haut"),
    "plus bas": ("#c8500a", "triangle-down", "plus bas"),
    "non distinguable": ("#6b7684", "circle", "ne se distingue pas"),
    "": (INK, "diamond", "sans comparaison"),
}

# A label of more than `_LABEL` signs takes two lines or more. Vega hangs them all under the middle of the first.
_LABEL = 27
_BROKEN = rf"split(trim(replace(datum.label, regexp('(.{{1,{_LABEL}}})(\\s+|$)', 'g'), '$1\n')), '\n')"
_LONG = [{"test": f"datum.label.length > {_LABEL * n}", "value": -7 * n} for n in (2, 1)]
_NAMES = {"labelExpr": _BROKEN, "labelOffset": {"condition": _LONG, "value": 0}, "labelLimit": 0, "domainColor": LINE}

CONFIG: dict[str, Any] = {
    "font": "Arial, 'Liberation Sans', Helvetica, sans-serif",
    "locale": {
        "number": {
            "decimal": ",",
            "thousands": NBSP,
            "grouping": [3],
            "currency": ["", f"{NBSP}€"],
            "percent": f"{NBSP}%",
            "minus": MINUS,
        }
    },
    "view": {"stroke": None},
    # A territory without value is drawn white.
    "scale": {"invalid": {"color": {"value": "white"}}},
    "axis": {
        "labelColor": INK,
        "titleColor": SOFT,
        "titleFontWeight": "normal",
        "gridColor": GRID,
        "domainColor": LINE,
        "tickColor": LINE,
        "labelFontSize": 13,
        "titleFontSize": 13,
        "labelFlush": False,
        "labelSeparation": 6,
    },
    "axisYBand": _NAMES,
    "axisYPoint": _NAMES,
    # The unit is written above a vertical axis, as one reads; a legend leaves it its line (OVER_UNIT).
    "axisYQuantitative": {"titleAngle": 0, "titleAlign": "left", "titleX": 0, "titleY": -8, "titleBaseline": "bottom"},
    "legend": {
        "orient": "top",
        "labelFontSize": 13,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
        "titleColor": SOFT,
        "labelColor": INK,
        "symbolSize": 90,
        "labelLimit": 0,
        "titleLimit": 0,
        "columnPadding": 18,
    },
    "text": {"fontSize": 13, "color": INK},
    "title": {
        "orient": "bottom",
        "anchor": "start",
        "frame": "bounds",
        "fontSize": 10,
        "fontWeight": "normal",
        "offset": 12,
        "lineHeight": 13,
    },
}


def data(rows: Sequence[Row], *names: str | None) -> dict[str, Any]:
    """Those columns of the rows, measures as JSON carries them."""
    kept = [n for n in dict.fromkeys(names) if n is not None]
    return {"values": [{n: plain(row[n]) for n in kept} for row in rows]}


def layers(data: dict[str, Any], *marks: alt.Chart | alt.LayerChart, height: int | alt.Step, **more: Any) -> Chart:
    """Marks one upon the other, of that data where they have none of their own; the whole is as wide as all figures."""
    return alt.LayerChart(
        data=data,
        layer=list(marks),
        width=WIDTH,
        height=height,
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
        background="white",
        padding=8,
        **more,
    )


def plain(value: Value) -> Value | float:
    """A value as JSON carries it: a measure with six decimals at most; no narrow space, which pictures hardly show."""
    if isinstance(value, Decimal):
        return round(float(value), 6)
    return value.replace(NARROW, NBSP) if isinstance(value, str) else value


def written(kind: str) -> str:
    """How Vega writes a number of a kind ( numbers.ShownColumn): no more decimals than it has, none for nothing."""
    if kind == "year":
        return "d"
    sign, share = ("+" if kind.startswith("signed") else ""), kind.startswith(("pct", "signed"))
    return f"{sign},.{_decimals(kind)}~{'%' if share else 'f'}"


def _decimals(kind: str) -> int:
    return int(kind[-1]) if kind[-1].isdigit() else 1


def ticks(kind: str, values: Iterable[Any], *, zero: bool = True) -> int:
    """How many ticks these numbers take, from zero on where `zero`, so that no two are written alike.

    No more than there are steps of the last decimal: Vega's own `tickMinStep` lets halves through.
    """
    known = [float(value) for value in values if value is not None] + [0.0] * zero
    last = 10.0 ** -(_decimals(kind) + (2 if kind.startswith(("pct", "signed")) else 0))
    steps = round((max(known) - min(known)) / last, 6) if known else 0
    return max(1, min(5, int(steps)))


def measure(kind: str, values: Iterable[Any], *, zero: bool = True) -> alt.Axis:
    """The axis of these numbers."""
    return alt.Axis(format=written(kind), tickCount=ticks(kind, values, zero=zero))


def legend(names: Sequence[str], beside: Sequence[str] = (), **more: Any) -> alt.Legend:
    """A legend of these names, on as many lines as the width asks for, or what labels `beside` the bars leave of it."""
    wide = [50 + 6.5 * len(name) for name in names]
    room = WIDTH - 7 * min(_LABEL, max(map(len, beside), default=0))
    fit = (n for n in range(len(wide), 1, -1) if sum(max(wide[i::n]) for i in range(n)) <= room)
    return alt.Legend(columns=next(fit, 1), **{"title": None, **more})


def key(field: str, names: Sequence[str], looks: Sequence[Any], **words: Any) -> dict[str, Any]:
    """What a colour, a shape or a dash stands for: each name of the column with its look, in that order."""
    scale = alt.Scale(domain=list(names), range=list(looks)[: len(names)])
    return {"field": field, "type": "nominal", "scale": scale, "legend": legend(names, **words)}


def tips(heading: str, *fields: tuple[str | None, str, str]) -> list[alt.Tooltip]:
    """What the interactive version says of a mark: its name, then (column, words, kind of number)."""
    shown = [alt.Tooltip(f"{n}:Q", title=words, format=written(kind)) for n, words, kind in fields if n is not None]
    return [alt.Tooltip(f"{heading}:N", title="title"), *shown]
