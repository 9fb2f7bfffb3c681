"""Figures of the atlas: Vega-Lite specifications, drawn as SVG and PNG, each with its table and its text in words.

One specification serves the page, the print and the interactive version. Colours can be told apart by colour-blind
readers, and shapes or words always say the same thing as a colour.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar

import vl_convert

from pipelines.publish import drawing
from pipelines.publish.numbers import Column, french, joined

INK, SOFT, GRID, ACCENT = "#1b2430", "#54606e", "#dfe5ec", "#1b3a5c"
# Okabe and Ito, those that stand out on white.
SERIES = ("#0b5c9e", "#c8500a", "#00795a", "#8f3f7d", "#4a4a4a")
SHAPES = ("circle", "square", "triangle-up", "triangle-down", "cross")
BLUES = ("#dcebf5", "#a8cde4", "#63a3cb", "#2a70a5", "#0d3b66")
BROWNS = ("#fdeedb", "#fbcf9b", "#ef9d4c", "#c5630f", "#7c3303")
FACE = {
    "plus haut": ("#0b5c9e", "triangle-up", "se distingue, plus haut"),
    "plus bas": ("#c8500a", "triangle-down", "se distingue, plus bas"),
    "non distinguable": ("#6b7684", "circle", "ne se distingue pas"),
    "": ("#1b2430", "diamond", "sans comparaison"),
}
# Zones of all professions, from the hardest access to the easiest: colour, and what the letters say.
ZONES = {
    "ZIP": ("#7c3303", "intervention prioritaire"),
    "TSD": ("#7c3303", "très sous-dotée"),
    "ZAC": ("#ef9d4c", "action complémentaire"),
    "SD": ("#ef9d4c", "sous-dotée"),
    "ZAR": ("#fbcf9b", "appui régional"),
    "INT": ("#fbcf9b", "intermédiaire"),
    "ZV": ("#a8cde4", "vigilance"),
    "TD": ("#63a3cb", "très dotée"),
    "HV": ("#63a3cb", "hors vivier"),
    "NP": ("#a8cde4", "non prioritaire"),
    "SURD": ("#2a70a5", "sur-dotée"),
    "HZ": ("#2a70a5", "hors zone"),
    "non classée": ("#8a94a0", "ni arrêté, ni ligne dans la liste"),
}
WIDTH = 560

Spec = dict[str, Any]
Row = dict[str, Any]


@dataclass(frozen=True)
class Figure:
    """One picture: `id` names its files, `rows` and `columns` are its table, `words` says it in a few sentences."""

    id: str
    title: str
    spec: Spec
    columns: Sequence[Column]
    rows: Sequence[Row]
    words: str
    source: str
    notes: Sequence[str] = field(default_factory=tuple)
    kind: ClassVar[str] = "figure"

    def complete(self, credit: str, *, fictif: bool) -> Spec:
        """The whole specification, with the line that says what the picture is once it has left its page."""
        lines = [self.title, f"Source : {self.source} — {credit}"] + (["DONNÉES FICTIVES"] if fictif else [])
        return {
            "$schema": f"https://vega.github.io/schema/vega-lite/v{drawing.VEGA_LITE.split('.')[0]}.json",
            "background": "white",
            "padding": 8,
            "title": {
                "text": [part for line in lines for part in _wrap(line)],
                "orient": "bottom",
                "anchor": "start",
                "frame": "group",
                "fontSize": 10,
                "fontWeight": "normal",
                "color": "#a1232b" if fictif else SOFT,
                "offset": 12,
                "lineHeight": 13,
            },
            "config": CONFIG,
            **self.spec,
        }


CONFIG: Spec = {
    "font": "Arial, 'Liberation Sans', Helvetica, sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": INK,
        "titleColor": SOFT,
        "titleFontWeight": "normal",
        "gridColor": GRID,
        "domainColor": "#9aa5b1",
        "tickColor": "#9aa5b1",
        "labelFontSize": 12,
        "titleFontSize": 12,
        "labelLimit": 230,
    },
    "legend": {
        "orient": "top",
        "title": None,
        "labelFontSize": 12,
        "labelColor": INK,
        "symbolSize": 90,
        "labelLimit": 320,
        "columnPadding": 18,
    },
}


def _wrap(text: str, width: int = 105) -> list[str]:
    lines = [""]
    for word in text.split(" "):
        if len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


@functools.cache
def script() -> str:
    """The JavaScript that makes figures interactive, shared by all pages; no page needs it to be read."""
    return str(vl_convert.javascript_bundle(vl_version=drawing.VEGA_LITE))  # type: ignore[call-arg]  # the stub is behind


def number(value: Any) -> float | None:
    """A measure as JSON carries it."""
    return None if value is None else round(float(value), 6)


def _plain(rows: Sequence[Row], names: str) -> list[Row]:
    return [{k: number(v) if isinstance(v := row.get(k), Decimal) else v for k in names.split()} for row in rows]


def _y(field_name: str, rows: Sequence[Row]) -> Spec:
    return {"field": field_name, "type": "nominal", "sort": [r[field_name] for r in rows], "title": None}


# --- Kinds of figures -------------------------------------------------------------------------------------------------


def series(rows: Sequence[Row], unit: str, *, breaks: Sequence[int] = (), zero: bool = False, kind: str = "n1") -> Spec:
    """Lines over years. Rows: annee, serie, valeur. A break of series is a dashed line before its year."""
    names = list(dict.fromkeys(r["serie"] for r in rows))
    years = sorted({r["annee"] for r in rows})
    x: Spec = {
        "field": "annee",
        "type": "quantitative",
        "title": None,
        "axis": {
            "format": "d",
            "tickMinStep": 1,
            "tickCount": min(len(years), 10),
            "grid": False,
        },
        "scale": {"domain": [years[0] - 0.3, years[-1] + 0.3], "nice": False},
    }
    # France looks the same in every figure.
    looks = dict(zip((n for n in names if n != "France"), zip(SERIES, SHAPES, strict=True), strict=False))
    looks["France"] = (SOFT, "diamond")
    colour, shape = (
        {"field": "serie", "type": "nominal", "scale": {"domain": names, "range": [looks[n][i] for n in names]}}
        for i in (0, 1)
    )
    y: Spec = {
        "field": "valeur",
        "type": "quantitative",
        "title": unit,
        "scale": {"zero": zero},
        "axis": {"format": ".1%" if kind.startswith("pct") else ",.4~r", "tickCount": 5},
    }
    layers: list[Spec] = [
        {"mark": {"type": "line", "strokeWidth": 2.2}, "encoding": {"x": x, "y": y, "color": colour}},
        {
            "mark": {"type": "point", "filled": True, "size": 55, "opacity": 1},
            "encoding": {
                "x": x,
                "y": y,
                "color": colour,
                "shape": shape,
                "tooltip": _tips(("serie", "annee", "valeur")),
            },
        },
    ]
    if breaks:
        layers.insert(
            0,
            {
                "data": {"values": [{"annee": year - 0.5, "texte": "rupture"} for year in sorted(set(breaks))]},
                "layer": [
                    {"mark": {"type": "rule", "strokeDash": [5, 4], "color": "#8a1f28"}},
                    {
                        "mark": {"type": "text", "align": "left", "dx": 4, "y": 8, "color": "#8a1f28"},
                        "encoding": {"text": {"field": "texte"}},
                    },
                ],
                "encoding": {"x": x},
            },
        )
    return {"width": WIDTH, "height": 250, "data": {"values": _plain(rows, "annee serie valeur")}, "layer": layers}


def _tips(names: Sequence[str]) -> list[Spec]:
    words = {"annee": "année", "serie": "", "libelle": "territoire"}
    return [{"field": n, "title": words.get(n, n)} for n in names]


def dots(rows: Sequence[Row], unit: str, references: Sequence[tuple[str, Any]], *, kind: str = "n1") -> Spec:
    """Values with their intervals, and references as vertical lines. Rows: libelle, valeur, bas, haut, face."""
    shown = [{**r, "face": FACE[r.get("face") or ""][2]} for r in rows]
    kinds = [v for v in FACE.values() if v[2] in {r["face"] for r in shown}]
    x: Spec = {
        "type": "quantitative",
        "title": unit,
        "scale": {"zero": False, "nice": True},
        "axis": {"format": ".0%" if kind.startswith("pct") else ",.4~r", "tickCount": 6},
    }
    face = {
        "field": "face",
        "type": "nominal",
        "scale": {"domain": [k[2] for k in kinds], "range": [k[0] for k in kinds]},
        "legend": {"title": "Face à la France", "titleFontWeight": "normal", "titleOrient": "left", "orient": "bottom"},
    }
    shape = {**face, "scale": {"domain": [k[2] for k in kinds], "range": [k[1] for k in kinds]}}
    lines = [{"libelle": n, "valeur": number(v)} for n, v in references if v is not None]
    dash = {
        "field": "libelle",
        "type": "nominal",
        "scale": {"domain": [r["libelle"] for r in lines], "range": [[1, 0], [6, 4]][: len(lines)]},
        "legend": {"symbolType": "stroke", "symbolSize": 500, "symbolStrokeWidth": 2},
    }
    layers: list[Spec] = [
        {
            "data": {"values": lines},
            "mark": {"type": "rule", "strokeWidth": 1.6, "color": ACCENT},
            "encoding": {"x": {**x, "field": "valeur"}, "strokeDash": dash},
        },
        {
            "mark": {"type": "rule", "strokeWidth": 2.5, "opacity": 0.55},
            "encoding": {
                "y": _y("libelle", rows),
                "x": {**x, "field": "bas"},
                "x2": {"field": "haut"},
                "color": face,
            },
        },
        {
            "mark": {"type": "point", "filled": True, "size": 110, "opacity": 1},
            "encoding": {
                "y": _y("libelle", rows),
                "x": {**x, "field": "valeur"},
                "color": face,
                "shape": shape,
                "tooltip": _tips(("libelle", "valeur", "bas", "haut")),
            },
        },
    ]
    return {
        "width": WIDTH - 60,
        "height": {"step": 30},
        "data": {"values": _plain(shown, "libelle valeur bas haut face")},
        "layer": layers[0 if lines else 1 :],
    }


def ages(rows: Sequence[Row], here: str) -> Spec:
    """Shares by age band, from the youngest up: bars here, ticks elsewhere. Rows: tranche, serie, part."""
    bands = list(dict.fromkeys(r["tranche"] for r in rows))
    others = list(dict.fromkeys(r["serie"] for r in rows if r["serie"] != here))
    y: Spec = {"field": "tranche", "type": "nominal", "sort": bands[::-1], "title": None}
    x: Spec = {"field": "part", "type": "quantitative", "title": "part des professionnels", "axis": {"format": ".0%"}}
    names = [here, *others]
    colour = {
        "field": "serie",
        "type": "nominal",
        "scale": {"domain": names, "range": ["#7fb2d6", INK, SERIES[1]][: len(names)]},
        "legend": {"symbolType": "square"},
    }
    return {
        "width": WIDTH,
        "height": {"step": 26},
        "data": {"values": _plain(rows, "tranche serie part")},
        "encoding": {"y": y, "x": x, "color": colour, "tooltip": _tips(("serie", "tranche", "part"))},
        "layer": [
            {"transform": [{"filter": {"field": "serie", "equal": here}}], "mark": {"type": "bar"}},
            {
                "transform": [{"filter": {"field": "serie", "oneOf": others}}],
                "mark": {"type": "tick", "thickness": 3, "bandSize": 22, "opacity": 1},
            },
        ],
    }


def projection(observed: Sequence[Row], central: Sequence[Row], scenarios: Sequence[Row], unit: str) -> Spec:
    """What was observed, the central projection with its interval, and the scenarios, thinner."""
    years = sorted({r["annee"] for r in [*observed, *central]})
    x: Spec = {
        "field": "annee",
        "type": "quantitative",
        "title": None,
        "axis": {"format": "d", "tickMinStep": 2, "grid": False},
        "scale": {"domain": [years[0], years[-1]], "nice": False},
    }

    def y(name: str) -> Spec:
        return {
            "field": name,
            "type": "quantitative",
            "title": unit,
            "scale": {"zero": False},
            "axis": {"format": ",.0f", "tickCount": 5},
        }

    names = list(dict.fromkeys(r["serie"] for r in [*observed, *central, *scenarios]))
    colour = {
        "field": "serie",
        "type": "nominal",
        "scale": {
            "domain": names,
            "range": [INK, SERIES[0], *[SERIES[1]] * 2, *[SERIES[2]] * 2, *SERIES[3:]][: len(names)],
        },
        "legend": {"columns": 4},
    }
    dash = {
        "field": "serie",
        "type": "nominal",
        "scale": {"domain": names, "range": [[1, 0], [1, 0], [7, 3], [2, 3], [7, 3], [2, 3], [1, 2]][: len(names)]},
        "legend": {"columns": 4, "symbolType": "stroke"},
    }
    return {
        "width": WIDTH,
        "height": 270,
        "layer": [
            {
                "data": {"values": _plain(central, "annee bas haut")},
                "mark": {"type": "area", "opacity": 0.18, "color": SERIES[0]},
                "encoding": {"x": x, "y": y("bas"), "y2": {"field": "haut"}},
            },
            {
                "data": {"values": _plain([*observed, *central, *scenarios], "annee effectif serie")},
                "mark": {"type": "line", "strokeWidth": 2},
                "encoding": {"x": x, "y": y("effectif"), "color": colour, "strokeDash": dash},
            },
        ],
    }


def contributions(rows: Sequence[Row]) -> Spec:
    """What each dimension adds to the index or takes from it. Rows: dimension, contribution."""
    shown = [{**r, "sens": "vers la tension" if r["contribution"] >= 0 else "vers la détente"} for r in rows]
    x: Spec = {
        "field": "contribution",
        "type": "quantitative",
        "title": "points au-dessus ou au-dessous de 50",
        "axis": {"format": ",.0f"},
    }
    return {
        "width": WIDTH - 40,
        "height": {"step": 32},
        "data": {"values": _plain(shown, "dimension contribution sens")},
        "encoding": {"y": _y("dimension", rows), "x": x},
        "layer": [
            {
                "mark": {"type": "bar"},
                "encoding": {
                    "color": {
                        "field": "sens",
                        "type": "nominal",
                        "scale": {"domain": ["vers la tension", "vers la détente"], "range": ["#c5630f", "#2a70a5"]},
                    },
                    "tooltip": _tips(("dimension", "contribution")),
                },
            },
            {"mark": {"type": "rule", "color": INK}, "encoding": {"x": {"datum": 0}, "y": None}},
        ],
    }


def ranks(rows: Sequence[Row], last: int) -> Spec:
    """Ranks with their intervals, 1 on the left. Rows: libelle, rang, rang_bas, rang_haut."""
    x: Spec = {
        "type": "quantitative",
        "title": f"rang parmi {last} départements (1 : le plus tendu)",
        "scale": {"domain": [1, last], "nice": False},
        "axis": {"values": [1, *range(10, last, 10), last]},
    }
    return {
        "width": WIDTH - 60,
        "height": {"step": 32},
        "data": {"values": _plain(rows, "libelle rang rang_bas rang_haut")},
        "encoding": {"y": _y("libelle", rows)},
        "layer": [
            {
                "mark": {"type": "rule", "strokeWidth": 7, "color": "#fbcf9b", "strokeCap": "round"},
                "encoding": {"x": {**x, "field": "rang_bas"}, "x2": {"field": "rang_haut"}},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 120, "color": "#7c3303", "opacity": 1},
                "encoding": {
                    "x": {**x, "field": "rang"},
                    "tooltip": _tips(("libelle", "rang", "rang_bas", "rang_haut")),
                },
            },
        ],
    }


def shares(rows: Sequence[Row], territories: Sequence[str]) -> Spec:
    """How the population of each territory is split between zones. Rows: libelle, zone, part."""
    zones = [z for z in ZONES if z in {r["zone"] for r in rows}]
    return {
        "width": WIDTH - 40,
        "height": {"step": 26},
        "data": {"values": [{**r, "ordre": zones.index(r["zone"])} for r in _plain(rows, "libelle zone part")]},
        "mark": {"type": "bar", "stroke": "white", "strokeWidth": 1},
        "encoding": {
            "y": {"field": "libelle", "type": "nominal", "sort": list(territories), "title": None},
            "x": {
                "field": "part",
                "type": "quantitative",
                "title": "part de la population",
                "axis": {"format": ".0%"},
                "scale": {"domain": [0, 1]},
            },
            "order": {"field": "ordre", "type": "quantitative"},
            "color": {
                "field": "zone",
                "type": "nominal",
                "scale": {"domain": zones, "range": [ZONES[z][0] for z in zones]},
            },
            "tooltip": _tips(("libelle", "zone", "part")),
        },
    }


def bars(rows: Sequence[Row], unit: str, *, kind: str = "n0") -> Spec:
    """One bar a line, its value written beside it. Rows: libelle, valeur; `texte` where it says more."""
    shown = [{**r, "texte": r.get("texte") or french(r["valeur"], kind)} for r in rows]
    return {
        "width": WIDTH - 190,
        "height": {"step": 26},
        "data": {"values": _plain(shown, "libelle valeur texte")},
        "encoding": {
            "y": _y("libelle", rows),
            "x": {
                "field": "valeur",
                "type": "quantitative",
                "title": unit,
                "axis": {"format": ".0%" if kind.startswith("pct") else ",.4~r", "tickCount": 5},
            },
        },
        "layer": [
            {"mark": {"type": "bar", "color": "#63a3cb"}},
            {
                "mark": {"type": "text", "align": "left", "dx": 4, "color": INK, "fontSize": 12},
                "encoding": {"text": {"field": "texte"}},
            },
        ],
    }


def pairs(rows: Sequence[Row], unit: str) -> Spec:
    """Two numbers a line, one bar under the other. Rows: libelle, serie, valeur."""
    names = list(dict.fromkeys(r["serie"] for r in rows))
    colour = {"field": "serie", "type": "nominal", "scale": {"domain": names, "range": ["#2a70a5", "#ef9d4c"]}}
    axis = {"format": ",.0f", "tickCount": 6}
    return {
        "width": WIDTH - 40,
        "height": {"step": 22, "for": "offset"},
        "data": {"values": _plain(rows, "libelle serie valeur")},
        "mark": "bar",
        "encoding": {
            "y": {**_y("libelle", rows), "scale": {"paddingInner": 0.35}},
            "yOffset": {"field": "serie", "type": "nominal", "sort": names},
            "x": {"field": "valeur", "type": "quantitative", "title": unit, "axis": axis},
            "color": {**colour, "legend": {"symbolType": "square"}},
            "tooltip": _tips(("libelle", "serie", "valeur")),
        },
    }


# --- The same in words ------------------------------------------------------------------------------------------------


def told(rupture: Row) -> str:
    """A break in words, and what it does to an evolution (reference.ruptures)."""
    bond = "les années se comparent, avec prudence" if rupture["comparable"] else "rien ne se compare au travers"
    return f"{rupture['annee']}, {rupture['rupture']} ({rupture['effet']}) : {bond}"


def say_series(rows: Sequence[Row], unit: str, kind: str, breaks: Sequence[Row] = ()) -> str:
    """Last value of each series, beside the first that no break makes incomparable with it; and the breaks."""
    apart = [b["annee"] for b in breaks if not b["comparable"]]
    said = []
    for name in dict.fromkeys(r["serie"] for r in rows):
        known = [r for r in rows if r["serie"] == name and r["valeur"] is not None]
        if not known:
            continue
        last = known[-1]
        since = max((year for year in apart if year <= last["annee"]), default=known[0]["annee"])
        first = next(r for r in known if r["annee"] >= since)
        now = f"{name} : {french(last['valeur'], kind)} en {last['annee']}"
        said.append(now if first is last else f"{now}, contre {french(first['valeur'], kind)} en {first['annee']}")
    text = f"{unit[:1].upper()}{unit[1:]}. " + " ; ".join(said) + "."
    if breaks:
        text += f" Ruptures de la série : {' ; '.join(told(b) for b in breaks)}."
    return text


def say_dots(rows: Sequence[Row], unit: str, kind: str, references: Sequence[tuple[str, Any]]) -> str:
    """Extremes, references, and who stands apart from France."""
    known = sorted((r for r in rows if r["valeur"] is not None), key=lambda r: (r["valeur"], r["libelle"]))
    if not known:
        return "Aucune valeur n’est connue."
    low, high = known[0], known[-1]
    text = f"{unit[:1].upper()}{unit[1:]} : "
    if low is high:
        text += f"{low['libelle']}, {french(low['valeur'], kind)}"
    else:
        text += (
            f"de {french(low['valeur'], kind)} ({low['libelle']}) à {french(high['valeur'], kind)} ({high['libelle']})"
        )
    text += "".join(f" ; {name} : {french(value, kind)}" for name, value in references if value is not None) + "."
    for face, words in (
        ("plus haut", "Au-dessus de la France, et l’écart dépasse l’incertitude"),
        ("plus bas", "Au-dessous de la France, et l’écart dépasse l’incertitude"),
        ("non distinguable", "Sans écart avec la France qui dépasse l’incertitude"),
    ):
        names = [r["libelle"] for r in rows if r.get("face") == face]
        if names:
            text += f" {words} : {joined(names)}."
    return text
