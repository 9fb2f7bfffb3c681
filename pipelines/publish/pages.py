"""Pages of a release: the tables that it holds, a page per source, its definitions, and what the checks said."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import jinja2

from pipelines import catalogue
from pipelines.catalogue import registers
from pipelines.edition import models
from pipelines.publish import numbers, public, site, tables, workbooks
from pipelines.publish.public import WrittenTable
from pipelines.publish.rows import text_of, whole_of
from pipelines.publish.site import declared
from pipelines.publish.views import View, Views, say

# What a reader came for stands first.
READING_ORDER = ("vues", "atlas", "fiches", "qualite", "reference", "core")


def nombre(value: Any) -> str:
    """A number in French, with hundredths where it has some; any other value as it is."""
    if value is None:
        return ""
    if isinstance(value, bool) or not hasattr(value, "__float__"):
        return str(value)
    return numbers.nombre(value, 0 if value == int(value) else 2)


def date(value: Any) -> str:
    """A date in French order; empty where there is none."""
    return value.strftime("%d/%m/%Y") if value else ""


def environment() -> jinja2.Environment:
    """How these pages are rendered: as those of the site, with their own numbers and dates."""
    made = site.environment()
    made.filters.update(nombre=nombre, date=date)
    return made


def write(
    connection: duckdb.DuckDBPyConnection,
    region: str,
    folder: Path,
    written: list[WrittenTable],
    *,
    fictif: bool,
) -> None:
    """Writes `donnees.html` (what to begin with, tables with sources, vintages, dates), `sources/<source>.html` and
    `methodologie.html` (a card per indicator).

    What concerns restricted sources alone is left out; `donnees.html` lists the tables held back, and why.
    """
    seen = Views(connection)
    common = {
        "edition": seen.publication,
        "region": region,
        "region_libelle": seen.publication["region_libelle"],
        "fictif": fictif,
    }
    templates = environment()
    pages = {
        "donnees.html": templates.get_template("donnees.html.j2").render(
            **common, **_data(seen, written, fictif=fictif)
        ),
        "methodologie.html": templates.get_template("methodologie.html.j2").render(
            **common,
            themes=_cards(seen, written),
            signes=[(row["signe"], row["sens"]) for row in seen.view("signes").rows],
            ruptures=seen.view("ruptures").rows,
        ),
    }
    ordered = _ordered(written)
    names = frozenset(w.model.name for w in written)
    for source in catalogue.load_all():
        mine = [v for v in seen.view("millesimes").rows if v["source"] == source.id]
        pages[f"sources/{source.id}.html"] = templates.get_template("source.html.j2").render(
            **common,
            racine="../",
            source=source,
            vintages=mine,
            tables=_tables(source, [whole_of(v, "millesime") for v in mine]),
            emplois=[w.model for w in ordered if models.reads(w.model.name, source, names)],
            pages=_pages(seen, source.id),
        )
    (folder / "sources").mkdir()
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")


def _pages(seen: Views, source_id: str) -> list[tuple[str, str]]:
    """The declared pages of which a view comes from a source: address and title of those that stand alone."""
    return [
        (page.chemin, say(page.titre, seen.publication))
        for page in declared.pages()
        if page.pour is None and any(source_id in models.sources_of(f"vues.{name}") for name in declared.shown(page))
    ]


def _ordered(written: list[WrittenTable]) -> list[WrittenTable]:
    return sorted(written, key=lambda w: (READING_ORDER.index(w.model.schema), w.model.table))


def _data(seen: Views, written: list[WrittenTable], *, fictif: bool) -> dict[str, Any]:
    """What `donnees.html` says: what to begin with, then every table, those without a line, and the sources."""
    vintages = seen.view("millesimes").rows
    of_reference = {v["source"]: v for v in vintages if v["reference"]}
    by_name = {w.model.name: w for w in written}
    begin = [(by_name[table], name) for table, name in workbooks.start().items()]
    return {
        "commencer": [_begin(seen, w, name, fictif=fictif) for w, name in begin if w.rows],
        "classeur": workbooks.file_name(workbooks.START, fictif=fictif),
        "tables": [
            {
                "model": w.model,
                "rows": w.rows,
                "columns": [(n, k, models.column_words(w.model, n)) for n, k in w.columns],
                "file": tables.file_name(w.model, fictif=fictif),
                "sources": [of_reference.get(s, {"source": s}) for s in sorted(models.sources_of(w.model.name))],
            }
            for w in _ordered(written)
        ],
        "vides": list(workbooks.empty(_ordered(written), seen)),
        "retenues": public.held_back(),
        "avertissements": seen.view("avertissements").rows,
        "vintages": vintages,
        "absentes": [s for s in catalogue.sources() if s not in {v["source"] for v in vintages}],
    }


def _begin(seen: Views, table: WrittenTable, name: str, *, fictif: bool) -> dict[str, Any]:
    """A view that most people come for: its name, its sentence, the years that it shows."""
    view = seen.view(table.model.table)
    dated = [c.key for c in view.columns.values() if c.kind == "year"]
    years = sorted({whole_of(row, key) for row in view.rows for key in dated if row[key] is not None})
    return {
        "titre": name,
        "phrase": say(view.title, seen.first(view), view.columns),
        "annees": f"{years[0]} à {years[-1]}" if len(years) > 1 else "".join(map(str, years)),
        "rows": table.rows,
        "model": table.model,
        "file": tables.file_name(table.model, fictif=fictif),
    }


def _tables(source: catalogue.Source, vintages: list[int]) -> list[dict[str, Any]]:
    """The tables of a source and their columns, each with the producer's names in the edition's vintages."""
    return [
        {
            "nom": f"staging.{source.staged_name(name)}",
            "titre": table.title,
            "cle": [] if table.key == [catalogue.LINE] else table.key,
            "colonnes": [
                {
                    "nom": column.name,
                    "producteur": _theirs(column, vintages or [max(column.theirs)]),
                    "type": column.sql,
                    "unite": column.unit,
                    "description": column.description,
                }
                for column in source.of_table(name)
            ],
        }
        for name, table in source.tables.items()
    ]


def _theirs(column: catalogue.Column, vintages: list[int]) -> str:
    """The producer's names of a column; with the vintages of each, where they differ."""
    named: dict[str, list[int]] = {}
    for vintage in sorted(set(vintages)):
        named.setdefault(" ou ".join(column.headings(vintage)), []).append(vintage)
    if len(named) == 1:
        return next(iter(named))
    return " ; ".join(f"{name or 'absente'} ({', '.join(map(str, years))})" for name, years in named.items())


def small_counts(seen: Views, table: str) -> str:
    """What each source of a table shows of its small counts, in this release; empty where it counts no persons."""
    said = [
        f"{r['source']}, {numbers.french(r['petits'])} et {numbers.french(r['secrets'])}"
        for r in seen.rows("petits_nombres", {"objet": table})
    ]
    return "cases de 1 à 9, puis cases secrètes, dans cette publication : " + " ; ".join(said) if said else ""


def _cards(seen: Views, written: list[WrittenTable]) -> dict[str, list[dict[str, Any]]]:
    """The cards of all indicators by dimension, with those of their columns that the release shows."""
    shown: dict[str, set[str]] = {}
    for table, names in ((w.model.name, {name for name, _ in w.columns}) for w in written):
        held = registers.read_in(table)
        named = "indicateur" in names and held
        known = {text_of(row, "indicateur") for row in seen.rows("indicateurs_publies", {"objet": table})}
        shown[table] = known if named else set(held)
    themes: dict[str, list[dict[str, Any]]] = {}
    for name, indicator in registers.indicators().items():
        places = [lecture.rpartition(".") for lecture in indicator.lectures]
        small = [said for table, _, _ in places if shown.get(table) and (said := small_counts(seen, table))]
        themes.setdefault(indicator.dimension, []).append(
            {
                "indicateur": name,
                "libelle": indicator.libelle,
                "fiche": registers.card(name) | ({"Petits nombres": small[0]} if small else {}),
                "lectures": [(table, column) for table, _, column in places if name in shown.get(table, ())],
                "epreuve": tests_of(seen, name),
            }
        )
    return themes


def tests_of(seen: Views, name: str) -> View | None:
    """The tests of the method of an indicator, without those of the others where a view has them one by one."""
    told = registers.indicators()[name].epreuve
    if not told:
        return None
    view = seen.view(told)
    if view.model.grain[0] != "indicateur":
        return view
    return replace(view, rows=[row for row in view.rows if row["indicateur"] == name])
