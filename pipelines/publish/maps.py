"""Choropleths: the outlines of a region's territories, in classes, with their names and values written on them."""

import itertools
import json
import math
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from pipelines.publish.charts import BLUES, INK, Row, Spec, number
from pipelines.publish.numbers import french

# Degrees; about 300 m. Neighbours share their vertices, so that they are moved together.
GRID = 0.003
HEIGHT = 400


def outline(geometry: str) -> dict[str, Any]:
    """A GeoJSON geometry on the plane (degrees of latitude), on a coarser grid; raises ValueError on another kind."""
    shape = json.loads(geometry)
    if shape["type"] not in ("Polygon", "MultiPolygon"):
        raise ValueError(shape["type"])
    polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
    kept = [[ring for ring in map(_ring, polygon) if len(ring) > 3] for polygon in polygons]
    return {"type": "MultiPolygon", "coordinates": [p for p in kept if p]}


def _ring(points: Sequence[Sequence[float]]) -> list[list[float]]:
    ring: list[list[float]] = []
    for longitude, latitude in points:
        point = [round(round(longitude / GRID) * GRID, 4), round(round(latitude / GRID) * GRID, 4)]
        if not ring or ring[-1] != point:
            ring.append(point)
    return ring


def _plane(shape: dict[str, Any], parallel: float) -> dict[str, Any]:
    factor = math.cos(math.radians(parallel))
    return {
        "type": "MultiPolygon",
        "coordinates": [
            [[[round(x * factor, 4), y] for x, y in ring] for ring in polygon] for polygon in shape["coordinates"]
        ],
    }


def _area(ring: Sequence[Sequence[float]]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)) / 2


def centre(shape: dict[str, Any]) -> tuple[float, float]:
    """The centroid of its largest part."""
    ring = max((polygon[0] for polygon in shape["coordinates"]), key=lambda r: abs(_area(r)))
    area = _area(ring)
    pairs = list(zip(ring, [*ring[1:], ring[0]], strict=True))
    x = sum((a[0] + b[0]) * (a[0] * b[1] - b[0] * a[1]) for a, b in pairs) / (6 * area)
    y = sum((a[1] + b[1]) * (a[0] * b[1] - b[0] * a[1]) for a, b in pairs) / (6 * area)
    return round(x, 4), round(y, 4)


def classes(values: Sequence[Any], count: int = 4) -> list[float]:
    """Upper bounds of all classes but the last, at equal numbers of territories, rounded to two figures."""
    known = sorted(float(v) for v in values if v is not None)
    if len(set(known)) < 2:
        return []
    count = min(count, len(set(known)))
    bounds = []
    for i in range(1, count):
        at = i * len(known) / count
        low, high = known[math.ceil(at) - 1], known[min(math.ceil(at), len(known) - 1)]
        bounds.append(float(f"{(low + high) / 2:.3g}"))
    return sorted(set(bounds))


def choropleth(
    outlines: dict[str, dict[str, Any]],
    rows: Sequence[Row],
    unit: str,
    *,
    kind: str = "n1",
    palette: Sequence[str] = BLUES,
    labels: bool = True,
) -> Spec:
    """A map. Rows: code, libelle, valeur, face. Where `face` is « non distinguable », the value is preceded by ≈."""
    bounds = _told_apart(classes([r["valeur"] for r in rows]), [r["valeur"] for r in rows], kind)
    names = _class_names(bounds, kind)
    latitudes = [y for shape in outlines.values() for y in _latitudes(shape)]
    parallel = sum(latitudes) / len(latitudes)
    values, points = [], []
    for row in rows:
        if row["code"] not in outlines:
            continue
        shape = _plane(outlines[row["code"]], parallel)
        place = "pas de valeur" if row["valeur"] is None else names[sum(float(row["valeur"]) > b for b in bounds)]
        dark = place in names and names.index(place) > len(names) - 3 and len(names) > 2
        shown = ("≈ " if row.get("face") == "non distinguable" else "") + french(row["valeur"], kind)
        values.append(
            {
                "type": "Feature",
                "geometry": shape,
                "libelle": row["libelle"],
                "valeur": number(row["valeur"]),
                "classe": place,
            }
        )
        x, y = centre(shape)
        points.append({"x": x, "y": y, "nom": row["libelle"], "texte": shown, "encre": "white" if dark else INK})
    used = [n for n in [*names, "pas de valeur"] if n in {v["classe"] for v in values}]
    steps = _steps(palette, len(names))
    range_ = [steps[names.index(n)] if n in names else "#ffffff" for n in used]
    layers: list[Spec] = [
        {
            "data": {"values": values},
            "mark": {"type": "geoshape", "stroke": "#5b6673", "strokeWidth": 0.8},
            "encoding": {
                "color": {
                    "field": "classe",
                    "type": "nominal",
                    "scale": {"domain": used, "range": range_},
                    "legend": {
                        "symbolType": "square",
                        "symbolStrokeColor": "#5b6673",
                        "title": unit,
                        "titleLimit": 400,
                        "titleFontWeight": "normal",
                        "orient": "bottom",
                        "columns": 2,
                    },
                },
                "tooltip": [{"field": "libelle", "title": "territoire"}, {"field": "valeur", "title": unit}],
            },
        }
    ]
    if labels:
        place_at = {
            "longitude": {"field": "x", "type": "quantitative"},
            "latitude": {"field": "y", "type": "quantitative"},
            "color": {"field": "encre", "type": "nominal", "scale": None},
        }
        for name, dy, weight in (("nom", -8, "normal"), ("texte", 8, "bold")):
            layers.append(
                {
                    "data": {"values": points},
                    "mark": {"type": "text", "dy": dy, "fontWeight": weight, "fontSize": 12},
                    "encoding": {**place_at, "text": {"field": name}},
                }
            )
    return {
        "width": 600,
        "height": HEIGHT,
        "projection": {"type": "identity", "reflectY": True},
        "layer": layers,
    }


def _latitudes(shape: dict[str, Any]) -> Iterator[float]:
    for polygon in shape["coordinates"]:
        for ring in polygon:
            for point in ring:
                yield point[1]


def _steps(palette: Sequence[str], count: int) -> list[str]:
    if count < 2:
        return [palette[2]]
    return [palette[round(i * (len(palette) - 1) / (count - 1))] for i in range(count)]


def _told_apart(bounds: Sequence[float], values: Sequence[Any], kind: str) -> list[float]:
    """The bounds that a reader can tell from the one before and from the largest value, as they are written."""
    highest = max((float(v) for v in values if v is not None), default=0.0)
    last = _bound(highest, kind)
    kept: dict[str, float] = {}
    for bound in bounds:
        if (written := _bound(bound, kind)) != last:
            kept.setdefault(written, bound)
    return list(kept.values())


def _bound(value: float, kind: str) -> str:
    return french(Decimal(str(value)), "n0" if kind == "n1" and value >= 100 else kind)


def _class_names(bounds: Sequence[float], kind: str) -> list[str]:
    if not bounds:
        return ["une seule valeur"]
    shown = [_bound(b, kind) for b in bounds]
    return [
        f"jusqu’à {shown[0]}",
        *[f"plus de {low}, jusqu’à {high}" for low, high in itertools.pairwise(shown)],
        f"plus de {shown[-1]}",
    ]
