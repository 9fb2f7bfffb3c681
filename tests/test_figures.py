"""Figures: specifications that Vega-Lite takes, pictures of one width, numbers in French, words for who sees none."""

import json
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import altair as alt
import jsonschema
import pytest
import shapely

from pipelines.publish.figures import charts, drawing, maps, theme, words
from pipelines.publish.figures.figure import Figure
from pipelines.publish.numbers import ShownColumn
from pipelines.publish.rows import Row

LONG = "Masseurs-kinésithérapeutes-ostéopathes et autres intervenants de rééducation"
PLACES = ("Manche", "Orne", LONG)
DOTS: list[dict[str, Any]] = [
    {"lieu": place, "v": Decimal(n), "b": Decimal(n) / 2, "h": Decimal(n) * 2, "face": face}
    for n, (place, face) in enumerate(zip(PLACES, ("plus haut", "non distinguable", None), strict=True), 1)
]
SERIES = [
    {"an": year, "lieu": place, "n": Decimal(1000 + year - 2010), "trait": "observé" if year < 2015 else "projeté"}
    for place in ("Manche", "France")
    for year in range(2010, 2020)
]
LINES: list[dict[str, Any]] = [
    {"an": year, "scenario": name, "n": year, "bas": low, "haut": 2100}
    for name, low in (("observé", None), ("centrale", 1900), ("sorties −20 %", None))
    for year in (2020, 2030)
]
SHARES = [{"lieu": place, "zone": zone, "part": Decimal("0.5")} for place in PLACES for zone in ("ZIP", "HZ")]
SQUARES = {
    code: f'{{"type": "Polygon", "coordinates": [[[{x}, 49], [{x + 1}, 49], [{x + 1}, 50], [{x}, 50], [{x}, 49]]]}}'
    for x, code in enumerate(("50", "61", "14"))
}
ON_MAP: list[dict[str, Any]] = [
    {"code": code, "lieu": place, "v": value, "face": face}
    for code, place, value, face in (
        ("50", "Manche", Decimal("1234.5"), "non distinguable"),
        ("61", "Orne", Decimal("2469"), "plus haut"),
        ("14", "Calvados", None, None),
    )
]
SPOTS: list[dict[str, Any]] = [
    {"lieu": place, "n": n, "longitude": Decimal(x), "latitude": Decimal("49.5")}
    for place, n, x in zip(PLACES, (1, 12, 3), ("0.5", "1.5", "2.5"), strict=True)
]
COLOURS = {"ZIP": "#7c3303", "ZAC": "#ef9d4c", "HZ": "#2a70a5"}


def a_map(rows: list[dict[str, Any]], kind: str = "n1") -> theme.Chart:
    shapes = maps.outlines(SQUARES)
    return maps.choropleth(shapes, rows, code="code", x="v", label="lieu", face="face", unit="pour 100 000", kind=kind)


EXAMPLES: Mapping[str, Callable[[], theme.Chart]] = {
    "series": lambda: charts.series(
        SERIES, x="an", y="n", series="lieu", dash="trait", unit="professionnels", kind="n0", breaks=[2014, 2014]
    ),
    "projection": lambda: charts.projection(
        LINES, x="an", y="n", series="scenario", low="bas", high="haut", unit="professionnels"
    ),
    "dots": lambda: charts.dots(
        DOTS, x="v", y="lieu", low="b", high="h", face="face", unit="par an", references=[("France", Decimal("1.5"))]
    ),
    "ranks": lambda: charts.ranks(DOTS, x="v", y="lieu", low="b", high="h", last=96, unit="rang"),
    "bands": lambda: charts.bands(SHARES, x="part", y="lieu", series="zone", unit="part"),
    "parts": lambda: charts.parts(
        [{"lieu": p, "v": v} for p, v in zip(PLACES, (Decimal(-1), Decimal(0), Decimal(1)), strict=True)],
        x="v",
        y="lieu",
        unit="points",
        signs=("vers la tension", "vers la détente"),
    ),
    "shares": lambda: charts.shares(SHARES, x="part", y="lieu", series="zone", unit="part", colours=COLOURS),
    "bars": lambda: charts.bars(DOTS, x="v", y="lieu", unit="projets"),
    "pairs": lambda: charts.pairs(SHARES, x="part", y="lieu", series="zone", unit="par an", kind="pct0"),
    "map": lambda: a_map(ON_MAP),
    "spots": lambda: maps.spots(maps.outlines(SQUARES), SPOTS, x="n", label="lieu", unit="instituts"),
}


def complete(spec: theme.Chart) -> dict[str, Any]:
    figure = Figure("essai", "Un essai", spec, (ShownColumn("lieu", "Lieu"),), (), "Rien.", "personne ; nul autre")
    return figure.complete("Atlas 2025", fictif=True)


def drawn(spec: theme.Chart) -> str:
    return drawing.one(json.dumps(complete(spec), sort_keys=True))[0]


def said(svg: str) -> list[str]:
    """Each text of a picture, lines of one text apart."""
    return [re.sub("<[^>]+>", "", part) for part in re.findall(r"<(?:text|tspan)[^>]*>([^<]+)", svg)]


def ticks(svg: str, pattern: str) -> list[str]:
    return [text for text in said(svg) if re.fullmatch(pattern, text)]


def test_every_kind_has_its_example() -> None:
    assert set(EXAMPLES) == {*charts.CHARTS, "map", "spots"}


@pytest.mark.parametrize("kind", EXAMPLES)
def test_each_kind_is_what_vega_lite_takes(kind: str) -> None:
    spec = json.loads(json.dumps(complete(EXAMPLES[kind]())))
    faults = list(jsonschema.Draft7Validator(alt.load_schema()).iter_errors(spec))
    assert [fault.message for fault in faults] == []


def test_the_schema_is_that_of_the_version_that_draws() -> None:
    assert f"v{drawing.VEGA_LITE}." in complete(EXAMPLES["bars"]())["$schema"]


@pytest.mark.parametrize("kind", EXAMPLES)
def test_each_kind_fits_the_width_and_cuts_no_label(kind: str) -> None:
    svg = drawn(EXAMPLES[kind]())
    width = re.search(r'<svg [^>]*width="([0-9.]+)"', svg)
    assert width
    assert float(width[1]) == theme.WIDTH
    assert "…" not in svg
    whole = "".join(said(svg)).replace(" ", "").replace("\u00a0", "")
    assert "DONNÉESFICTIVES" in whole
    if kind not in ("series", "projection", "map", "spots"):
        assert LONG.replace(" ", "") in whole
        assert (LONG in said(svg)) == (kind == "bars"), "beside a plot, a long name takes several lines"


@pytest.mark.parametrize(
    ("kind", "values", "shown"),
    [
        ("n0", ("0", "1", "2"), ["0", "1", "2"]),
        ("n1", ("0", "0.1", "0.2"), ["0", "0,1", "0,2"]),
        ("pct0", ("0", "0.01", "0.02"), ["0\u00a0%", "1\u00a0%", "2\u00a0%"]),
        ("n0", ("0", "1000", "2000"), ["0", "500", "1\u00a0000", "1\u00a0500", "2\u00a0000"]),
    ],
)
def test_an_axis_never_writes_one_number_twice(kind: str, values: tuple[str, ...], shown: list[str]) -> None:
    rows: list[Row] = [{"an": 2015 + n, "lieu": "Orne", "v": Decimal(v)} for n, v in enumerate(values)]
    svg = drawn(charts.series(rows, x="an", y="v", series="lieu", unit="unité", kind=kind, zero=True))
    years = ["2015", "2016", "2017"]
    assert ticks(svg, r"[\d,\u00a0]+(\u00a0%)?") == years + shown


def test_a_long_series_keeps_its_marks_apart() -> None:
    rows: list[Row] = [{"an": year, "lieu": "Orne", "v": Decimal(year)} for year in range(1975, 2023)]
    svg = drawn(charts.series(rows, x="an", y="v", series="lieu", unit="unité"))
    marks = svg[svg.index("mark-symbol") :]
    assert len(re.findall(r'aria-roledescription="point"', marks)) == 10


def test_a_map_keeps_the_order_of_values_and_says_what_has_none() -> None:
    svg = drawn(a_map(ON_MAP))
    fills = dict(re.findall(r'title: (\w+)[^>]*"geoshape"[^>]*fill="([^"]+)"', svg))
    assert fills["Calvados"] == "white"
    light, dark = (sum(map(int, re.findall(r"\d+", fills[name]))) for name in ("Manche", "Orne"))
    assert light > dark
    texts = said(svg)
    assert "≈ 1\u00a0234,5" in texts
    assert "nd" in texts
    assert "pour 100 000 (en blanc : pas de valeur)" in texts


def test_a_map_of_one_value_is_drawn() -> None:
    same = [{**row, "v": Decimal(3)} for row in ON_MAP]
    assert "3,0" in said(drawn(a_map(same)))


def test_a_point_has_its_number_and_is_as_large_as_it_says() -> None:
    svg = drawn(EXAMPLES["spots"]())
    assert ticks(svg, r"\d+") == ["12", "3", "1"]
    circles = re.findall(r'aria-label="[^"]*instituts: (\d+)[^"]*"[^>]*d="M([\d.]+),0A', svg)
    sizes = {int(number): float(radius) for number, radius in circles}
    assert sizes[1] < sizes[3] < sizes[12]


def right_edges(svg: str, texts: set[str]) -> dict[str, float]:
    """About where each of these texts ends, from the left of the picture."""
    found: dict[str, float] = {}

    def walk(node: ElementTree.Element, left: float) -> None:
        moved = re.match(r"translate\(([-\d.]+)", node.get("transform", ""))
        left += float(moved[1]) if moved else 0
        if node.text in texts:
            found[node.text] = left + 8 * len(node.text)
        for child in node:
            walk(child, left)

    walk(ElementTree.fromstring(svg), 0)  # noqa: S314  # our own picture
    return found


def test_a_legend_of_seven_zones_leaves_no_name_outside() -> None:
    zones = dict.fromkeys(("TSD", "SDE", "SD", "INT", "TD", "NP", "SURD"), "#0b5c9e")
    rows: list[Row] = [{"lieu": "Seine-Maritime", "zone": zone, "part": Decimal("0.1")} for zone in zones]
    svg = drawn(charts.shares(rows, x="part", y="lieu", series="zone", unit="part", colours=zones))
    edges = right_edges(svg, set(zones))
    assert edges.keys() == zones.keys()
    assert max(edges.values()) < theme.WIDTH


def test_neighbours_keep_one_border() -> None:
    jagged = [[1 + 0.0004 * (n % 2), 49 + n / 100] for n in range(1, 100)]
    outer = [[0, 49], [1, 49], *jagged, [1, 50], [0, 50], [0, 49]]
    pair = {
        "west": json.dumps({"type": "Polygon", "coordinates": [outer]}),
        "east": json.dumps(
            {"type": "Polygon", "coordinates": [[[1, 49], *jagged, [1, 50], [2, 50], [2, 49], [1, 49]]]}
        ),
    }
    west, east = maps.outlines(pair).values()
    assert shapely.get_num_coordinates(west) < 20
    assert shapely.coverage_is_valid([west, east])
    with pytest.raises(TypeError, match="geometry type"):
        maps.outlines({"point": '{"type": "Point", "coordinates": [0, 49]}'})


def test_values_in_words() -> None:
    text = words.say_values(
        DOTS, x="v", y="lieu", unit="projets", kind="n0", face="face", references=[("France", 2), ("Normandie", None)]
    )
    assert text == (
        f"Projets : de 1 (Manche) à 3 ({LONG}) ; France : 2. Au-dessus de la France, et l’écart dépasse "
        "ce que le nombre bouge en un an : Manche. Sans écart avec la France qui dépasse ce que le nombre bouge en un "
        "an : Orne."
    )
    assert words.say_values(DOTS[:1], x="v", y="lieu", unit="projets", kind="n0") == "Projets : Manche, 1."
    assert words.say_values([], x="v", y="lieu", unit="projets", kind="n0") == "Aucune valeur n’est connue."


def test_a_series_in_words_doesnt_compare_across_what_cannot_be_compared() -> None:
    rows = [row for row in SERIES if row["lieu"] == "Manche"]
    names: dict[str, Any] = {"x": "an", "y": "n", "series": "lieu", "unit": "effectif", "kind": "n0"}
    assert words.say_series(rows, **names) == "Effectif. Manche : 1\u202f009 en 2019, contre 1\u202f000 en 2010."
    broken: Row = {"annee": 2014, "rupture": "autre source", "effet": "niveau", "comparable": False}
    assert words.say_series(rows, **names, breaks=[broken]).startswith(
        "Effectif. Manche : 1\u202f009 en 2019, contre 1\u202f004 en 2014."
    )
