"""The kinds of figures that a page can name: each draws rows of a view, and says them in words.

A chart is told which columns of the view it reads (pipelines/publish/figures/charts.py); `role` tells the rows that are
drawn (point) from those that they are compared with (repère).
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pipelines.publish.figures import charts, maps, theme
from pipelines.publish.figures.theme import Chart
from pipelines.publish.figures.words import say_series, say_values
from pipelines.publish.numbers import capital, french, interval
from pipelines.publish.rows import Row, Value, number_of, text_of, whole_of
from pipelines.publish.views import Views

Trace = Mapping[str, Any]


@dataclass(frozen=True)
class Drawn:
    """A chart, and what it shows in words."""

    spec: Chart
    words: str = ""
    sources: tuple[str, ...] = ()  # beside those of the rows
    rows: Sequence[Row] = ()  # in the order in which they are drawn, where it isn't that of the view


# Where most kinds find a value and its name.
NAMED = {"x": "valeur", "y": "libelle"}

Kind = Callable[[Sequence[Row], Trace, Views], Drawn | None]


def barres(rows: Sequence[Row], trace: Trace, _views: Views) -> Drawn | None:
    """A bar for each known `valeur`, in the order of the view. Options: unite, format, decroissant, minimum, couverture
    (the column that says how much of the value is seen).
    """
    unit, kind = trace["unite"], trace.get("format", "n0")
    known = [_named(row, trace) for row in rows]
    known = [row for row in known if row["valeur"] is not None]
    if len(known) < trace.get("minimum", 1):
        return None
    if trace.get("decroissant"):
        known.sort(key=lambda row: (-number_of(row, "valeur"), text_of(row, "libelle")))
    if "couverture" in trace:
        known = [
            {**row, "texte": f"{french(row['valeur'], kind)} (couverture {french(row[trace['couverture']], 'pct0')})"}
            for row in known
        ]
    text = "texte" if "couverture" in trace else None
    said = say_values(known, x=NAMED["x"], y=NAMED["y"], unit=trace.get("en_mots", unit), kind=kind)
    return Drawn(charts.bars(known, **NAMED, unit=unit, kind=kind, text=text), said, rows=known)


def paires(rows: Sequence[Row], trace: Trace, _views: Views) -> Drawn | None:
    """Two numbers a line, one bar under the other. Options: unite."""
    return Drawn(charts.pairs(rows, **NAMED, series="serie", unit=trace["unite"]))


def serie(rows: Sequence[Row], trace: Trace, views: Views) -> Drawn | None:
    """Lines over at least three years, with the known breaks of their source. Options: unite, format, en_mots, zero,
    ruptures (no break is looked for where it is false), couleur and trait (the columns that a colour and a dash stand
    for, where it isn't `serie` alone).
    """
    unit, kind = trace["unite"], trace.get("format", "n1")
    if len({row["annee"] for row in rows}) < 3:
        return None
    breaks = _breaks(rows, views) if trace.get("ruptures", True) else []
    spec = charts.series(
        rows,
        x="annee",
        y="valeur",
        series=trace.get("couleur", "serie"),
        dash=trace.get("trait"),
        unit=unit,
        kind=kind,
        breaks=[whole_of(b, "annee") for b in breaks],
        zero=trace.get("zero", False),
    )
    names = {"x": "annee", "y": "valeur", "series": "serie"}
    return Drawn(spec, say_series(rows, **names, unit=trace.get("en_mots", unit), kind=kind, breaks=breaks))


def zones(rows: Sequence[Row], trace: Trace, _views: Views) -> Drawn | None:
    """How the population of each territory is split between zones, those where access is hardest first."""
    known = [_named(row, trace) for row in rows if row["valeur"] is not None]
    if not {row["zone"] for row in known} - {"non classée"}:
        return None
    hard: dict[str, int | Decimal] = defaultdict(int)
    for row in known:
        hard[text_of(row, "libelle")] += number_of(row, "valeur") if row["difficile"] else 0
    order = sorted(hard, key=lambda name: (-hard[name], name))
    ordered = {text_of(r, "zone"): r for r in sorted(known, key=lambda r: whole_of(r, "ordre") if r["ordre"] else 99)}
    names = {zone: row["zone_libelle"] for zone, row in ordered.items()}
    first = [zone for zone in names if any(r["difficile"] for r in known if r["zone"] == zone)]
    words = f"Part des habitants en {' ou en '.join(first)} : " if first else "Aucun habitant en zone difficile : "
    words += " ; ".join(f"{name}, {french(hard[name], 'pct0')}" for name in order) + ". "
    words += "Zones, de la plus difficile à la mieux pourvue : "
    words += ", ".join(f"{zone} ({said})" for zone, said in names.items())
    words += f". D’où elles viennent : {', '.join(sorted({text_of(r, 'origine') for r in known}))}."
    colours = {zone: theme.DEGREES.get(row["degre"], theme.NO_DEGREE) for zone, row in ordered.items()}
    shown = sorted(known, key=lambda row: order.index(text_of(row, "libelle")))
    spec = charts.shares(shown, **NAMED, series="zone", unit="part de la population", colours=colours)
    return Drawn(spec, words, rows=known)


def _breaks(rows: Sequence[Row], views: Views, years: Sequence[int] = ()) -> list[Row]:
    """The breaks that a series goes through: those of its sources and of its profession, between its years."""
    sources, profession = {row["source"] for row in rows}, rows[0]["profession"]
    known = years or [whole_of(row, "annee") for row in rows]
    return [
        b
        for b in views.view("ruptures").rows
        if b["source"] in sources
        and b["profession"] in (None, "", profession)
        and min(known) < whole_of(b, "annee") <= max(known)
    ]


def points(rows: Sequence[Row], trace: Trace, _views: Views) -> Drawn | None:
    """Values with their intervals, the highest first, beside the marks. Options: unite, format."""
    unit, kind = trace["unite"], trace.get("format", "n1")
    places = sorted(
        (_named(r, trace) for r in rows if r["role"] == "point"),
        key=lambda r: (-number_of(r, "valeur"), text_of(r, "code")),
    )
    if len(places) < 2:
        return None
    marks = _marks(rows)
    others = [r for r in rows if r["role"] != "point"]
    shown = {**NAMED, "unit": unit, "kind": kind, "face": "face", "references": marks}
    return Drawn(
        charts.dots(places, **shown, low="bas", high="haut"), say_values(places, **shown), rows=[*places, *others]
    )


def carte(rows: Sequence[Row], trace: Trace, views: Views) -> Drawn | None:
    """A map of the territories of one level, where each has an outline. Options: unite, format, niveau, palette."""
    unit, kind, niveau = trace["unite"], trace.get("format", "n1"), trace.get("niveau", "departement")
    places = sorted((_named(r, trace) for r in rows if r["niveau"] == niveau), key=lambda r: str(r["code"]))
    outlines = {text_of(r, "code"): text_of(r, "geometry") for r in views.rows("contours", {"niveau": niveau})}
    whole = {r["code"] for r in views.rows("territoires", {"niveau": niveau})}
    if not whole <= outlines.keys() or sum(r["valeur"] is not None for r in places) < 2:
        return None
    shown = {"x": "valeur", "unit": unit, "kind": kind, "face": "face" if "face" in rows[0] else None}
    spec = maps.choropleth(
        maps.outlines(outlines),
        places,
        **shown,
        code="code",
        label="libelle",
        palette=theme.BROWNS if trace.get("palette") == "bruns" else theme.BLUES,
        labels=niveau == "departement",
    )
    return Drawn(spec, say_values(places, **shown, y="libelle", references=_marks(rows)), ("contours",))


def carte_nationale(rows: Sequence[Row], trace: Trace, views: Views) -> Drawn | None:
    """A map of all départements, those of the region with a thick border. Options: unite, format, palette."""
    unit, kind = trace["unite"], trace.get("format", "n0")
    places = [_named(row, {"libelle": "departement_libelle", **trace}) for row in rows]
    outlines = {text_of(r, "departement"): text_of(r, "geometry") for r in views.rows("contours_france", {})}
    ranked = [place for place in places if place["rang"] is not None]
    if len(ranked) < 2 or not {place["departement"] for place in ranked} <= outlines.keys():
        return None
    spec = maps.choropleth(
        maps.outlines(outlines, maps.COARSE),
        places,
        x="valeur",
        code="departement",
        label="libelle",
        unit=unit,
        kind=kind,
        palette=theme.BROWNS if trace.get("palette") == "bruns" else theme.BLUES,
        labels=False,
        here="ici",
    )
    here = [place for place in ranked if place["ici"]]
    said = [f"{text_of(p, 'libelle')}, {french(p['valeur'], kind)}" for p in (*ranked[:3], *ranked[-3:], *here)]
    words = f"{capital(unit)}. Les plus hauts : {' ; '.join(said[:3])}. Les plus bas : {' ; '.join(said[3:6])}."
    words += f" Dans la région : {' ; '.join(said[6:])}." if here else ""
    return Drawn(spec, words, ("contours",), places)


def carte_points(rows: Sequence[Row], trace: Trace, views: Views) -> Drawn | None:
    """A map of the départements, with a point for each commune: how many stand there (`valeur`). Options: unite,
    format.
    """
    unit, kind = trace["unite"], trace.get("format", "n0")
    places = {row["commune"]: row for row in rows if row["latitude"] is not None}
    outlines = {text_of(r, "code"): text_of(r, "geometry") for r in views.rows("contours", {"niveau": "departement"})}
    whole = {r["code"] for r in views.rows("territoires", {"niveau": "departement"})}
    if not places or not whole <= outlines.keys():
        return None
    named = {"libelle": "commune_libelle", **trace}
    points = sorted((_named(row, named) for row in places.values()), key=lambda r: text_of(r, "libelle"))
    points.sort(key=lambda row: -number_of(row, "valeur"))
    spec = maps.spots(maps.outlines(outlines), points, x="valeur", label="libelle", unit=unit, kind=kind)
    said = " ; ".join(f"{text_of(row, 'libelle')}, {french(row['valeur'], kind)}" for row in points)
    return Drawn(spec, f"{capital(unit)} par commune : {said}.", ("contours",), points)


def ages(rows: Sequence[Row], _trace: Trace, _views: Views) -> Drawn | None:
    """Shares by age band: bars here, ticks elsewhere."""
    here_first = sorted(rows, key=lambda row: not row["ici"])
    return Drawn(charts.bands(here_first, x="part", y="tranche", series="serie", unit="part des professionnels"))


def projection(rows: Sequence[Row], trace: Trace, _views: Views) -> Drawn | None:
    """What was observed, the central projection and its interval, the scenarios. Options: unite."""
    central, scenarios = ([r for r in rows if r["nature"] == n] for n in ("central", "scénario"))
    last = central[-1]
    words = (
        f"De {french(central[0]['effectif'])} en {central[0]['annee']} "
        f"à {french(last['effectif'])} en {last['annee']}, "
        f"l’intervalle à 95 % allant de {interval(last['bas'], last['haut'], 'n0')}. "
    )
    ends = [f"{r['serie']}, {french(r['effectif'])}" for r in scenarios if r["annee"] == last["annee"]]
    words += f"Selon les scénarios : {' ; '.join(ends)}. " if ends else ""
    names = {"x": "annee", "y": "effectif", "series": "serie", "low": "bas", "high": "haut"}
    return Drawn(charts.projection(rows, **names, unit=trace["unite"]), words)


def contributions(rows: Sequence[Row], _trace: Trace, _views: Views) -> Drawn | None:
    """What each dimension adds to 50, or takes from it."""
    said = [f"{text_of(row, 'dimension_libelle').lower()} : {french(row['contribution'], 'signe_n1')}" for row in rows]
    spec = charts.parts(
        rows,
        x="contribution",
        y="dimension_libelle",
        unit="points au-dessus ou au-dessous de 50",
        signs=("vers la tension", "vers la détente"),
    )
    return Drawn(spec, " ; ".join(said) + ".")


def rangs(rows: Sequence[Row], trace: Trace, _views: Views) -> Drawn | None:
    """Ranks with their plausible ranks, the first on top."""
    shown = sorted(
        (_named(r, trace) for r in rows if r["rang"] is not None),
        key=lambda r: (whole_of(r, "rang"), text_of(r, "code")),
    )
    if not shown:
        return None
    last = whole_of(shown[0], "territoires_classes")
    said = f"rang parmi {last} départements (1 : le plus tendu)"
    return Drawn(charts.ranks(shown, x="rang", y="libelle", low="rang_bas", high="rang_haut", last=last, unit=said))


def _named(row: Row, trace: Trace) -> Row:
    """A row under the names of NAMED. Options: valeur and libelle, where other columns hold them."""
    value = row.get(trace.get("valeur", "valeur"))
    return {**row, "valeur": value, "libelle": row[trace.get("libelle", "territoire_libelle")]}


def _marks(rows: Sequence[Row]) -> list[tuple[str, Value]]:
    """What a figure draws beside its values: France, then the region."""
    found = {r["niveau"]: (text_of(r, "territoire_libelle"), r["valeur"]) for r in rows if r.get("role") == "repère"}
    return [found[niveau] for niveau in ("france", "region") if niveau in found]


KINDS: dict[str, Kind] = {
    "ages": ages,
    "barres": barres,
    "carte": carte,
    "carte_nationale": carte_nationale,
    "carte_points": carte_points,
    "contributions": contributions,
    "paires": paires,
    "points": points,
    "projection": projection,
    "rangs": rangs,
    "serie": serie,
    "zones": zones,
}
