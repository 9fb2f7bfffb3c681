"""Figures that several pages show, each made in one way from the marts."""

from collections.abc import Sequence
from typing import Any

from pipelines.publish import charts, maps
from pipelines.publish.charts import Figure, Row
from pipelines.publish.numbers import Column, french, interval
from pipelines.publish.site.blocks import slug
from pipelines.publish.site.marts import MODES, Marts

DENSITY = "pour 100 000 habitants"
APPROX = (
    "L’intervalle à 95 % dit de combien le nombre bougerait par le seul hasard. "
    "Quand celui d’un territoire contient la France, l’écart ne se distingue pas (signe ≈)."
)
DENSITY_COLUMNS = (
    Column("libelle", "Territoire"),
    Column("effectif", "Effectif", "n0"),
    Column("valeur", "Densité pour 100 000 hab.", "n1"),
    Column("intervalle", "Intervalle à 95 %"),
    Column("face", "Face à la France"),
)


def density_dots(m: Marts, profession: str, specialite: str, label: str) -> Figure | None:
    """Densities of départements with their intervals, beside the region and France."""
    found = m.density(profession, specialite)
    places = sorted(
        (r for r in found if r["niveau"] == "departement" and r["valeur"] is not None),
        key=lambda r: (-r["valeur"], r["code"]),
    )
    if len(places) < 2:
        return None
    references = _references(m, found)
    return Figure(
        id=slug(f"densite-{profession}-{specialite}"),
        title=f"{label} : densité par département ({m.practised(places[0])})",
        spec=charts.dots(places, DENSITY, references),
        columns=DENSITY_COLUMNS,
        rows=_with_references(found, places),
        words=charts.say_dots(places, DENSITY, "n1", references),
        source=m.source(places[0]["source"], "insee_population_departements"),
        notes=[*_compared(places[0]), *_population_note(places[0])],
    )


def density_map(m: Marts, profession: str, specialite: str, label: str) -> Figure | None:
    """The same, as a map."""
    found = m.density(profession, specialite)
    places = sorted((r for r in found if r["niveau"] == "departement"), key=lambda r: str(r["code"]))
    if not m.covered("departement") or sum(r["valeur"] is not None for r in places) < 2:
        return None
    references = _references(m, found)
    return Figure(
        id=slug(f"carte-densite-{profession}-{specialite}"),
        title=f"{label} : carte des densités ({m.practised(places[0])})",
        spec=maps.choropleth(m.outlines["departement"], places, DENSITY),
        columns=DENSITY_COLUMNS,
        rows=_with_references(found, places),
        words=charts.say_dots(places, DENSITY, "n1", references),
        source=m.source(places[0]["source"], "insee_population_departements", "contours"),
        notes=[*_compared(places[0]), *_population_note(places[0])],
    )


def _compared(row: Row) -> list[str]:
    """How to read the comparison with France, or why there is none."""
    return [f"Sans comparaison avec la France : {row['reserve']}."] if row["reserve"] else [APPROX]


def _references(m: Marts, found: Sequence[Row]) -> list[tuple[str, Any]]:
    """Values that a figure draws beside the others: France is none where a reserve forbids to compare with it."""
    by_level = {r["niveau"]: r["valeur"] for r in found if r["niveau"] in ("france", "region")}
    region = (m.name, by_level.get("region"))
    return [region] if any(r["reserve"] for r in found) else [("France", by_level.get("france")), region]


def _with_references(found: Sequence[Row], places: Sequence[Row]) -> list[Row]:
    rest = [r for level in ("region", "france") for r in found if r["niveau"] == level]
    return [*places, *({**r, "face": r["face"] or "///"} for r in rest)]


def _population_note(row: Row) -> list[str]:
    if not row["avertissement"]:
        return []
    text = str(row["avertissement"])
    return [text[:1].upper() + text[1:] + "."]


def density_series(m: Marts, profession: str, label: str, niveau: str, code: str) -> Figure | None:
    """Densities over years of one territory, the region and France, from the source with most years."""
    places = list(dict.fromkeys([(niveau, code), ("region", m.region), ("france", "F")]))
    found = [
        r
        for r in m.densities
        if r["profession"] == profession
        and r["specialite"] == "ensemble"
        and (r["niveau"], r["code"]) in places
        and r["valeur"] is not None
    ]
    kept = _longest(found)
    years = sorted({r["annee"] for r in kept})
    if len(years) < 3:
        return None
    rows = sorted(
        ({**r, "serie": r["libelle"]} for r in kept),
        key=lambda r: (places.index((r["niveau"], r["code"])), r["annee"]),
    )
    broken = m.breaks_of({kept[0]["source"]}, profession, years)
    mode = MODES.get(kept[0]["mode_exercice"], kept[0]["mode_exercice"])
    return Figure(
        id=slug(f"serie-densite-{profession}-{niveau}-{code}"),
        title=f"{label} : densité de {years[0]} à {years[-1]} ({mode})",
        spec=charts.series(rows, DENSITY, breaks=[b["annee"] for b in broken]),
        columns=(
            Column("serie", "Territoire"),
            Column("annee", "Année", "year"),
            Column("effectif", "Effectif", "n0"),
            Column("valeur", "Densité pour 100 000 hab.", "n1"),
        ),
        rows=rows,
        words=charts.say_series(rows, f"densité {DENSITY}", "n1", broken),
        source=m.source(kept[0]["source"], "insee_population_departements"),
        notes=[f"À lire avec réserve : {reserve}." for reserve in sorted({r["reserve"] for r in kept if r["reserve"]})],
    )


def _longest(found: Sequence[Row]) -> list[Row]:
    """The rows of the one source and mode that know most years; the widest mode first."""
    years: dict[tuple[str, str, str], set[int]] = {}
    for r in found:
        years.setdefault((r["source"], r["mode_exercice"], r["feuille"] or ""), set()).add(r["annee"])
    order = list(MODES)
    best = max(years, key=lambda k: (len(years[k]), -order.index(k[1]) if k[1] in order else -9, k), default=None)
    return [r for r in found if (r["source"], r["mode_exercice"], r["feuille"] or "") == best]


def age_bands(m: Marts, profession: str, label: str, niveau: str, code: str) -> Figure | None:
    """The age pyramid of a profession on one territory, beside France."""
    found = m.rows(
        "SELECT source, annee, mode_exercice, niveau, code, tranche_age AS tranche, age_min, effectif, valeur AS part, "
        "statut FROM atlas.ages WHERE profession = $profession AND source <> 'drees_demographie' "
        "AND ((niveau = $niveau AND code = $code) OR niveau = 'france') ORDER BY ALL",
        profession=profession,
        niveau=niveau,
        code=code,
    )
    here = [r for r in found if r["niveau"] == niveau and r["part"] is not None]
    if not here:
        return None
    order = list(MODES)
    best = max(
        (r["annee"], -order.index(r["mode_exercice"]) if r["mode_exercice"] in order else -9, r["source"]) for r in here
    )
    kept = [
        {**r, "serie": m.label(r["niveau"], r["code"])}
        for r in found
        if r["annee"] == best[0]
        and r["source"] == best[2]
        and r["mode_exercice"] in order
        and -order.index(r["mode_exercice"]) == best[1]
    ]
    kept.sort(key=lambda r: (r["niveau"] == "france", r["age_min"] or 0))
    name = m.label(niveau, code)
    mine = [r for r in kept if r["serie"] == name]
    most = max((r for r in mine if r["part"] is not None), key=lambda r: r["part"])
    old = {
        s: sum(r["part"] or 0 for r in kept if r["serie"] == s and (r["age_min"] or 0) >= 60) for s in (name, "France")
    }
    mode = MODES.get(mine[0]["mode_exercice"], mine[0]["mode_exercice"])
    return Figure(
        id=slug(f"ages-{profession}-{niveau}-{code}"),
        title=f"{label} : pyramide des âges, {name}, {best[0]} ({mode})",
        spec=charts.ages(kept, name),
        columns=(
            Column("serie", "Territoire"),
            Column("tranche", "Tranche d’âge"),
            Column("effectif", "Effectif", "n0"),
            Column("part", "Part", "pct1"),
        ),
        rows=kept,
        words=f"La tranche la plus nombreuse est « {most['tranche']} » : {french(most['part'], 'pct1')} des "
        f"professionnels. Ont 60 ans ou plus : {french(old[name], 'pct1')} ({name})"
        + (f", {french(old['France'], 'pct1')} (France)." if name != "France" else "."),
        source=m.source(mine[0]["source"]),
    )


def projected(m: Marts, profession: str, label: str, niveau: str, code: str) -> Figure | None:
    """Observed stock, then the projection to publish, its interval and its scenarios."""
    found = m.rows(
        "SELECT annee_depart, annee, source, methode, scenario, effectif, bas, haut, debut_serie, fin_serie "
        "FROM atlas.projections WHERE profession = $profession AND niveau = $niveau AND code = $code AND retenue "
        "ORDER BY ALL",
        profession=profession,
        niveau=niveau,
        code=code,
    )
    central = [{**r, "serie": "projection centrale"} for r in found if r["scenario"] == "central"]
    if not central:
        return None
    scenarios = [{**r, "serie": r["scenario"]} for r in found if r["scenario"] != "central"]
    start = central[0]["annee_depart"]
    past = [
        {"annee": r["annee"], "effectif": r["effectif"], "serie": "observé", "source": r["source"]}
        for r in _longest(
            [
                r
                for r in m.densities
                if (r["profession"], r["specialite"], r["niveau"], r["code"]) == (profession, "ensemble", niveau, code)
                and r["mode_exercice"] == "ensemble"
                and r["annee"] < start
            ]
        )
    ]
    past.append(
        {"annee": start, "effectif": central[0]["effectif"], "serie": "observé", "source": central[0]["source"]}
    )
    last = central[-1]
    words = (
        f"De {french(central[0]['effectif'])} en {start} à {french(last['effectif'])} en {last['annee']}, "
        f"l’intervalle à 95 % allant de {interval(last['bas'], last['haut'], 'n0')}. "
    )
    ends = [r for r in scenarios if r["annee"] == last["annee"]]
    if ends:
        words += "Selon les scénarios : " + " ; ".join(f"{r['serie']}, {french(r['effectif'])}" for r in ends) + ". "
    words += (
        f"Méthode : {central[0]['methode']}. Une projection prolonge ce qui est connu ; ce n’est pas une prévision."
    )
    error = m.rows(
        "SELECT annee, erreur_mediane_absolue AS erreur FROM qualite.projections_epreuve WHERE profession = "
        "$profession "
        "AND methode = $methode AND niveau = $niveau ORDER BY annee DESC LIMIT 1",
        profession=profession,
        methode=central[0]["methode"],
        niveau="france" if niveau == "france" else "departement",
    )
    notes = (
        [
            "Épreuve sur le passé : ajustée jusqu’en 2016, cette méthode se trompe de "
            f"{french(error[0]['erreur'], 'pct1')} en {error[0]['annee']}"
            + (" (erreur médiane des départements)." if niveau != "france" else " (France).")
            + " [Toutes les erreurs](pages/projections.html)."
        ]
        if error
        else []
    )
    learnt = [central[0]["debut_serie"], central[0]["fin_serie"]]
    notes.append(
        f"La méthode prolonge ce qui est mesuré de {learnt[0]} à {learnt[1]}"
        + "".join(
            f" ; rupture de {b['annee']} entre ces années, [à lire avec prudence](methodologie.html#ruptures)"
            for b in m.breaks_of({r["source"] for r in past}, profession, learnt)
        )
        + "."
    )
    return Figure(
        id=slug(f"projection-{profession}-{niveau}-{code}"),
        title=f"{label} : effectif observé et projeté, {m.label(niveau, code)}",
        spec=charts.projection(past, central, scenarios, "professionnels"),
        columns=(
            Column("serie", "Série"),
            Column("annee", "Année", "year"),
            Column("effectif", "Effectif", "n0"),
            Column("bas", "Borne basse à 95 %", "n0"),
            Column("haut", "Borne haute à 95 %", "n0"),
        ),
        rows=[
            {"bas": None, "haut": None, "bas_statut": "sans objet", "haut_statut": "sans objet", **r}
            for r in [*past, *central, *scenarios]
        ],
        words=words,
        source=m.source(*[r["source"] for r in past], central[0]["source"]),
        notes=notes,
    )


DIMENSIONS = {
    "offre": "Offre (densité)",
    "accès": "Accès",
    "vieillissement": "Vieillissement",
    "flux": "Évolution de l’effectif",
    "recrutement": "Recrutement",
}


def decomposition(m: Marts, groupe: str, label: str, code: str) -> Figure | None:
    """Why this score: what each dimension adds to 50."""
    score = m.rows(
        "FROM atlas.tension WHERE groupe = $groupe AND niveau = 'departement' AND code = $code AND score IS NOT NULL",
        groupe=groupe,
        code=code,
    )
    parts = m.rows(
        "SELECT dimension, score, poids, contribution FROM atlas.tension_dimensions WHERE groupe = $groupe "
        "AND niveau = 'departement' AND code = $code ORDER BY contribution DESC, dimension",
        groupe=groupe,
        code=code,
    )
    if not score or not parts:
        return None
    rows = [{**r, "dimension": DIMENSIONS.get(r["dimension"], r["dimension"])} for r in parts]
    one = score[0]
    return Figure(
        id=slug(f"tension-{groupe}-{code}"),
        title=f"Pourquoi ce score ? {label}, {m.label('departement', code)}",
        spec=charts.contributions(rows),
        columns=(
            Column("dimension", "Dimension"),
            Column("score", "Rang centile moyen (0 à 100)", "n1"),
            Column("poids", "Poids", "pct1"),
            Column("contribution", "Apport à l’indice (points)", "n1"),
        ),
        rows=rows,
        words=f"L’indice vaut {french(one['score'], 'n0')} sur 100 ; 50 est le milieu de la France métropolitaine. "
        "Apports, en points : "
        + " ; ".join(f"{r['dimension'].lower()} : {signed(r['contribution'])}" for r in rows)
        + f". Rang : {one['rang']} sur {one['territoires_classes']}, de {one['rang_bas']} à {one['rang_haut']} "
        "selon les poids.",
        source="indicateurs de l’atlas (DREES, CNAM, France Travail, DARES, zonage)",
    )


def signed(value: Any) -> str:
    """A number with its sign."""
    text = french(value, "n1")
    return text if text.startswith("\u2212") else f"+{text}"
