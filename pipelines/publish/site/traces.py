"""The kinds of figures that a page can name: each draws rows of a view, and says them in words.

A view gives the columns that the chart reads, under the chart's own names (charts.py); `role` tells the rows that are
drawn (point) from those that they are compared with (repère).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.publish import charts, maps
from pipelines.publish.charts import Spec
from pipelines.publish.numbers import french, interval
from pipelines.publish.views import Row, Views

Trace = Mapping[str, Any]


@dataclass(frozen=True)
class Drawn:
    """A chart's specification, and what it shows in words."""

    spec: Spec
    words: str = ""
    sources: tuple[str, ...] = ()  # beside those of the rows
    rows: Sequence[Row] = ()  # in the order in which they are drawn, where it isn't that of the view


Kind = Callable[[Sequence[Row], Trace, Views], Drawn | None]


def barres(rows: Sequence[Row], trace: Trace, views: Views) -> Drawn | None:
    """A bar for each known `valeur`, in the order of the view. Options: unite, format, decroissant, minimum, couverture
    (the column that says how much of the value is seen).
    """
    unit, kind = trace["unite"], trace.get("format", "n0")
    known = [_named(row, trace) for row in rows]
    known = [row for row in known if row["valeur"] is not None]
    if len(known) < trace.get("minimum", 1):
        return None
    if trace.get("decroissant"):
        known.sort(key=lambda row: (-row["valeur"], row["libelle"]))
    if "couverture" in trace:
        for row in known:
            seen = french(row[trace["couverture"]], "pct0")
            row["texte"] = f"{french(row['valeur'], kind)} (couverture {seen})"
    said = charts.say_dots(known, trace.get("en_mots", unit), kind, [])
    return Drawn(charts.bars(known, unit, kind=kind), said, rows=known)


def paires(rows: Sequence[Row], trace: Trace, views: Views) -> Drawn | None:
    """Two numbers a line, one bar under the other. Options: unite."""
    return Drawn(charts.pairs(rows, trace["unite"]))


def serie(rows: Sequence[Row], trace: Trace, views: Views) -> Drawn | None:
    """Lines over at least three years, with the known breaks of their source. Options: unite, format, en_mots, zero,
    ruptures (no break is looked for where it is false).
    """
    unit, kind = trace["unite"], trace.get("format", "n1")
    if len({row["annee"] for row in rows}) < 3:
        return None
    breaks = _breaks(rows, views) if trace.get("ruptures", True) else []
    spec = charts.series(rows, unit, breaks=[b["annee"] for b in breaks], kind=kind, zero=trace.get("zero", False))
    return Drawn(spec, charts.say_series(rows, trace.get("en_mots", unit), kind, breaks))


def zones(rows: Sequence[Row], trace: Trace, views: Views) -> Drawn | None:
    """How the population of each territory is split between zones, those where access is hardest first."""
    known = [{**_named(row, trace), "part": row["valeur"]} for row in rows if row["valeur"] is not None]
    if not {row["zone"] for row in known} - {"non classée"}:
        return None
    hard: dict[str, Any] = {}
    for row in known:
        hard[row["libelle"]] = hard.get(row["libelle"], 0) + (row["part"] if row["difficile"] else 0)
    order = sorted(hard, key=lambda name: (-hard[name], name))
    names = {r["zone"]: r["zone_libelle"] for r in sorted(known, key=lambda r: r["ordre"] or 99)}
    first = [zone for zone in names if any(r["difficile"] for r in known if r["zone"] == zone)]
    words = f"Part des habitants en {' ou en '.join(first)} : " if first else "Aucun habitant en zone difficile : "
    words += " ; ".join(f"{name}, {french(hard[name], 'pct0')}" for name in order) + ". "
    words += "Zones, de la plus difficile à la mieux pourvue : "
    words += ", ".join(f"{zone} ({said})" for zone, said in names.items())
    words += f". D’où elles viennent : {', '.join(sorted({r['origine'] for r in known}))}."
    return Drawn(charts.shares(known, order), words, rows=known)


def _breaks(rows: Sequence[Row], views: Views, years: Sequence[int] = ()) -> list[Row]:
    """The breaks that a series goes through: those of its sources and of its profession, between its years."""
    sources, profession = {row["source"] for row in rows}, rows[0]["profession"]
    known = years or [row["annee"] for row in rows]
    return [
        b
        for b in views.view("ruptures").rows
        if b["source"] in sources
        and b["profession"] in (None, "", profession)
        and min(known) < b["annee"] <= max(known)
    ]


def points(rows: Sequence[Row], trace: Trace, views: Views) -> Drawn | None:
    """Values with their intervals, the highest first, beside the marks. Options: unite, format."""
    unit, kind = trace["unite"], trace.get("format", "n1")
    places = sorted((_named(r, trace) for r in rows if r["role"] == "point"), key=lambda r: (-r["valeur"], r["code"]))
    if len(places) < 2:
        return None
    marks = _marks(rows)
    others = [r for r in rows if r["role"] != "point"]
    said = charts.say_dots(places, unit, kind, marks)
    return Drawn(charts.dots(places, unit, marks, kind=kind), said, rows=[*places, *others])


def carte(rows: Sequence[Row], trace: Trace, views: Views) -> Drawn | None:
    """A map of the territories of one level, where each has an outline. Options: unite, format, niveau, palette."""
    unit, kind, niveau = trace["unite"], trace.get("format", "n1"), trace.get("niveau", "departement")
    places = sorted((_named(r, trace) for r in rows if r["niveau"] == niveau), key=lambda r: str(r["code"]))
    outlines = {r["code"]: maps.outline(r["geometry"]) for r in views.rows("contours", {"niveau": niveau})}
    whole = {r["code"] for r in views.rows("territoires", {"niveau": niveau})}
    if not whole <= outlines.keys() or sum(r["valeur"] is not None for r in places) < 2:
        return None
    palette = charts.BROWNS if trace.get("palette") == "bruns" else charts.BLUES
    spec = maps.choropleth(outlines, places, unit, kind=kind, palette=palette, labels=niveau == "departement")
    return Drawn(spec, charts.say_dots(places, unit, kind, _marks(rows)), ("contours",))


def ages(rows: Sequence[Row], trace: Trace, views: Views) -> Drawn | None:
    """Shares by age band: bars here, ticks elsewhere."""
    return Drawn(charts.ages(rows, next(row["serie"] for row in rows if row["ici"])))


def projection(rows: Sequence[Row], trace: Trace, views: Views) -> Drawn | None:
    """What was observed, the central projection and its interval, the scenarios. Options: unite."""
    past, central, scenarios = ([r for r in rows if r["nature"] == n] for n in ("observé", "central", "scénario"))
    last = central[-1]
    words = (
        f"De {french(central[0]['effectif'])} en {central[0]['annee']} "
        f"à {french(last['effectif'])} en {last['annee']}, "
        f"l’intervalle à 95 % allant de {interval(last['bas'], last['haut'], 'n0')}. "
    )
    ends = [f"{r['serie']}, {french(r['effectif'])}" for r in scenarios if r["annee"] == last["annee"]]
    words += f"Selon les scénarios : {' ; '.join(ends)}. " if ends else ""
    return Drawn(charts.projection(past, central, scenarios, trace["unite"]), words)


def contributions(rows: Sequence[Row], trace: Trace, views: Views) -> Drawn | None:
    """What each dimension adds to 50, or takes from it."""
    shown = [{**row, "dimension": row["dimension_libelle"]} for row in rows]
    said = [f"{row['dimension'].lower()} : {french(row['contribution'], 'signe_n1')}" for row in shown]
    return Drawn(charts.contributions(shown), " ; ".join(said) + ".")


def rangs(rows: Sequence[Row], trace: Trace, views: Views) -> Drawn | None:
    """Ranks with their plausible ranks, the first on top."""
    shown = sorted((_named(r, trace) for r in rows if r["rang"] is not None), key=lambda r: (r["rang"], r["code"]))
    return Drawn(charts.ranks(shown, shown[0]["territoires_classes"])) if shown else None


def _named(row: Row, trace: Trace) -> Row:
    """A row under the names that charts read. Options: valeur and libelle, where other columns hold them."""
    value = row.get(trace.get("valeur", "valeur"))
    return {**row, "valeur": value, "libelle": row[trace.get("libelle", "territoire_libelle")]}


def _marks(rows: Sequence[Row]) -> list[tuple[str, Any]]:
    """What a figure draws beside its values: France, then the region."""
    found = {r["niveau"]: (r["territoire_libelle"], r["valeur"]) for r in rows if r.get("role") == "repère"}
    return [found[niveau] for niveau in ("france", "region") if niveau in found]


KINDS: dict[str, Kind] = {
    "ages": ages,
    "barres": barres,
    "carte": carte,
    "contributions": contributions,
    "paires": paires,
    "points": points,
    "projection": projection,
    "rangs": rangs,
    "serie": serie,
    "zones": zones,
}
