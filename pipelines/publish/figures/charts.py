"""Kinds of charts. Each takes plain rows, the names of the columns that it draws, and the kind of their numbers."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import altair as alt

from pipelines.publish.figures import theme
from pipelines.publish.figures.theme import BLUES, BROWNS, DASHES, FACES, INK, SERIES, SHAPES, SOFT, Chart
from pipelines.publish.numbers import french
from pipelines.publish.rows import Row, Value, number_of, text_of

# A dash is seen on a long symbol only.
STROKE = {"symbolType": "stroke", "symbolSize": 500, "symbolStrokeWidth": 2}


def _names(column: str, **more: Any) -> alt.Y:
    """One line a name, in the order of the rows."""
    return alt.Y(f"{column}:N", sort=None, title=None, **more)


def _values(rows: Sequence[Row], column: str, unit: str, kind: str) -> alt.X:
    return alt.X(f"{column}:Q", title=unit, axis=theme.measure(kind, [row[column] for row in rows]))


def _distinct(rows: Sequence[Row], column: str) -> list[Any]:
    return list(dict.fromkeys(row[column] for row in rows))


def series(
    rows: Sequence[Row],
    *,
    x: str,
    y: str,
    series: str,
    unit: str,
    kind: str = "n1",
    dash: str | None = None,
    breaks: Sequence[int] = (),
    zero: bool = False,
) -> Chart:
    """Lines over the years of `x`.

    `dash`: a column whose first value is drawn in full, the others dashed. A break of series is a line before its year.
    """
    years, names = sorted(set(_distinct(rows, x))), _distinct(rows, series)
    # France looks the same in every figure.
    others = itertools.cycle(zip(SERIES, SHAPES, strict=True))
    looks = [(SOFT, "diamond") if name == "France" else next(others) for name in names]
    colours, shapes = zip(*looks, strict=True)
    axis = theme.measure(kind, [row[y] for row in rows], zero=zero)
    up = alt.Y(f"{y}:Q", title=unit, scale=alt.Scale(zero=zero), axis=axis)
    colour = alt.Color(**theme.key(series, names, colours, offset=theme.OVER_UNIT))
    shape = alt.Shape(**theme.key(series, names, shapes, offset=theme.OVER_UNIT))
    across = _years(x, years, margin=0.3)
    base = alt.Chart().encode(x=across, y=up, color=colour, tooltip=_said(series, x, y, unit, kind))
    line = base.mark_line(strokeWidth=2.2)
    if dash and len(traits := _distinct(rows, dash)) > 1:
        line = line.encode(
            strokeDash=alt.StrokeDash(**theme.key(dash, traits, DASHES, **STROKE, offset=theme.OVER_UNIT))
        )
    # So many years would make one thick line of the marks: each fifth has one.
    every = 1 if len(years) <= 20 else 5
    marks = base.transform_filter(f"datum['{x}'] % {every} === 0").mark_point(filled=True, size=55, opacity=1)
    return theme.layers(
        theme.data(rows, x, y, series, dash), *_breaks(breaks, x, across), line, marks.encode(shape=shape), height=250
    )


def _years(column: str, years: Sequence[int], margin: float = 0.0) -> alt.X:
    axis = alt.Axis(format="d", tickMinStep=1, tickCount=len(years) if len(years) <= 10 else 6, grid=False)
    scale = alt.Scale(domain=[years[0] - margin, years[-1] + margin], nice=False)
    return alt.X(f"{column}:Q", title=None, axis=axis, scale=scale)


def _said(series: str, x: str, y: str, unit: str, kind: str) -> list[alt.Tooltip]:
    return theme.tips(series, (x, "année", "year"), (y, unit, kind))


def _breaks(years: Sequence[int], column: str, across: alt.X) -> list[Chart]:
    """A dashed line before each year where the series breaks, with its name."""
    if not years:
        return []
    at = {"values": [{column: year - 0.5, "texte": "rupture"} for year in sorted(set(years))]}
    base = alt.Chart().encode(x=across)
    word = base.mark_text(align="left", dx=4, y=8, color=theme.BREAK).encode(text=alt.Text("texte:N"))
    rule = base.mark_rule(strokeDash=[5, 4], color=theme.BREAK)
    return [alt.LayerChart(data=at, layer=[rule, word])]


def projection(
    rows: Sequence[Row], *, x: str, y: str, series: str, low: str, high: str, unit: str, kind: str = "n0"
) -> Chart:
    """What was observed, in full, then what is projected: one line a series, with intervals where they are known."""
    years, names = sorted(set(_distinct(rows, x))), _distinct(rows, series)
    looks = {**STROKE, "offset": theme.OVER_UNIT}
    axis = theme.measure(kind, [row[n] for row in rows for n in (y, low, high)], zero=False)
    up, down = (alt.Y(f"{n}:Q", title=unit, scale=alt.Scale(zero=False), axis=axis) for n in (y, low))
    colour = alt.Color(**theme.key(series, names, (INK, *SERIES), **looks))
    base = alt.Chart().encode(x=_years(x, years), tooltip=_said(series, x, y, unit, kind))
    area = base.transform_filter(f"isValid(datum['{low}'])").mark_area(opacity=0.18, color=SERIES[0])
    line = base.mark_line(strokeWidth=2).encode(
        y=up, color=colour, strokeDash=alt.StrokeDash(**theme.key(series, names, DASHES, **looks))
    )
    return theme.layers(
        theme.data(rows, x, y, series, low, high), area.encode(y=down, y2=alt.Y2(field=high)), line, height=270
    )


def dots(
    rows: Sequence[Row],
    *,
    x: str,
    y: str,
    low: str,
    high: str,
    unit: str,
    kind: str = "n1",
    face: str | None = None,
    references: Sequence[tuple[str, Value]] = (),
) -> Chart:
    """Values with their intervals, one line a name; references (name, value) as vertical lines.

    `face`: the column that says how a value stands against France (see `theme.FACES`).
    """
    shown = [{**row, "face": FACES[text_of(row, face) if face and row[face] else ""][2]} for row in rows]
    faces = [look for look in FACES.values() if look[2] in _distinct(shown, "face")]
    words = [look[2] for look in faces]
    beside = {"orient": "bottom", "title": "Face à la France"}
    colour, shape = (theme.key("face", words, [look[i] for look in faces], **beside) for i in (0, 1))
    if face is None:
        colour["legend"] = shape["legend"] = None
    said = theme.tips(y, (x, unit, kind), (low, "borne basse", kind), (high, "borne haute", kind))
    base = alt.Chart().encode(y=_names(y), color=alt.Color(**colour), tooltip=said)
    axis = theme.measure(
        kind, [*(row[n] for row in rows for n in (x, low, high)), *dict(references).values()], zero=False
    )
    at, since, line = (alt.X(f"{n}:Q", title=unit, scale=alt.Scale(zero=False), axis=axis) for n in (x, low, "valeur"))
    return theme.layers(
        theme.data(shown, x, y, low, high, "face"),
        *_references(references, line),
        base.mark_rule(strokeWidth=2.5, opacity=0.55).encode(x=since, x2=alt.X2(field=high)),
        base.mark_point(filled=True, size=110, opacity=1).encode(x=at, shape=alt.Shape(**shape)),
        height=alt.Step(34),
    )


def _references(references: Sequence[tuple[str, Value]], at: alt.X) -> list[alt.Chart]:
    known = [{"nom": name, "valeur": value} for name, value in references if value is not None]
    if not known:
        return []
    stroke = theme.key("nom", [name for name, value in references if value is not None], DASHES, **STROKE)
    lines = alt.Chart(theme.data(known, "nom", "valeur")).mark_rule(strokeWidth=1.6, color=theme.ACCENT)
    return [lines.encode(x=at, strokeDash=alt.StrokeDash(**stroke))]


def ranks(rows: Sequence[Row], *, x: str, y: str, low: str, high: str, last: int, unit: str) -> Chart:
    """Ranks with their intervals, from 1 on the left to `last` on the right."""
    axis = alt.Axis(values=[1, *range(10, last - 4, 10), last], format="d")
    scale = alt.Scale(domain=[1, last], nice=False)
    said = theme.tips(y, (x, "rang", "n0"), (low, "meilleur rang", "n0"), (high, "pire rang", "n0"))
    base = alt.Chart().encode(y=_names(y), tooltip=said)
    at, since = (alt.X(f"{column}:Q", title=unit, axis=axis, scale=scale) for column in (x, low))
    return theme.layers(
        theme.data(rows, x, y, low, high),
        base.mark_rule(strokeWidth=7, color=BROWNS[1], strokeCap="round").encode(x=since, x2=alt.X2(field=high)),
        base.mark_point(filled=True, size=120, color=BROWNS[4], opacity=1).encode(x=at),
        height=alt.Step(34),
    )


def bands(rows: Sequence[Row], *, x: str, y: str, series: str, unit: str, kind: str = "pct0") -> Chart:
    """Shares by band, the first one at the bottom: bars for the first series, ticks for the others."""
    names = _distinct(rows, series)
    base = alt.Chart().encode(
        y=alt.Y(f"{y}:N", sort=_distinct(rows, y)[::-1], title=None),
        x=_values(rows, x, unit, kind),
        color=alt.Color(**theme.key(series, names, ("#7fb2d6", INK, *SERIES[1:]), symbolType="square")),
        tooltip=theme.tips(series, (x, unit, "pct1")),
    )
    here = base.transform_filter(alt.FieldEqualPredicate(field=series, equal=names[0]))
    there = base.transform_filter(alt.FieldOneOfPredicate(field=series, oneOf=names[1:]))
    return theme.layers(
        theme.data(rows, x, y, series),
        here.mark_bar(),
        there.mark_tick(thickness=3, bandSize=22, opacity=1),
        height=alt.Step(28),
    )


def parts(rows: Sequence[Row], *, x: str, y: str, unit: str, signs: tuple[str, str], kind: str = "n1") -> Chart:
    """What each part adds or takes, around zero; `signs` are the words for above and below."""
    shown = [{**row, "sens": signs[0] if number_of(row, x) >= 0 else signs[1]} for row in rows]
    bars = alt.Chart().mark_bar()
    bars = bars.encode(
        y=_names(y),
        x=_values(rows, x, unit, kind),
        color=alt.Color(**theme.key("sens", signs, (BROWNS[3], BLUES[3]))),
        tooltip=theme.tips(y, (x, unit, kind)),
    )
    zero = alt.Chart({"values": [{}]}).mark_rule(color=INK).encode(x=alt.XDatum(0))
    return theme.layers(theme.data(shown, x, y, "sens"), bars, zero, height=alt.Step(34))


def shares(
    rows: Sequence[Row], *, x: str, y: str, series: str, unit: str, colours: Mapping[str, str], kind: str = "pct0"
) -> Chart:
    """How a whole is split, one bar a name: the parts and their colours in the order of `colours`."""
    names = [name for name in colours if name in _distinct(rows, series)]
    shown = [{**row, "ordre": names.index(text_of(row, series))} for row in rows]
    key = theme.key(series, names, [colours[name] for name in names], beside=_distinct(rows, y))
    bars = alt.Chart().mark_bar(stroke="white", strokeWidth=1)
    bars = bars.encode(
        y=_names(y),
        x=alt.X(f"{x}:Q", title=unit, scale=alt.Scale(domain=[0, 1]), axis=theme.measure(kind, [1])),
        order=alt.Order("ordre:Q"),
        color=alt.Color(**key),
        tooltip=theme.tips(y, (x, unit, "pct1")),
    )
    return theme.layers(theme.data(shown, x, y, series, "ordre"), bars, height=alt.Step(30))


def bars(rows: Sequence[Row], *, x: str, y: str, unit: str, kind: str = "n0", text: str | None = None) -> Chart:
    """One bar a name, its name above it, its value beside it, or what the column `text` says of it."""
    shown = [{**row, "texte": (row[text] if text else "") or french(row[x], kind)} for row in rows]
    room = 12 + 7 * max(len(text_of(row, "texte")) for row in shown)
    axis = alt.Axis(orient="top", labels=False, ticks=False, grid=False, domain=False, titleAnchor="start")
    scale = alt.Scale(range=[0, alt.expr(f"width - {room}")])
    base = alt.Chart().encode(
        y=_names(y, axis=alt.Axis(labels=False, ticks=False)), x=alt.X(f"{x}:Q", title=unit, scale=scale, axis=axis)
    )
    return theme.layers(
        theme.data(shown, x, y, "texte"),
        base.mark_bar(color=BLUES[2], size=15, yOffset=8),
        base.mark_text(align="left", dx=5, yOffset=8).encode(text=alt.Text("texte:N")),
        base.mark_text(align="left", dx=5, yOffset=-9).encode(text=alt.Text(f"{y}:N"), x=alt.value(0)),
        height=alt.Step(40),
    )


def pairs(rows: Sequence[Row], *, x: str, y: str, series: str, unit: str, kind: str = "n0") -> Chart:
    """Two numbers a name, one bar under the other."""
    names = _distinct(rows, series)
    bars = alt.Chart().mark_bar()
    bars = bars.encode(
        y=_names(y, scale=alt.Scale(paddingInner=0.35)),
        yOffset=alt.YOffset(f"{series}:N", sort=names),
        x=_values(rows, x, unit, kind),
        color=alt.Color(**theme.key(series, names, (BLUES[3], BROWNS[2]), symbolType="square")),
        tooltip=theme.tips(series, (x, unit, kind)),
    )
    return theme.layers(theme.data(rows, x, y, series), bars, height=alt.Step(22, **{"for": "offset"}))


# What a page declared as data calls them.
CHARTS: Mapping[str, Callable[..., Chart]] = {
    made.__name__: made for made in (series, projection, dots, ranks, bands, parts, shares, bars, pairs)
}
