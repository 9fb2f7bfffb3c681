"""Maps: outlines of territories, coloured in the order of their values, which are written on those of a region; or
with points, each with its number.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import shapely
from shapely.geometry.base import BaseGeometry

from pipelines.publish.figures import theme
from pipelines.publish.figures.theme import BLUES, INK, Chart
from pipelines.publish.numbers import french
from pipelines.publish.rows import Row, number_of, text_of

# Degrees: what is smaller than about 300 m isn't drawn on the map of a region, nor 2 km on that of the country.
FINEST, COARSE = 0.003, 0.02
BORDER = "#5b6673"
# Where a scale is dark enough for white letters: both palettes have as much contrast on either side.
DARK = 0.68
# A point of one, and the largest, in pixels squared; a white number is read on its blue.
SPOTS, SPOT = [200, 800], BLUES[4]


def outlines(geometries: Mapping[str, str], finest: float = FINEST) -> dict[str, BaseGeometry]:
    """Territories that cover a country, from GeoJSON, simplified together: neighbours keep the same border.

    What is smaller than `finest`, in degrees, isn't drawn.

    Raises TypeError on a geometry that is no polygon.
    """
    shapes = shapely.from_geojson(list(geometries.values()))
    return dict(zip(geometries, shapely.coverage_simplify(shapes, finest), strict=True))


def choropleth(
    shapes: Mapping[str, BaseGeometry],
    rows: Sequence[Row],
    *,
    code: str,
    x: str,
    label: str,
    unit: str,
    kind: str = "n1",
    face: str | None = None,
    palette: Sequence[str] = BLUES,
    labels: bool = True,
    here: str | None = None,
) -> Chart:
    """A map. Where the column `face` says « non distinguable », the value is preceded by ≈; white has no value.

    One colour for each value, from the lowest to the highest: classes would part neighbours, or unite what differs.
    Territories whose column `here` is true have a thick border, and are drawn last.
    """
    drawn = sorted((row for row in rows if row[code] in shapes), key=lambda row: bool(here and row[here]))
    known = [float(number_of(row, x)) for row in drawn if row[x] is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    features = []
    for row in drawn:
        sign = "≈ " if face and row[face] == "non distinguable" else ""
        said = {"nom": row[label], "valeur": row[x], "texte": sign + french(row[x], kind)}
        dark = row[x] is not None and float(number_of(row, x)) > low + DARK * (high - low)
        shape = _feature(shapes[text_of(row, code)])
        kept = {"sombre": dark} | ({"ici": bool(row[here])} if here else {})
        features.append(shape | {n: theme.plain(v) for n, v in said.items()} | kept)
    white = " (en blanc : pas de valeur)" if len(known) < len(drawn) else ""
    legend = alt.Legend(
        title=unit + white,
        orient="bottom",
        format=theme.written(kind),
        tickCount=theme.ticks(kind, known, zero=False),
        gradientLength=300,
    )
    colour = alt.Color("valeur:Q", scale=alt.Scale(domain=[low, high], range=list(palette)), legend=legend)
    said_of = [alt.Tooltip("nom:N", title="title"), alt.Tooltip("texte:N", title=unit)]
    marks = [alt.Chart().mark_geoshape(stroke=BORDER, strokeWidth=0.8).encode(color=colour, tooltip=said_of)]
    if here:
        thick = {"stroke": alt.ColorValue(BORDER, condition={"test": "datum.ici", "value": INK})}
        width = alt.StrokeWidthValue(0.4, condition={"test": "datum.ici", "value": 2.2})
        marks = [marks[0].encode(**thick, strokeWidth=width)]
    if labels:
        ink = alt.ColorValue(INK, condition={"test": "datum.sombre", "value": "white"})
        texts = alt.Chart().encode(longitude=alt.Longitude("x:Q"), latitude=alt.Latitude("y:Q"), color=ink)
        marks += [
            texts.mark_text(dy=-8).encode(text=alt.Text("nom:N")),
            texts.mark_text(dy=8, fontWeight="bold").encode(text=alt.Text("texte:N")),
        ]
    return theme.layers({"values": features}, *marks, height=330, projection=alt.Projection(type="mercator"))


def spots(
    shapes: Mapping[str, BaseGeometry], rows: Sequence[Row], *, x: str, label: str, unit: str, kind: str = "n0"
) -> Chart:
    """A map of points, at the `longitude` and `latitude` of each row: the larger the number `x`, the larger the point.

    The number is written in it.
    """
    land = {"values": [_feature(shape) for shape in shapes.values()]}
    names = ("longitude", "latitude", label, x)
    # The largest first: a small one that stands near isn't hidden.
    drawn = sorted(rows, key=lambda row: -number_of(row, x))
    at = alt.Chart().encode(
        longitude=alt.Longitude("longitude:Q"),
        latitude=alt.Latitude("latitude:Q"),
        tooltip=theme.tips(label, (x, unit, kind)),
    )
    size = alt.Size(f"{x}:Q", scale=alt.Scale(domain=[1, max(6.0, float(number_of(drawn[0], x)))], range=SPOTS))
    points = at.mark_circle(color=SPOT, stroke="white", strokeWidth=1.2, opacity=1)
    inside = at.mark_text(color="white", fontWeight="bold", baseline="middle")
    ground = alt.Chart(land).mark_geoshape(fill=BLUES[0], stroke=BORDER, strokeWidth=0.8)
    layers = [
        ground,
        points.encode(size=size.legend(None)),
        inside.encode(text=alt.Text(f"{x}:Q", format=theme.written(kind))),
    ]
    return theme.layers(theme.data(drawn, *names), *layers, height=330, projection=alt.Projection(type="mercator"))


def _feature(shape: BaseGeometry) -> dict[str, Any]:
    """A territory as d3 reads it (clockwise), and where to write on it: the middle of its largest part."""
    at = max(shapely.get_parts(shape), key=shapely.area).centroid
    geometry = shapely.geometry.mapping(shapely.orient_polygons(shape, exterior_cw=True))
    return {"type": "Feature", "geometry": geometry, "x": at.x, "y": at.y}
